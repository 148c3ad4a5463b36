// Later loads: streams shards in small pieces from the cache to the GPU and checks them on the way.
import { quickHasher } from '../digest';
import type { ModelCache, ModelManifest } from '../types';
import { isDamage, shardCount, shardPieces } from '../stored/verify';

/**
 * Buffer size of one reader. A piece stays in the CPU cache from the read to the copy for the GPU, and the buffer is
 * reused: pieces of 4 MiB take 6 % less CPU time than whole shards (docs/performance.md).
 */
const PIECE_BYTES = 4 * 1024 * 1024;
/** Shards read in parallel: while a piece of one is checked and written, the browser reads the other. */
const READERS = 2;

export interface ShardStream {
  cache: ModelCache;
  manifest: ModelManifest;
  /** Expected XXH64 of every shard. */
  checks: string[];
  /** Receives image bytes from `start` on before their check is complete. Not called again after it fails. */
  write: (piece: Uint8Array<ArrayBuffer>, start: number, signal: AbortSignal) => Promise<void>;
  signal?: AbortSignal;
}

/**
 * Streams all shards once.
 * @returns indices, in order, of shards that are damaged or fail their check; their written bytes are invalid.
 * @throws the first error of `write`; the signal's reason. No write is pending by then.
 */
export async function streamShards({
  cache,
  manifest,
  checks,
  write,
  signal,
}: ShardStream): Promise<number[]> {
  const suspects: number[] = [];
  const failed = new AbortController();
  const stop = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const count = shardCount(manifest);
  let next = 0;
  const readOn = async (): Promise<void> => {
    const hasher = await quickHasher();
    let memory = new ArrayBuffer(PIECE_BYTES);
    const isWhole = async (index: number): Promise<boolean> => {
      let start = index * manifest.shardBytes;
      hasher.begin();
      for await (const piece of shardPieces(cache, manifest, index, memory)) {
        hasher.add(piece);
        await write(piece, start, stop);
        start += piece.length;
        memory = piece.buffer;
      }
      return hasher.end() === checks[index];
    };
    while (next < count) {
      stop.throwIfAborted();
      const index = next++;
      const good = await isWhole(index).catch((error: unknown) => {
        if (!isDamage(error)) throw error;
        memory = new ArrayBuffer(PIECE_BYTES); // the failed read detached the previous buffer
        return false;
      });
      if (!good) suspects.push(index);
    }
  };
  const readers = Array.from({ length: READERS }, () =>
    readOn().catch((error: unknown) => failed.abort(error)),
  );
  await Promise.all(readers);
  stop.throwIfAborted();
  return suspects.sort((a, b) => a - b);
}
