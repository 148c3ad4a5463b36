// The safetensors files of a repository as one list of tensors, by model.safetensors.index.json or by their file names.
import { AppError } from '../../../shared/errors';
import type { GgufTensor, WeightSource } from '../../types';
import { badSafetensors, readSafetensors } from './safetensors';

/** One file of a repository. */
export interface RepositoryFile {
  /** Name in the repository: 'config.json', 'model-00001-of-00010.safetensors'. Leading folders are ignored. */
  name: string;
  source: WeightSource;
}

/** An opened weight file. */
export interface Shard {
  name: string;
  source: WeightSource;
  /** Bytes of the header: length field and JSON. */
  headerBytes: Uint8Array<ArrayBuffer>;
  fileBytes: number;
}

export interface ShardSet {
  /** Sorted by name. */
  shards: Shard[];
  /** Keyed by the tensor names of the files. */
  tensors: Map<string, GgufTensor>;
}

/** `{ weight_map: { tensor: file } }` of an index file. */
export type WeightMap = Record<string, string>;

const SHARD_NAME = /-(\d{5})-of-(\d{5})\.safetensors$/i;

/**
 * Opens the files listed in the index, or all of them without an index, by reading their headers.
 * @throws AppError missing-file, bad-safetensors, file-truncated, and what sources throw.
 */
export async function openShards(
  files: RepositoryFile[],
  weightMap: WeightMap | undefined,
  signal?: AbortSignal,
): Promise<ShardSet> {
  const byName = new Map(files.map((file) => [baseName(file.name), file]));
  const wanted = weightMap
    ? [...new Set(Object.values(weightMap))].map(baseName)
    : completeSet([...byName.keys()]);
  const missing = wanted.filter((name) => !byName.has(name)).sort();
  if (missing.length > 0) throw missingFile(missing.join(', '));
  const opened = await Promise.all(
    wanted.sort().map(async (name) => {
      const { source } = byName.get(name)!;
      return { name, source, header: await readSafetensors(source, signal) };
    }),
  );
  const tensors = new Map<string, GgufTensor>();
  const fileOf = new Map<string, string>();
  for (const { name: file, source, header } of opened) {
    for (const { name, dtype, shape, offset, byteLength } of header.tensors) {
      if (weightMap && weightMap[name] !== undefined && baseName(weightMap[name]) !== file) continue; // a duplicate of another file's tensor
      const other = fileOf.get(name);
      if (other) throw badSafetensors(file, `it holds ${name}, which is in ${other} too`);
      fileOf.set(name, file);
      tensors.set(name, { name, type: dtype, shape, source, offset, byteLength });
    }
  }
  for (const [name, file] of Object.entries(weightMap ?? {})) {
    if (!tensors.has(name))
      throw badSafetensors(baseName(file), `the index says that it holds ${name}, which it does not`);
  }
  const shards = opened.map(({ name, source, header }) => {
    return { name, source, headerBytes: header.bytes, fileBytes: header.fileBytes };
  });
  return { shards, tensors };
}

/** AppError 'missing-file': names one required file, or a list of them. */
export function missingFile(name: string): AppError {
  const message = `This model also needs ${name}. Give all files of the repository together.`;
  return new AppError('missing-file', message, { name });
}

/** The name without folders. */
export function baseName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** The files of a set without index: numbered names state how many files it has. */
function completeSet(names: string[]): string[] {
  const numbered = names.flatMap((name) => SHARD_NAME.exec(name) ?? []);
  if (numbered.length === 0) return names;
  const [first] = names.filter((name) => SHARD_NAME.test(name));
  const [ending, , count] = SHARD_NAME.exec(first)!;
  const prefix = first.slice(0, -ending.length);
  return Array.from(
    { length: Number(count) },
    (_, i) => `${prefix}-${String(i + 1).padStart(5, '0')}-of-${count}.safetensors`,
  );
}
