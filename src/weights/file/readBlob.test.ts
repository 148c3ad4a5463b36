import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { blobPieces } from './readBlob';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** A Blob whose stream waits for its file; only its reader holds the stream. */
function waitingBlob(): { blob: Blob; stream: WeakRef<ReadableStream> } {
  const stream = new ReadableStream({ type: 'bytes', pull: () => new Promise(() => undefined) });
  let once: ReadableStream | undefined = stream;
  const take = (): ReadableStream | undefined => {
    const taken = once;
    once = undefined;
    return taken;
  };
  return { blob: { size: 4, stream: take } as unknown as Blob, stream: new WeakRef(stream) };
}

test('a pending read survives garbage collection, which stopped a load forever in Chromium', async () => {
  const { blob, stream } = waitingBlob();
  void blobPieces(blob, new ArrayBuffer(4)).next();
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    collectGarbage();
  }
  expect(stream.deref()).toBeDefined();
});
