// Reading stored shards back: is every byte what the manifest says?
import { AppError } from '../shared/errors';
import { damagedShard } from './cache';
import { digestHex } from './digest';
import type { ModelCache, ModelManifest } from './types';

/** Number of shards of a model. */
export function shardCount({ packedBytes, shardBytes }: ModelManifest): number {
  return Math.ceil(packedBytes / shardBytes);
}

/** The bytes of one shard, its digest compared unless told otherwise. @throws AppError 'cache-damaged'. */
export async function readShardChecked(
  cache: ModelCache,
  { id, packedBytes, shardBytes, shardDigests }: ModelManifest,
  index: number,
  verify = true,
): Promise<Uint8Array<ArrayBuffer>> {
  const blob = await cache.readShard(id, index);
  const expected = Math.min(shardBytes, packedBytes - index * shardBytes);
  if (blob.size !== expected) throw damagedShard(id, index, `has ${blob.size} bytes, not ${expected}`);
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(await blob.arrayBuffer());
  } catch (error) {
    throw damagedShard(id, index, 'cannot be read', error); // the browser evicted the file behind the Blob
  }
  if (verify && (await digestHex(bytes)) !== shardDigests[index])
    throw damagedShard(id, index, 'has other bytes than were stored');
  return bytes;
}

/** Is this the failure of a single shard, which can be made again? */
export function isDamage(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'cache-damaged';
}

export interface VerifyOptions {
  /** First shard to look at; default 0. */
  from?: number;
  signal?: AbortSignal;
  onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/** Numbers of the damaged and missing shards, by reading all of them. An abort throws the signal's reason. */
export async function findDamage(
  cache: ModelCache,
  manifest: ModelManifest,
  { from = 0, signal, onProgress }: VerifyOptions = {},
): Promise<number[]> {
  const damaged: number[] = [];
  for (let index = from; index < shardCount(manifest); index++) {
    signal?.throwIfAborted();
    try {
      await readShardChecked(cache, manifest, index);
    } catch (error) {
      if (!isDamage(error)) throw error;
      damaged.push(index);
    }
    onProgress?.(Math.min((index + 1) * manifest.shardBytes, manifest.packedBytes), manifest.packedBytes);
  }
  return damaged;
}
