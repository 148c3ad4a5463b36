// The kernels' variants for a device: measured once, kept, found again at the next start.
import type { Gpu } from '../gpu/device';
import { autotune } from '../kernels/autotune';
import { KERNEL_VERSION, setTuning, tuneFor, tuning, type KernelTuning } from '../kernels/tuning';

export type { KernelTuning } from '../kernels/tuning';

/** Where choices are kept, by device; a database or a Map. */
export interface TuningStore {
  get(device: string): Promise<KeptTuning | undefined>;
  set(device: string, tuning: KeptTuning): Promise<void>;
}

export interface KeptTuning {
  version: number;
  best: Partial<KernelTuning>;
}

export interface TuneDeviceArgs {
  /** Without it nothing is measured. */
  store?: TuningStore;
  /** For tests: set whatever the device. */
  fixed?: Partial<KernelTuning>;
  /** For tests: smaller matrices, and measured on a processor too, whose choice is known otherwise. */
  measure?: { cols: number; ffnSize: number };
}

/**
 * Sets the tuning that programs recorded from now on use: the kept one of this device, else the fastest of those tried in
 * about a second, else the one for its kind. A store that refuses or a device without room for the trial changes
 * nothing but that.
 */
export async function tuneDevice(gpu: Gpu, { store, fixed, measure }: TuneDeviceArgs): Promise<void> {
  tuneFor(gpu.adapter);
  if (fixed) setTuning({ ...tuning(), ...fixed });
  if (fixed || !store || (gpu.adapter.software && !measure)) return;
  const device = keyOf(gpu);
  const kept = await store.get(device).catch(() => undefined);
  const best = kept?.version === KERNEL_VERSION ? kept.best : await choose(gpu, measure);
  if (!best) return;
  setTuning({ ...tuning(), ...best });
  if (best !== kept?.best) await store.set(device, { version: KERNEL_VERSION, best }).catch(() => undefined);
}

/** A trial that fails, say for want of memory or because a driver refuses a variant, chooses nothing. */
async function choose(
  gpu: Gpu,
  sizes: TuneDeviceArgs['measure'],
): Promise<Partial<KernelTuning> | undefined> {
  try {
    return (await autotune(gpu, sizes))?.best;
  } catch {
    gpu.check(); // a lost device is another matter
    return undefined;
  }
}

/** Names the device and what of it the choice depends on. */
function keyOf({ adapter, device }: Gpu): string {
  const { vendor, architecture, description } = adapter;
  return [vendor, architecture, description, device.features.has('subgroups') ? 'subgroups' : ''].join('|');
}

/** The variants in use, in a line: 'int8, 32 rows × 8 slices × 1 tiles; prefill f32, 128 lanes'. */
export function describeTuning(): string {
  const { nibbles, matvecRows, matvecSlices, matvecTiles, subgroupLanes } = tuning();
  const { prefill, broadcastLanes, tokenLanes } = tuning();
  const layout =
    subgroupLanes > 0
      ? `subgroups in ${subgroupLanes} lanes`
      : `${matvecRows} rows × ${matvecSlices} slices × ${matvecTiles} tiles`;
  const tiles = broadcastLanes > 0 ? 'broadcasting' : `${16 * tokenLanes} lanes`;
  const name = { f32: 'f32', dot4: 'int8' };
  return `${name[nibbles]}, ${layout}; prefill ${name[prefill]}, ${tiles}`;
}
