// What a model takes: GPU memory, disk, time to fetch. Sums over its shape, no measuring.
import { MAX_ATTENTION_SPLITS, MAX_CHUNK_TOKENS } from '../shared/passLimits';
import { qkvRows } from './packing';
import type { CatalogueModel, ModelShape, ModelVariant } from './types';

/** GPU bytes, by what they are for. */
export interface GpuNeed {
  weightBytes: number;
  /** K and V of contextTokens positions, f16. */
  kvBytes: number;
  /** Activations, logits, rotary table: scratch of the forward pass. */
  scratchBytes: number;
  /** What driver, browser and screen take beside the buffers: an estimate. */
  overheadBytes: number;
  totalBytes: number;
}

/** Disk bytes of an import. */
export interface DiskNeed {
  /** Stays. */
  packedBytes: number;
  /** Chunks of the download that are not packed yet; gone when the import is complete. */
  stagingBytes: number;
  totalBytes: number;
}

/**
 * Upload staging (64 MiB in flight), pipelines, the browser's own surfaces. GLM-4-9B with 5.29 GB of weights
 * comes to 6.2 GB at 8K context so; what drivers take beside that differs by some hundred MB.
 */
const OVERHEAD_BYTES = 256 * 2 ** 20;
/** Chunks kept until their bytes are packed: 8–16 MiB each, several connections, and one tile that waits for its rest. */
const STAGING_BYTES = 512 * 2 ** 20;

/** K and V of one token, f16. */
export function kvBytesPerToken({ numLayers, numKvHeads, headDim }: ModelShape): number {
  return 2 * numLayers * numKvHeads * headDim * 2;
}

/**
 * GPU memory of a loaded model. Weights and cache are exact to a few KB; scratch counts the largest chunk that a
 * hardware GPU runs; the overhead is an estimate that drivers miss by some hundred MB either way.
 */
export function gpuNeed(
  { shape }: Pick<CatalogueModel, 'shape'>,
  variant: Pick<ModelVariant, 'packedBytes'>,
  contextTokens: number,
): GpuNeed {
  const { hiddenSize: D, ffnSize: F, vocabSize: V, numHeads, headDim } = shape;
  const heads = numHeads * headDim;
  const perToken = 3 * D + qkvRows(shape) + 2 * heads + F; // residual, normed, branch; qkv; q, heads; gated
  const attention = MAX_ATTENTION_SPLITS * numHeads * (headDim + 4);
  const scratchBytes =
    4 * (MAX_CHUNK_TOKENS.hardware * perToken + attention + V + D + contextTokens * headDim);
  const weightBytes = variant.packedBytes;
  const kvBytes = contextTokens * kvBytesPerToken(shape);
  const totalBytes = weightBytes + kvBytes + scratchBytes + OVERHEAD_BYTES;
  return { weightBytes, kvBytes, scratchBytes, overheadBytes: OVERHEAD_BYTES, totalBytes };
}

/** Context when nobody asks for another, at most. */
const DEFAULT_CONTEXT_TOKENS = 32768;
/** Never less than this by default: the cache grows until the GPU refuses, and the chat goes on in what there is. */
const MIN_DEFAULT_TOKENS = 4096;
/** Beside weights and cache: activations, parked chats, the driver. */
const RESERVE_BYTES = 512 * 2 ** 20;

/**
 * The context that the engine takes where nobody chose one: as much as fits, in steps of 1024, from 4K to 32K; what the
 * model was trained for is another limit.
 * @param allocatableBytes what the GPU holds in all; undefined where that has not been measured
 */
export function automaticContext(need: {
  kvBytesPerToken: number;
  weightBytes: number;
  allocatableBytes?: number;
}): number {
  const free = (need.allocatableBytes ?? Infinity) - need.weightBytes - RESERVE_BYTES;
  const held = Math.floor(free / need.kvBytesPerToken / 1024) * 1024;
  return Math.min(DEFAULT_CONTEXT_TOKENS, Math.max(MIN_DEFAULT_TOKENS, held));
}

/** Disk of an import: the packed image, and for a while the chunks that wait to be packed. */
export function diskNeed(variant: Pick<ModelVariant, 'packedBytes' | 'downloadBytes'>): DiskNeed {
  const { packedBytes } = variant;
  const stagingBytes = Math.min(STAGING_BYTES, variant.downloadBytes);
  return { packedBytes, stagingBytes, totalBytes: packedBytes + stagingBytes };
}

/** Seconds to fetch a variant at this speed; Infinity when it is 0. */
export function downloadSeconds(
  variant: Pick<ModelVariant, 'downloadBytes'>,
  bytesPerSecond: number,
): number {
  return bytesPerSecond > 0 ? variant.downloadBytes / bytesPerSecond : Infinity;
}
