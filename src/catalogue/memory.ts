// Resources that a model needs: GPU memory, disk, download time. Computed from its shape, not measured.
import { MAX_ATTENTION_SPLITS, MAX_CHUNK_TOKENS } from '../shared/passLimits';
import { qkvRows } from './packing';
import type { CatalogueModel, ModelShape, ModelVariant } from './types';

/** GPU bytes by purpose. */
export interface GpuNeed {
  weightBytes: number;
  /** K and V for contextTokens positions, f16. */
  kvBytes: number;
  /** Scratch of the forward pass: activations, logits, rotary table. */
  scratchBytes: number;
  /** Estimate for driver, browser and display, beyond the buffers. */
  overheadBytes: number;
  totalBytes: number;
}

/** Disk bytes of an import. */
export interface DiskNeed {
  /** Permanent. */
  packedBytes: number;
  /** Downloaded chunks not packed yet; deleted when the import is complete. */
  stagingBytes: number;
  totalBytes: number;
}

/**
 * Upload staging (64 MiB in flight), pipelines, the browser's own surfaces. With this, GLM-4-9B with 5.29 GB of weights
 * needs 6.2 GB at 8K context; driver overhead varies by some hundred MB.
 */
const OVERHEAD_BYTES = 256 * 2 ** 20;
/** Chunks kept until packed: 8–16 MiB each, several connections, and one incomplete tile. */
const STAGING_BYTES = 512 * 2 ** 20;

/** K and V of one token, f16. */
export function kvBytesPerToken({ numLayers, numKvHeads, headDim }: ModelShape): number {
  return 2 * numLayers * numKvHeads * headDim * 2;
}

/**
 * GPU memory of a loaded model. Weights and cache are exact to a few KB. Scratch is for the largest chunk that a
 * hardware GPU runs. The overhead is an estimate; drivers differ by some hundred MB either way.
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

/** Upper limit of the automatic context. */
const DEFAULT_CONTEXT_TOKENS = 32768;
/** Lower limit of the automatic context. The KV cache grows until the GPU refuses; the chat continues within that. */
const MIN_DEFAULT_TOKENS = 4096;
/** Kept free beside weights and cache: activations, parked chats, the driver. */
const RESERVE_BYTES = 512 * 2 ** 20;

/**
 * The context that the engine uses if the user chose none: as much as fits, in steps of 1024, from 4K to 32K. The
 * model's trained context is a separate limit.
 * @param allocatableBytes total GPU memory; undefined if not measured
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

/** Disk space of an import: the packed image, and temporarily the chunks that wait to be packed. */
export function diskNeed(variant: Pick<ModelVariant, 'packedBytes' | 'downloadBytes'>): DiskNeed {
  const { packedBytes } = variant;
  const stagingBytes = Math.min(STAGING_BYTES, variant.downloadBytes);
  return { packedBytes, stagingBytes, totalBytes: packedBytes + stagingBytes };
}

/** Seconds to download a variant at this speed; Infinity for a speed of 0. */
export function downloadSeconds(
  variant: Pick<ModelVariant, 'downloadBytes'>,
  bytesPerSecond: number,
): number {
  return bytesPerSecond > 0 ? variant.downloadBytes / bytesPerSecond : Infinity;
}
