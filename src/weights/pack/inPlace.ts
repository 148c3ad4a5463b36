// A model used directly from its own file: every load packs the shards on their way to the GPU and stores none.
import type { AppError } from '../../shared/errors';
import { digestHex } from '../digest';
import type { ShardMaker } from '../stored/repair';
import type { DiskFile, ModelManifest } from '../types';
import { shardCount } from '../stored/verify';

/** The shards of such a model; each is read once, in order. */
export interface DiskShards {
  /** @throws the file's errors, or the error for a shard whose digest changed. */
  read: ShardMaker;
  /** SHA-256 of the shards read so far. */
  readonly digests: string[];
}

/**
 * Compares every shard with the digest of the first load, if there was one. The next shard is packed while the previous
 * one is hashed, so that at most three shards are in memory.
 * @param otherBytes creates the error for a shard with another digest.
 */
export function diskShards(
  manifest: ModelManifest,
  make: ShardMaker,
  otherBytes: (index: number) => AppError,
): DiskShards {
  const digests: string[] = [];
  const count = shardCount(manifest);
  let ahead: { index: number; bytes: Promise<Uint8Array<ArrayBuffer>> } | undefined;
  const begin = (index: number, signal?: AbortSignal) => {
    const bytes = make(index, signal);
    bytes.catch(() => undefined); // reported when the shard is awaited
    return (ahead = { index, bytes });
  };
  return {
    digests,
    async read(index, signal) {
      const bytes = await (ahead?.index === index ? ahead : begin(index, signal)).bytes;
      if (index + 1 < count) begin(index + 1, signal);
      const digest = await digestHex(bytes);
      const expected = manifest.shardDigests.at(index);
      if (expected !== undefined && digest !== expected) throw otherBytes(index);
      digests[index] = digest;
      return bytes;
    },
  };
}

/** Name, size and date of the file, to recognise it later. */
export function diskFileOf({ name, size, lastModified }: File): DiskFile {
  return { name, bytes: size, modified: lastModified };
}

/** The files in manifest order; undefined unless all of them have their recorded size and date. */
export function sameFiles(disk: DiskFile[], files: File[]): File[] | undefined {
  if (disk.length !== files.length) return undefined;
  const found = disk.map((was) =>
    files.find((file) => {
      const { name, bytes, modified } = diskFileOf(file);
      return name === was.name && bytes === was.bytes && modified === was.modified;
    }),
  );
  return found.every((file) => file !== undefined) ? found : undefined;
}
