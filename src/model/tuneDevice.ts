// The kernels' variants for a device: measured once, kept, found again at the next start.
import type { Gpu } from '../gpu/device';
import { autotune, type MatvecTuning } from '../kernels/autotune';
import { KERNEL_VERSION, setTuning, tuneFor, tuning, type KernelTuning } from '../kernels/tuning';

export type { KernelTuning } from '../kernels/tuning';

/** Where choices are kept, by device; a database or a Map. */
export interface TuningStore {
  get(device: string): Promise<KeptTuning | undefined>;
  set(device: string, tuning: KeptTuning): Promise<void>;
}

export interface KeptTuning {
  version: number;
  best: MatvecTuning;
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
async function choose(gpu: Gpu, sizes: TuneDeviceArgs['measure']): Promise<MatvecTuning | undefined> {
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

/** The variants in use, in a line: 'int8 (dot4), 32 rows × 8 slices × 1 tile'. */
export function describeTuning(): string {
  const { nibbles, matvecRows, matvecSlices, matvecTiles, subgroupLanes } = tuning();
  const arithmetic = nibbles === 'f32' ? 'f32' : `int8 (${nibbles})`;
  if (subgroupLanes > 0) return `${arithmetic}, subgroups in ${subgroupLanes} lanes`;
  return `${arithmetic}, ${matvecRows} rows × ${matvecSlices} slices × ${matvecTiles} tiles`;
}
