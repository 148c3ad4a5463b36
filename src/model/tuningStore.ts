// What is kept of a device: its fastest kernels, and which of them compute rightly.
import type { Gpu } from '../gpu/device';
import type { KernelTuning } from '../gpu/tuning';
import type { Verdict } from '../kernels/variants';
import type { Settled } from './settleKernels';

/** Stores choices by device; a database or a Map. */
export interface TuningStore {
  get(device: string): Promise<KeptTuning | undefined>;
  set(device: string, tuning: KeptTuning): Promise<void>;
}

export interface KeptTuning {
  /** Version of the kernels among which `best` was chosen. */
  version: number;
  /** Missing until a choice was made. */
  best?: Partial<KernelTuning>;
  /** Checks of the kernels on this device. */
  checked?: KeptChecks;
}

/** Checks of kernels on one device. */
export interface KeptChecks {
  /** Browser and system: their drivers and compilers may differ in every version. */
  host: string;
  /** By kernel. */
  verdicts: Record<string, Verdict>;
  /** What a model runs, by everything that its kernels depend on. */
  settled: Record<string, Settled>;
}

/** Key of the device in the store: all that the choice depends on. */
export function deviceKey({ adapter, device }: Gpu): string {
  const { vendor, architecture, description } = adapter;
  return [vendor, architecture, description, device.features.has('subgroups') ? 'subgroups' : ''].join('|');
}
