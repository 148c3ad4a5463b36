// Every tuning that a device may have: what autotune() tries, and what the catalogue of kernel variants walks through.
import { defaultTuning, HARDWARE_TUNING, type AdapterKind, type KernelTuning } from '../gpu/tuning';

export { defaultTuning } from '../gpu/tuning';

/** Counts with every change of the kernels that may change which variant is the fastest: kept choices are made anew. */
export const KERNEL_VERSION = 2;

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
