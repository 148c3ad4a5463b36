// The part of a model that sees: where it comes from, and what a picture costs.
import { DEFAULT_PICTURE_TOKENS } from '../shared/passLimits';
import { hostOf, listFiles, remoteFile, resolveModel, type RemoteSource, type ResolveArgs } from './hubs';
import { findByOrigin, MODELS, recommendedVariant } from './models';
import { layerWeights } from './packing';
import type { Prediction } from './predict';
import type { CatalogueModel, EyesShape, ModelVariant } from './types';

/** INT4 with a scale per 32 weights. */
const INT4_BYTES = 0.5625;
const PATCHES_PER_TOKEN = 4;
/** Inputs of a patch: 14 × 14 pixels in three colours, filled up to a multiple of 32. */
const PATCH_ROW = 608;

/** Bytes to download for the eyes of a variant; 0 for a model that reads text alone. */
export function eyesDownloadBytes({ eyes }: CatalogueModel, { kind }: Pick<ModelVariant, 'kind'>): number {
  if (!eyes) return 0;
  return kind === 'gguf' ? eyes.downloadBytes : eyes.parameters * 2;
}

/** Bytes of the stored eyes, on disk and on the GPU. */
export function eyesPackedBytes({ eyes }: CatalogueModel, { kind }: Pick<ModelVariant, 'kind'>): number {
  if (!eyes) return 0;
  return kind === 'gguf' ? eyes.downloadBytes : eyes.parameters * INT4_BYTES;
}

/** GPU memory beside the eyes while a picture is looked at: residual, Q, K, V and attention output of every patch. */
export function pictureBytes({ eyes }: CatalogueModel, tokens = DEFAULT_PICTURE_TOKENS): number {
  return eyes ? tokens * PATCHES_PER_TOKEN * eyes.shape.hiddenSize * 16 : 0;
}

/**
 * Where the eyes of a variant are: their file beside a GGUF, which every quantisation shares, or the original repository.
 * @throws AppError as resolveModel
 */
export async function resolveEyes(args: ResolveArgs): Promise<RemoteSource> {
  const { model, variant, hub, fetchJson, token } = args;
  const { eyes } = model;
  if (!eyes || variant.kind === 'safetensors' || hostOf(hub) !== 'huggingface')
    return { ...(await resolveModel(args)), part: 'eyes' };
  // A hub without a list of files still serves them.
  const listing = await listFiles(hub, eyes.repo, fetchJson).catch(() => []);
  const listed = listing.find(({ name }) => name === eyes.file);
  return {
    kind: 'remote',
    origin: eyesOrigin(model),
    name: `${model.name} mmproj`,
    files: [remoteFile(hub, eyes.repo, listed ?? eyes.file)],
    part: 'eyes',
    ...(token && { token }),
  };
}

/** The cache's origin of the eyes of all GGUF variants of a model. */
export function eyesOrigin({ id }: CatalogueModel): string {
  return `catalogue:${id}/eyes`;
}

/** Floating-point operations of the tower and merger for a picture of so many tokens. */
export function towerFlops(shape: EyesShape, tokens: number): number {
  const { numLayers, hiddenSize: H, ffnSize, mergerSize, outSize } = shape;
  const patches = tokens * PATCHES_PER_TOKEN;
  const layer = 4 * H * H + 3 * H * ffnSize;
  const merger = 4 * H * outSize + outSize * outSize + 3 * outSize * mergerSize;
  const attention = 4 * patches * patches * H * numLayers;
  return 2 * patches * (numLayers * layer + PATCH_ROW * H) + 2 * tokens * merger + attention;
}

/**
 * Seconds until a model has seen and read a picture, at the arithmetic speed that its prediction has for reading text.
 * The tower keeps its activations as floats, which is slower than that where the text half has int8 kernels.
 */
export function pictureSeconds(
  model: CatalogueModel,
  { prefillTokensPerSecond }: Pick<Prediction, 'prefillTokensPerSecond'>,
  tokens = DEFAULT_PICTURE_TOKENS,
): number {
  const { eyes, shape } = model;
  if (!eyes || prefillTokensPerSecond <= 0) return 0;
  const flopsPerToken = 2 * shape.numLayers * layerWeights(shape);
  const tower = towerFlops(eyes.shape, tokens) / (flopsPerToken * prefillTokensPerSecond);
  return tower + tokens / prefillTokensPerSecond;
}

/**
 * The catalogue's model whose eyes fit a loaded model that could see: the model itself, or the one of its family and width.
 */
export function seeingModelOf({
  origin,
  family,
  hiddenSize,
}: {
  origin: string;
  family: string;
  hiddenSize: number;
}): { model: CatalogueModel; variant: ModelVariant } | undefined {
  const known = findByOrigin(origin);
  if (known) return known.model.eyes ? known : undefined;
  const model = MODELS.find(
    ({ id, eyes }) => eyes && id.startsWith(family) && eyes.shape.outSize === hiddenSize,
  );
  return model && { model, variant: recommendedVariant(model) };
}
