// Reading stored shards back: is every byte what the manifest says?
import { AppError } from '../shared/errors';
import { damagedShard } from './cache';
import { digestHex, quickDigestHex } from './digest';
import { readBlob } from './readBlob';
import type { ModelCache, ModelManifest } from './types';

/** Number of shards of a model. */
export function shardCount({ packedBytes, shardBytes }: ModelManifest): number {
  return Math.ceil(packedBytes / shardBytes);
}

export interface ShardRead {
  /** Be content with its quick check where there is one. */
  quick?: boolean;
  /** Memory of at least a shard that is no longer needed; it is detached, see {@link readBlob}. */
  into?: ArrayBuffer;
}

/** The bytes of one shard. @throws AppError 'cache-damaged'. */
export async function readShardChecked(
  cache: ModelCache,
  { id, packedBytes, shardBytes, shardDigests, shardChecks }: ModelManifest,
  index: number,
  { quick = false, into }: ShardRead = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const blob = await cache.readShard(id, index);
  const expected = Math.min(shardBytes, packedBytes - index * shardBytes);
  if (blob.size !== expected) throw damagedShard(id, index, `has ${blob.size} bytes, not ${expected}`);
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await readBlob(blob, into);
  } catch (error) {
    throw damagedShard(id, index, 'cannot be read', error); // the browser evicted the file behind the Blob
  }
  if (bytes.length !== expected) throw damagedShard(id, index, `ends after ${bytes.length} bytes`);
  const isChecked = quick && shardChecks && (await quickDigestHex(bytes)) === shardChecks[index];
  if (!isChecked && (await digestHex(bytes)) !== shardDigests[index])
    throw damagedShard(id, index, 'has other bytes than were stored');
  return bytes;
}

/** Adds quick checks to a stored manifest, unless it was deleted meanwhile. A full disk is no failure: nothing depends on them. */
export async function noteChecks(cache: ModelCache, id: string, shardChecks: string[]): Promise<void> {
  const manifest = await cache.manifest(id);
  if (!manifest) return;
  await cache.writeManifest({ ...manifest, shardChecks }).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'storage-quota') throw error;
  });
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
  let into = new ArrayBuffer(manifest.shardBytes);
  for (let index = from; index < shardCount(manifest); index++) {
    signal?.throwIfAborted();
    try {
      into = (await readShardChecked(cache, manifest, index, { into })).buffer;
    } catch (error) {
      if (!isDamage(error)) throw error;
      damaged.push(index);
      into = new ArrayBuffer(manifest.shardBytes); // the other went with the read that failed
    }
    onProgress?.(Math.min((index + 1) * manifest.shardBytes, manifest.packedBytes), manifest.packedBytes);
  }
  return damaged;
}
