// Reads the next batches while one is packed, so that the network never waits for the CPU.
import type { Batch } from './importPlan';

const MAX_AHEAD_BYTES = 24 * 1024 * 1024; // besides the shard being filled: less than two more shards
const MAX_AHEAD_BATCHES = 6; // norms and biases are tiny, with one request each

/** A batch with the bytes of each of its reads. */
export interface FilledBatch {
  batch: Batch;
  bytes: Uint8Array[];
}

/** The batches in order, each read in advance. */
export async function* readAhead(batches: Batch[], signal?: AbortSignal): AsyncGenerator<FilledBatch> {
  const queue: { batch: Batch; bytes: Promise<Uint8Array[]> }[] = [];
  let next = 0;
  let aheadBytes = 0;
  while (next < batches.length || queue.length > 0) {
    while (next < batches.length && queue.length < MAX_AHEAD_BATCHES) {
      const batch = batches[next];
      if (queue.length > 0 && aheadBytes + batch.sourceBytes > MAX_AHEAD_BYTES) break;
      const bytes = readBatch(batch, signal);
      bytes.catch(() => undefined); // reported when the batch is awaited
      queue.push({ batch, bytes });
      aheadBytes += batch.sourceBytes;
      next++;
    }
    const [{ batch, bytes }] = queue;
    yield { batch, bytes: await bytes };
    queue.shift();
    aheadBytes -= batch.sourceBytes;
  }
}

function readBatch({ reads }: Batch, signal?: AbortSignal): Promise<Uint8Array[]> {
  return Promise.all(
    reads.map(({ part, firstRow, numRows }) => {
      const offset = part.tensor.offset + (firstRow - part.firstRow) * part.rowBytes;
      return part.tensor.source.read(offset, numRows * part.rowBytes, signal);
    }),
  );
}
