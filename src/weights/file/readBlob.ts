// Reads the bytes of a Blob into reused memory.

/**
 * Streams being read. Chromium 156 does not keep a Blob's stream alive during a pending read: without this reference
 * the garbage collector takes the stream, its promise and the awaiting code, and a load hangs forever.
 */
const underWay = new Set<ReadableStreamBYOBReader>();

/**
 * Reads `blob` in pieces of `into`'s size; the last one may be shorter. All pieces reuse the same memory. The latest
 * piece owns it (`into` itself is detached) until the next piece is requested. Results of arrayBuffer() would pile up
 * by hundreds of megabytes before garbage collection (Chromium 156). A browser whose Blobs are not byte streams returns
 * everything at once, in new memory.
 * @throws what the browser throws when it cannot read the file behind the Blob.
 */
export async function* blobPieces(blob: Blob, into: ArrayBuffer): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = byteReader(blob);
  if (!reader) return yield new Uint8Array(await blob.arrayBuffer());
  underWay.add(reader);
  try {
    const pieceBytes = into.byteLength;
    let buffer = into;
    for (let left = blob.size; left > 0;) {
      const wanted = Math.min(pieceBytes, left);
      let at = 0;
      while (at < wanted) {
        const { value, done } = await reader.read(new Uint8Array(buffer, at, wanted - at));
        if (!value || (done && value.byteLength === 0)) break;
        buffer = value.buffer;
        at += value.byteLength;
      }
      if (at > 0) yield new Uint8Array(buffer, 0, at);
      if (at < wanted) return;
      left -= at;
    }
  } finally {
    void reader.cancel().catch(() => undefined);
    underWay.delete(reader);
  }
}

function byteReader(blob: Blob): ReadableStreamBYOBReader | undefined {
  try {
    return blob.stream().getReader({ mode: 'byob' });
  } catch {
    return undefined; // the Blob's stream is not a byte stream
  }
}
