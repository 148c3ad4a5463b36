// The few numbers of the matrix kernels that depend on the kind of adapter. Results differ by rounding only.

export interface KernelTuning {
  /** Mat-vec: rows per workgroup, a divisor of 64. */
  matvecRows: number;
  /** Mat-vec: slices of the columns, summed in workgroup memory; matvecRows · matvecSlices ≤ 256. */
  matvecSlices: number;
  /** Mat-vec: 64-row tiles per lane, 1, 2 or 4; SwiGLU takes at least 2. */
  matvecTiles: number;
}

/** Many short lanes: 256 a workgroup, and two workgroups per tile so that 4096 rows fill a large GPU. */
const HARDWARE: KernelTuning = { matvecRows: 32, matvecSlices: 8, matvecTiles: 1 };

/** A CPU pretending to be a GPU: barriers are dear, so few lanes that do much each. */
const SOFTWARE: KernelTuning = { matvecRows: 64, matvecSlices: 1, matvecTiles: 4 };

let current = HARDWARE;

/** Chooses for an adapter; programs recorded from now on use it. */
export function tuneFor(adapter: { software: boolean }): void {
  current = adapter.software ? SOFTWARE : HARDWARE;
}

/** Replaces single values: for tests and benchmarks. */
export function setTuning(changes: Partial<KernelTuning>): void {
  current = { ...current, ...changes };
}

export function tuning(): KernelTuning {
  return current;
}
