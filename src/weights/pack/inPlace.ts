// A model that stays in its own file: shards are packed on their way to the GPU, at every load, and none is stored.
import type { AppError } from '../../shared/errors';
import { digestHex } from '../digest';
import type { ShardMaker } from '../stored/repair';
import type { DiskFile, ModelManifest } from '../types';
import { shardCount } from '../stored/verify';

/** The shards of such a model, each to be read once and in order. */
export interface DiskShards {
  /** @throws what its file throws, or the error of a shard that is not what it was. */
  read: ShardMaker;
  /** SHA-256 of the shards read so far. */
  readonly digests: string[];
}

/**
 * Compares every shard with the digest of the first load, if there was one. The next shard is packed while one is
 * hashed, so three of them are in memory at most.
 * @param otherBytes the error of a shard that has another digest.
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
    bytes.catch(() => undefined); // reported when its turn comes
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

/** The file as it is now, to tell later whether it is the same. */
export function diskFileOf({ name, size, lastModified }: File): DiskFile {
  return { name, bytes: size, modified: lastModified };
}

/** The files in the order of the manifest; undefined unless every one of them has the size and the date it had. */
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
