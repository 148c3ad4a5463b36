// The few numbers of the matrix kernels that depend on the kind of adapter. Results differ by rounding only.
import type { Arithmetic } from './activations';

export interface KernelTuning {
  /** Mat-vec of 4-bit weights: floats, or int8 activations (src/kernels/activations.ts). */
  nibbles: Arithmetic;
  /** Mat-vec of 8-bit weights. */
  bytes: Arithmetic;
  /** Of passes over more than FEW_TOKENS tokens; those over fewer round like the mat-vec. */
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
}

/** Counts with every change of the kernels that may change which variant is the fastest: kept choices are made anew. */
export const KERNEL_VERSION = 2;

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

/** A CPU pretending to be a GPU: barriers are dear, so few lanes that do much each; int8 is twice as fast as f32. */
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

/** Mat-vec layouts that are tried on a device. */
export const MATVEC_LAYOUTS = [
  { matvecRows: 32, matvecSlices: 8, matvecTiles: 1, subgroupLanes: 0 },
  { matvecRows: 64, matvecSlices: 4, matvecTiles: 1, subgroupLanes: 0 },
  { matvecRows: 64, matvecSlices: 1, matvecTiles: 1, subgroupLanes: 0 },
  { matvecRows: 64, matvecSlices: 1, matvecTiles: 2, subgroupLanes: 0 },
  { matvecRows: 64, matvecSlices: 4, matvecTiles: 2, subgroupLanes: 0 },
  { matvecRows: 32, matvecSlices: 4, matvecTiles: 4, subgroupLanes: 0 },
  { matvecRows: 32, matvecSlices: 8, matvecTiles: 1, subgroupLanes: 128 },
] as const satisfies Partial<KernelTuning>[];

/** Kernels for many tokens: tiles of two widths, or broadcasting where all subgroups have one size. */
export function prefillLayouts({ software, subgroupSize }: AdapterKind): Partial<KernelTuning>[] {
  const layouts = [{ tokenLanes: 8, broadcastLanes: 0 }];
  if (!software) layouts.push({ tokenLanes: 4, broadcastLanes: 0 });
  if (subgroupSize) layouts.push({ tokenLanes: 8, broadcastLanes: subgroupSize });
  return layouts;
}

const ARITHMETICS = ['f32', 'dot4'] as const;
/** Sizes of subgroups that WebGPU allows, from the smallest that the broadcasting kernels take. */
const SUBGROUP_SIZES = [4, 8, 16, 32, 64, 128];

/**
 * Tunings that together reach every kernel variant some device may choose. Axes that no single kernel depends on together
 * are not multiplied: the mat-vec's layout, and the layout for many tokens.
 */
export function everyTuning(): KernelTuning[] {
  const kinds: AdapterKind[] = [true, false].flatMap((software) =>
    [undefined, ...SUBGROUP_SIZES].map((subgroupSize) => ({ software, subgroupSize })),
  );
  const tunings = ARITHMETICS.flatMap((arithmetic) => {
    const arithmetics = { nibbles: arithmetic, bytes: arithmetic, prefill: arithmetic };
    return [
      ...MATVEC_LAYOUTS.map((layout) => ({ ...HARDWARE_TUNING, ...layout, ...arithmetics })),
      ...kinds.flatMap((kind) =>
        [{}, ...prefillLayouts(kind)].map((layout) => ({
          ...defaultTuning(kind),
          ...layout,
          ...arithmetics,
        })),
      ),
    ];
  });
  return [...new Map(tunings.map((tuning) => [JSON.stringify(tuning), tuning])).values()];
}

/** What the tuning depends on before anything is measured. */
export interface AdapterKind {
  software: boolean;
  /** Lanes of a subgroup where all have as many. */
  subgroupSize?: number;
}

function defaultTuning({ software, subgroupSize }: AdapterKind): KernelTuning {
  if (!software) return HARDWARE_TUNING;
  return subgroupSize ? { ...SOFTWARE_TUNING, tokenLanes: 8, broadcastLanes: subgroupSize } : SOFTWARE_TUNING;
}

let current = HARDWARE_TUNING;

/** Chooses for an adapter; programs recorded from now on use it. */
export function tuneFor(kind: AdapterKind): void {
  setTuning(defaultTuning(kind));
}

/** For benchmarks, and for tests of the other kind's variants. */
export function setTuning(tuning: KernelTuning): void {
  current = tuning;
}

export function tuning(): KernelTuning {
  return current;
}
