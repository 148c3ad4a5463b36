// Models used in place: every load opens their files on disk and packs them straight to the GPU, without a copy.
import { planModel } from '../model/architecture';
import type { ModelSource } from '../protocol/models';
import { AppError, isAbort } from '../shared/errors';
import { modelId } from '../weights/file/gguf';
import { damagedPack, openPack, readPackShard, type Pack } from '../weights/pack/importPack';
import { layOut } from '../weights/pack/importPlan';
import { inFileOrder } from '../weights/pack/importer';
import { diskFileOf, diskShards, sameFiles, type DiskShards } from '../weights/pack/inPlace';
import { LAYOUT_VERSION } from '../weights/stored/layoutVersion';
import { recipeOf, shardPacker, tensorsOf, type ShardMaker } from '../weights/stored/repair';
import { SHARD_BYTES } from '../weights/pack/shardWriter';
import { fileSource } from '../weights/file/sources';
import type { ModelCache, ModelManifest } from '../weights/types';
import { shardCount, type VerifyOptions } from '../weights/stored/verify';
import { openSource, originOf, withoutMerges, type OpenedModel } from './openSource';
import { assertLoadable } from './packedModel';
import type { ProgressMeter } from './progressMeter';

export type DiskSource = Extract<ModelSource, { kind: 'disk' }>;

/** An opened model with its shards. Its manifest has digests if the model was loaded before. */
export interface DiskModel {
  manifest: ModelManifest;
  shards: DiskShards;
  /** Call after all shards were read: stores the manifest with their digests, if the browser allows storage. */
  keep(): Promise<void>;
}

export interface OpenDiskOptions {
  cache: ModelCache;
  signal: AbortSignal;
  meter?: ProgressMeter;
}

/** A separate id: an imported copy of the same file is another model, and the two do not affect each other. */
const idOnDisk = (id: string): string => `disk-${id}`;

/**
 * Opens files in place. Without `id`, accepts any model. With `id`, accepts only the stored model; files that changed
 * are refused, so that no bytes are mixed.
 * @throws AppError file-changed, file-unreadable, and for a new model the errors of reading its header.
 */
export async function openDiskModel(source: DiskSource, options: OpenDiskOptions): Promise<DiskModel> {
  const { cache, signal } = options;
  const known = source.id === undefined ? undefined : await cache.manifest(source.id);
  const files = known?.disk && sameFiles(known.disk, source.files);
  const make = known && files && (await makerOf(known, files, signal));
  if (known && make) return withShards(cache, known, known, make);
  try {
    return await openAnew(source, options);
  } catch (error) {
    const isAway = isAbort(error) || (error instanceof AppError && error.code === 'file-unreadable');
    if (source.id === undefined || isAway) throw error;
    throw fileChanged(originOf(source), source.id, error);
  }
}

/** Opens by the header. Keeps the digests of an earlier load if the model is the same: the file may have moved. */
async function openAnew(source: DiskSource, { cache, signal, meter }: OpenDiskOptions): Promise<DiskModel> {
  const { model, sources } = await openSource({ kind: 'files', files: source.files }, { signal, meter });
  if (model.kind === 'pack') await assertLoadable(model.pack.manifest, model.pack.source.name);
  const disk = source.files.map(diskFileOf);
  const common = { origin: originOf(source), source: null, importedAt: Date.now(), disk };
  const fresh =
    model.kind === 'pack'
      ? { ...model.pack.manifest, ...common, recipe: undefined }
      : { ...(await manifestOf(model.gguf, sources)), ...common };
  fresh.id = idOnDisk(fresh.id);
  if (source.id !== undefined && fresh.id !== source.id) throw fileChanged(common.origin, source.id);
  const stored = await cache.manifest(fresh.id);
  const isSame = JSON.stringify(stored?.tensors) === JSON.stringify(fresh.tensors);
  const manifest =
    stored && isSame ? { ...fresh, shardDigests: stored.shardDigests, importedAt: stored.importedAt } : fresh;
  const make = model.kind === 'pack' ? packShards(model.pack) : shardPacker(manifest, model.gguf.tensors);
  if (!make) throw new AppError('bug', `${manifest.origin} cannot be packed by its own recipe.`);
  return withShards(cache, manifest, stored, make);
}

/** The manifest before the first load: complete but for digests. The id is that of an import. */
async function manifestOf(
  gguf: Extract<OpenedModel['model'], { kind: 'gguf' }>['gguf'],
  sources: OpenedModel['sources'],
): Promise<Omit<ModelManifest, 'origin' | 'importedAt'>> {
  if (gguf.quantize) {
    const message = 'Original weights are quantised once, on their way into the browser: copy them.';
    throw new AppError('bad-request', message, { field: 'disk', why: 'safetensors' });
  }
  const { name, plan } = await planModel(gguf.metadata, gguf.tensors);
  const { tensors, packedBytes } = layOut(gguf, inFileOrder(gguf, plan));
  return {
    layoutVersion: LAYOUT_VERSION,
    id: await modelId(gguf),
    name,
    sourceBytes: gguf.totalBytes,
    packedBytes,
    shardBytes: SHARD_BYTES,
    shardDigests: [],
    tensors: tensors.map(({ packed }) => packed),
    metadata: withoutMerges(gguf.metadata),
    recipe: recipeOf(tensors, sources, undefined),
  };
}

/** Opens by the manifest alone, without reading a header. Undefined if another version of the app wrote it. */
async function makerOf(
  manifest: ModelManifest,
  files: File[],
  signal: AbortSignal,
): Promise<ShardMaker | undefined> {
  const sources = files.map((file) => fileSource(file));
  const { recipe } = manifest;
  if (recipe) return shardPacker(manifest, tensorsOf(recipe, sources));
  const pack = await openPack(sources[0], signal);
  return pack && idOnDisk(pack.manifest.id) === manifest.id ? packShards(pack) : undefined;
}

const packShards =
  (pack: Pack): ShardMaker =>
  (index, signal) =>
    readPackShard(pack, index, signal);

function withShards(
  cache: ModelCache,
  manifest: ModelManifest,
  stored: ModelManifest | undefined,
  make: ShardMaker,
): DiskModel {
  const { id, origin } = manifest;
  const shards = diskShards(manifest, make, (index) =>
    manifest.recipe || stored ? fileChanged(origin, id) : damagedPack(origin, index + 1),
  );
  return {
    manifest,
    shards,
    async keep() {
      if (manifest === stored) return;
      const entry = { ...manifest, shardDigests: shards.digests };
      await cache.writeManifest(entry).catch((error: unknown) => {
        if (!isFull(error)) throw error; // the model runs, but the next load reads its header again
      });
    },
  };
}

const isFull = (error: unknown): boolean =>
  error instanceof AppError && (error.code === 'storage-quota' || error.code === 'storage-unavailable');

/** Reads all shards and returns the indices of those whose digest differs from the first load. */
export async function findOtherBytes(
  { manifest, shards }: DiskModel,
  { signal, onProgress }: VerifyOptions,
): Promise<number[]> {
  const others: number[] = [];
  for (let index = 0; index < shardCount(manifest); index++) {
    signal?.throwIfAborted();
    try {
      await shards.read(index, signal);
    } catch (error) {
      const isOther = error instanceof AppError && ['file-changed', 'pack-damaged'].includes(error.code);
      if (!isOther) throw error;
      others.push(index);
    }
    onProgress?.(Math.min((index + 1) * manifest.shardBytes, manifest.packedBytes), manifest.packedBytes);
  }
  return others;
}

function fileChanged(name: string, id: string, cause?: unknown): AppError {
  const message =
    `${name} is not the file it was when it was first read: it was changed or replaced. Nothing of the two was ` +
    'mixed. Read it anew, or put the old file back.';
  return new AppError('file-changed', message, { name, id }, cause);
}
