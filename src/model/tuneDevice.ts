// Chooses a device's kernel variants: measured at the first start, stored, found again at the next one.
import type { Gpu } from '../gpu/device';
import { autotune } from '../kernels/autotune';
import type { KernelTuning } from '../gpu/tuning';
import { defaultTuning, KERNEL_VERSION } from '../kernels/tuning';
import { deviceKey, type TuningStore } from './tuningStore';

export type { KernelTuning } from '../gpu/tuning';

export interface TuneDeviceArgs {
  /** Default: no measurement. */
  store?: TuningStore;
  /** Variants to use on any device; nothing is measured. */
  fixed?: Partial<KernelTuning>;
  /** Sizes of the matrices to measure, also on a software adapter, whose tuning is fixed otherwise. */
  measure?: { cols: number; ffnSize: number };
}

/**
 * Sets the device's tuning: the stored one, else the fastest of those tried in about a second, else the default of its
 * kind. Without a working store the choice holds until the page closes; without memory for the trial the default stays.
 */
export async function tuneDevice(gpu: Gpu, { store, fixed, measure }: TuneDeviceArgs): Promise<void> {
  gpu.tuning = { ...defaultTuning(gpu.adapter), ...fixed };
  if (fixed || !store || (gpu.adapter.software && !measure)) return;
  const device = deviceKey(gpu);
  const kept = await store.get(device).catch(() => undefined);
  const best = kept?.version === KERNEL_VERSION ? kept.best : await choose(gpu, measure);
  if (!best) return;
  gpu.tuning = { ...gpu.tuning, ...best };
  if (best !== kept?.best)
    await store.set(device, { ...kept, version: KERNEL_VERSION, best }).catch(() => undefined);
}

/** The fastest variants; undefined when the trial fails: too little memory, or a driver that rejects a variant. */
async function choose(
  gpu: Gpu,
  sizes: TuneDeviceArgs['measure'],
): Promise<Partial<KernelTuning> | undefined> {
  try {
    return (await autotune(gpu, sizes))?.best;
  } catch {
    gpu.check(); // a lost device still throws
    return undefined;
  }
}

/** A tuning in a line: 'int8, 32 rows × 8 slices × 1 tiles; prefill f32, 128 lanes'. */
export function describeTuning(tuning: KernelTuning): string {
  const { nibbles, matvecRows, matvecSlices, matvecTiles, subgroupLanes } = tuning;
  const { prefill, broadcastLanes, tokenLanes } = tuning;
  const layout =
    subgroupLanes > 0
      ? `subgroups in ${subgroupLanes} lanes`
      : `${matvecRows} rows × ${matvecSlices} slices × ${matvecTiles} tiles`;
  const tiles = broadcastLanes > 0 ? 'broadcasting' : `${16 * tokenLanes} lanes`;
  const name = { f32: 'f32', dot4: 'int8' };
  return `${name[nibbles]}, ${layout}; prefill ${name[prefill]}, ${tiles}`;
}
