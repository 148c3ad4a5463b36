// The few numbers of the matrix kernels that depend on the kind of adapter. Results differ by rounding only.

export interface KernelTuning {
  /** Mat-vec: rows per workgroup, a divisor of 64. */
  matvecRows: number;
  /** Mat-vec: slices of the columns, summed in workgroup memory; matvecRows · matvecSlices ≤ 256. */
  matvecSlices: number;
  /** Mat-vec: 64-row tiles per lane, 1, 2 or 4; SwiGLU takes at least 2. */
  matvecTiles: number;
  /** Tiled matmul: workgroups of 16 · tokenLanes lanes for 8 · tokenLanes tokens; at most 2 for up to 16 tokens. */
  tokenLanes: number;
}

/** Many short lanes: 256 a workgroup, and two workgroups per tile so that 4096 rows fill a large GPU. */
export const HARDWARE_TUNING: KernelTuning = {
  matvecRows: 32,
  matvecSlices: 8,
  matvecTiles: 1,
  tokenLanes: 8,
};

/** A CPU pretending to be a GPU: barriers are dear, so few lanes that do much each. */
export const SOFTWARE_TUNING: KernelTuning = {
  matvecRows: 64,
  matvecSlices: 1,
  matvecTiles: 4,
  tokenLanes: 1,
};

let current = HARDWARE_TUNING;

/** Chooses for an adapter; programs recorded from now on use it. */
export function tuneFor({ software }: { software: boolean }): void {
  setTuning(software ? SOFTWARE_TUNING : HARDWARE_TUNING);
}

/** For benchmarks, and for tests of the other kind's variants. */
export function setTuning(tuning: KernelTuning): void {
  current = tuning;
}

export function tuning(): KernelTuning {
  return current;
}
