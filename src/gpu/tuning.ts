// Which variants of its kernels a device runs: the few numbers that depend on the adapter. They travel with every Pass.
// Results differ by rounding only.

/** How a matrix product reads its activations. f32: floats. dot4: int8, for dot4I8Packed. */
export type Arithmetic = 'f32' | 'dot4';

export interface KernelTuning {
  /** Mat-vec of 4-bit weights: floats, or int8 activations (src/kernels/activations.ts). */
  nibbles: Arithmetic;
  /** Mat-vec of 8-bit weights. */
  bytes: Arithmetic;
  /** Passes over more than FEW_TOKENS tokens; those over fewer round like the mat-vec. */
  prefill: Arithmetic;
  /** Mat-vec: rows per workgroup, a divisor of 64. */
  matvecRows: number;
  /** Mat-vec: slices of the columns, summed in workgroup memory; matvecRows · matvecSlices ≤ 256. */
  matvecSlices: number;
  /** Mat-vec: 64-row tiles per lane, 1, 2 or 4; SwiGLU takes at least 2. */
  matvecTiles: number;
  /**
   * Mat-vec: 0, or the lanes of workgroups that go along the columns and add up by subgroups, instead of the three
   * numbers above. Only for devices with the feature.
   */
  subgroupLanes: number;
  /** Tiled matmul: workgroups of 16 · tokenLanes lanes for 8 · tokenLanes tokens; at most 2 for up to 16 tokens. */
  tokenLanes: number;
  /** Instead of the tiled matmul the broadcasting one, for subgroups of this many lanes, 4 or 8 and more; 0: tiled. */
  broadcastLanes: number;
  /** Attention in workgroup memory also where broadcastLanes is set. For devices whose other attention computes wrongly. */
  tiledAttention?: boolean;
  /** Rotation and append in a dispatch of their own also after a mat-vec; for devices as above. */
  separateRope?: boolean;
  /** Greedy answers by the sampler instead of argmax; for devices as above. */
  greedyBySampling?: boolean;
}

/** Many short lanes: 256 a workgroup, and two workgroups per tile so that 4096 rows fill a large GPU. */
export const HARDWARE_TUNING: KernelTuning = {
  nibbles: 'f32',
  bytes: 'f32',
  prefill: 'f32',
  matvecRows: 32,
  matvecSlices: 8,
  matvecTiles: 1,
  subgroupLanes: 0,
  tokenLanes: 8,
  broadcastLanes: 0,
};

/** Software adapters: barriers are expensive, so few lanes with much work each; int8 is twice as fast as f32. */
export const SOFTWARE_TUNING: KernelTuning = {
  nibbles: 'dot4',
  bytes: 'dot4',
  prefill: 'dot4',
  matvecRows: 64,
  matvecSlices: 1,
  matvecTiles: 2,
  subgroupLanes: 0,
  tokenLanes: 1,
  broadcastLanes: 0,
};

/** What the tuning depends on before anything is measured. */
export interface AdapterKind {
  software: boolean;
  /** Lanes of a subgroup where all have as many. */
  subgroupSize?: number;
}

/** The tuning of an adapter before anything is measured. */
export function defaultTuning({ software, subgroupSize }: AdapterKind): KernelTuning {
  return software ? { ...SOFTWARE_TUNING, broadcastLanes: subgroupSize ?? 0 } : HARDWARE_TUNING;
}
