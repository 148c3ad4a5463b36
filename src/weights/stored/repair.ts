// Repairs a damaged shard by packing it again from its source rows; only those rows are fetched.
import { AppError } from '../../shared/errors';
import { digestHex } from '../digest';
import type { GgufFile } from '../file/gguf';
import { batchesOf, layOut, type ImportTensor } from '../pack/importPlan';
import { batchesWithin, imageStart, packBatch } from '../pack/packBatch';
import { readAhead } from '../pack/readAhead';
import type { GgufTensor, ImportRecipe, ModelCache, ModelManifest, WeightSource } from '../types';

/** Packs the bytes of one shard. @throws its source's errors. */
export type ShardMaker = (index: number, signal?: AbortSignal) => Promise<Uint8Array<ArrayBuffer>>;

/** The recipe that a manifest stores for repairs; undefined when a tensor lies in none of these files. */
export function recipeOf(
  tensors: ImportTensor[],
  sources: WeightSource[],
  quantize: GgufFile['quantize'],
): ImportRecipe | undefined {
  const parts = tensors.flatMap(({ parts }) => parts.map(({ tensor }) => tensor));
  const recipe: ImportRecipe = {
    plan: tensors.map(({ packed: { name, kind, shape, interleaved }, parts, convolution, flat }) => ({
      ...{ name, kind, shape, interleaved },
      parts: parts.map(({ tensor }) => tensor.name),
      ...(convolution && { convolution }),
      ...(flat && { flat }),
    })),
    tensors: parts.map(({ source, ...tensor }) => ({ ...tensor, file: sources.indexOf(source) })),
    quantize,
  };
  return recipe.tensors.some(({ file }) => file < 0) ? undefined : recipe;
}

/** The tensors of a recipe, bound to these files. */
export function tensorsOf({ tensors }: ImportRecipe, sources: WeightSource[]): Map<string, GgufTensor> {
  return new Map(tensors.map(({ file, ...tensor }) => [tensor.name, { ...tensor, source: sources[file] }]));
}

/**
 * Packs shards of this model from its source tensors.
 * @returns undefined if this image cannot be reproduced: no recipe, or written by another version of the app.
 */
export function shardPacker(
  { recipe, tensors, packedBytes, shardBytes }: ModelManifest,
  found: Map<string, GgufTensor>,
): ShardMaker | undefined {
  if (!recipe) return undefined;
  const { plan, quantize } = recipe;
  const image = layOut({ metadata: {}, tensors: found, totalBytes: 0, digests: [], quantize }, plan);
  const packed = image.tensors.map((tensor) => tensor.packed);
  if (JSON.stringify(packed) !== JSON.stringify(tensors)) return undefined;
  const batches = image.tensors.flatMap(batchesOf);
  return async (index, signal) => {
    const start = index * shardBytes;
    const shard = new Uint8Array(Math.min(shardBytes, packedBytes - start));
    const end = start + shard.length;
    for await (const filled of readAhead(batchesWithin(batches, start, end), signal)) {
      signal?.throwIfAborted();
      let at = imageStart(filled.batch);
      for (const piece of packBatch(filled)) {
        const [from, to] = [Math.max(start, at), Math.min(end, at + piece.length)];
        if (from < to) shard.set(piece.subarray(from - at, to - at), from - start);
        at += piece.length;
      }
    }
    return shard;
  };
}

/**
 * Packs a shard again and stores it.
 * @throws AppError 'source-changed' if its digest differs; the source's errors; 'storage-quota'.
 */
export async function repairShard(
  cache: ModelCache,
  { id, origin, shardDigests }: ModelManifest,
  index: number,
  make: ShardMaker,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await make(index, signal);
  if ((await digestHex(bytes)) !== shardDigests[index]) {
    const message =
      `Part ${index} of the stored model is damaged, and ${origin} has other bytes now: the file was replaced. ` +
      'Delete the model and import it again.';
    throw new AppError('source-changed', message, { url: origin, id, shard: index });
  }
  if (await cache.manifest(id)) await cache.writeShard(id, index, new Blob([bytes])); // unless the model was deleted meanwhile
  return bytes;
}
