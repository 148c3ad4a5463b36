// Blobs of IndexedDB, read as byte streams in a real browser.
import { expect } from 'vitest';
import { gpuTest } from '../testing/gpuTest';
import { readBlob } from './readBlob';
import { databaseStore } from './storage';

const BYTES = 4 * 1024 * 1024;

gpuTest('stored Blobs are read whole, two at a time, into memory that goes round', async ({ gpu: _ }) => {
  const store = databaseStore<string, Blob>('read-blob-test');
  const words = Uint32Array.from({ length: BYTES / 4 }, (_, i) => i * 2654435761);
  await store.set('blob', new Blob([words]));
  const spare = [new ArrayBuffer(BYTES), new ArrayBuffer(BYTES + 256)];
  for (let round = 0; round < 4; round++) {
    const into = spare.splice(0);
    const read = await Promise.all(into.map(async (memory) => readBlob((await store.get('blob'))!, memory)));
    for (const [i, bytes] of read.entries()) {
      expect(into[i].byteLength).toBe(0); // its memory is the result's
      expect(bytes.buffer.byteLength).toBe(BYTES + 256 * i);
      const got = new Uint32Array(bytes.buffer, 0, BYTES / 4);
      expect([got[0], got[1], got[got.length - 1]]).toEqual([words[0], words[1], words[words.length - 1]]);
      expect(got.every((word, n) => word === words[n])).toBe(true);
      spare.push(bytes.buffer);
    }
  }
  await store.delMany(['blob']);
});
