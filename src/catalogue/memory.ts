// What a model takes: GPU memory, disk, time to fetch. Sums over its shape, no measuring.
import type { CatalogueModel, ModelVariant } from './types';

/** GPU bytes, by what they are for. */
export interface GpuNeed {
  weightBytes: number;
  /** K and V of contextTokens positions, f16. */
  kvBytes: number;
  /** Activations, logits, rotary table: scratch of the forward pass. */
  scratchBytes: number;
  /** What a driver takes beside the buffers. An estimate. */
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

export function gpuNeed(_model: CatalogueModel, _variant: ModelVariant, _contextTokens: number): GpuNeed {
  throw new Error('stub');
}

export function diskNeed(_variant: ModelVariant): DiskNeed {
  throw new Error('stub');
}

/** Seconds to fetch a variant at this speed; Infinity when it is 0. */
export function downloadSeconds(_variant: ModelVariant, _bytesPerSecond: number): number {
  throw new Error('stub');
}
