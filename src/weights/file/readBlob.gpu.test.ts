// Blobs in IndexedDB, read as byte streams in a real browser.
import { expect } from 'vitest';
import { gpuTest } from '../../testing/gpuTest';
import { blobPieces } from './readBlob';
import { databaseStore } from '../stored/storage';

const BYTES = 4 * 1024 * 1024;

gpuTest('stored Blobs are read in pieces, two at a time, into reused memory', async ({ gpu: _ }) => {
  const store = databaseStore<string, Blob>('read-blob-test');
  const words = Uint32Array.from({ length: BYTES / 4 }, (_, i) => i * 2654435761);
  await store.set('blob', new Blob([words]));
  const spare = [new ArrayBuffer(BYTES), new ArrayBuffer(BYTES / 2 - 256)]; // one piece; three, the last one partial
  for (let round = 0; round < 4; round++) {
    const readAll = async (into: ArrayBuffer) => {
      const { byteLength } = into;
      const lengths: number[] = [];
      let [at, memory] = [0, into];
      for await (const piece of blobPieces((await store.get('blob'))!, into)) {
        memory = piece.buffer;
        expect(memory.byteLength).toBe(byteLength);
        const got = new Uint32Array(memory, 0, piece.length / 4);
        expect(got.every((word, n) => word === words[at / 4 + n])).toBe(true);
        lengths.push(piece.length);
        at += piece.length;
      }
      expect(into.byteLength).toBe(0); // detached: the pieces own its memory
      return { lengths, memory };
    };
    const [whole, halves] = await Promise.all(spare.splice(0).map(readAll));
    expect(whole.lengths).toEqual([BYTES]);
    expect(halves.lengths).toEqual([BYTES / 2 - 256, BYTES / 2 - 256, 512]);
    spare.push(whole.memory, halves.memory);
  }
  await store.delMany(['blob']);
});
