// Reads stored shards back and compares them with the manifest.
import { AppError } from '../../shared/errors';
import { damagedShard } from './cache';
import { digestHex } from '../digest';
import { blobPieces } from '../file/readBlob';
import type { ModelCache, ModelManifest } from '../types';

/** Number of shards of a model. */
export function shardCount({ packedBytes, shardBytes }: ModelManifest): number {
  return Math.ceil(packedBytes / shardBytes);
}

/**
 * The unchecked bytes of one shard, in pieces as {@link blobPieces} yields them.
 * @throws AppError 'cache-damaged' when it is missing, unreadable or of the wrong length.
 */
export async function* shardPieces(
  cache: ModelCache,
  { id, packedBytes, shardBytes }: ModelManifest,
  index: number,
  into: ArrayBuffer,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const blob = await cache.readShard(id, index);
  const expected = Math.min(shardBytes, packedBytes - index * shardBytes);
  if (blob.size !== expected) throw damagedShard(id, index, `has ${blob.size} bytes, not ${expected}`);
  let bytes = 0;
  try {
    for await (const piece of blobPieces(blob, into)) {
      bytes += piece.length;
      yield piece;
    }
  } catch (error) {
    throw damagedShard(id, index, 'cannot be read', error); // the browser evicted the file behind the Blob
  }
  if (bytes !== expected) throw damagedShard(id, index, `ends after ${bytes} bytes`);
}

/**
 * The bytes of one shard, compared by SHA-256.
 * @param into memory of a shard no longer needed; it is detached and reused for the result.
 * @throws AppError 'cache-damaged'.
 */
export async function readShardChecked(
  cache: ModelCache,
  manifest: ModelManifest,
  index: number,
  into: ArrayBuffer,
): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = new Uint8Array(into, 0, 0);
  for await (const piece of shardPieces(cache, manifest, index, into)) bytes = piece; // exactly one piece: `into` holds a shard
  if ((await digestHex(bytes)) !== manifest.shardDigests[index])
    throw damagedShard(manifest.id, index, 'has other bytes than were stored');
  return bytes;
}

/** Adds quick checks to a stored manifest, unless it was deleted. A full disk is ignored: the checks are optional. */
export async function noteChecks(cache: ModelCache, id: string, shardChecks: string[]): Promise<void> {
  const manifest = await cache.manifest(id);
  if (!manifest) return;
  await cache.writeManifest({ ...manifest, shardChecks }).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'storage-quota') throw error;
  });
}

/** Whether the failure concerns a single shard, which can be repaired. */
export function isDamage(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'cache-damaged';
}

export interface VerifyOptions {
  /** First shard to check; default 0. */
  from?: number;
  signal?: AbortSignal;
  onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/** Reads all shards and returns the indices of damaged and missing ones. An abort throws the signal's reason. */
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
      into = (await readShardChecked(cache, manifest, index, into)).buffer;
    } catch (error) {
      if (!isDamage(error)) throw error;
      damaged.push(index);
      into = new ArrayBuffer(manifest.shardBytes); // the failed read detached the previous buffer
    }
    onProgress?.(Math.min((index + 1) * manifest.shardBytes, manifest.packedBytes), manifest.packedBytes);
  }
  return damaged;
}
