// What is known of a device's kernels, kept with its tuning: a model whose kernels were found right loads at once.
import type { Gpu } from '../gpu/device';
import { KERNEL_VERSION } from '../kernels/tuning';
import type { Verdict } from '../kernels/variants';
import type { KernelTuning } from '../gpu/tuning';
import type { KvFormat } from '../kernels/kv';
import type { Settled } from './settleKernels';
import { deviceKey, type KeptChecks, type KeptTuning, type TuningStore } from './tuningStore';
import type { ModelShape } from './usedKernels';

/** A model to be loaded. */
export interface CheckedModel extends ModelShape {
  id: string;
}

/** Settled models and tunings to keep; the oldest are dropped first. */
const MOST_SETTLED = 24;
/** Differs in every build whose kernels differ: a build's file is named after its content. */
const BUILD = import.meta.url.split('/').at(-1);

/** What is known of the kernels of one device, in one version of its browser and system. */
export class CheckedKernels {
  /** Read at once, while the model's files are opened. */
  private checks: Promise<KeptChecks>;
  /** As it was chosen for the device, before any replacement. */
  private readonly tuning: KernelTuning;

  /** @param host browser and system, with their versions */
  constructor(
    private readonly gpu: Gpu,
    private readonly store: TuningStore,
    private readonly host: Promise<string>,
  ) {
    this.checks = this.read();
    this.tuning = gpu.tuning;
  }

  /**
   * Sets the device's tuning to one whose kernels are right for this model. Kernels that are not known here are run.
   * @param kvFormat of the cache, unless its kernels are wrong.
   * @param onCheck called before kernels are run.
   * @throws AppError kernel-wrong, device-lost, out-of-gpu-memory
   */
  async settle(model: CheckedModel, kvFormat: KvFormat, onCheck?: () => void): Promise<Settled> {
    const { settled, verdicts } = await this.checks;
    const choice = { tuning: this.tuning, kvFormat };
    const key = JSON.stringify([model.id, choice, KERNEL_VERSION, BUILD]);
    if (!settled[key]) {
      // A host that lost this part (after a deployment) must not keep a model from loading: unchecked, and not remembered.
      const part = await import('./settleOnDevice').catch(() => undefined); // a known device needs none of it
      if (!part) return { ...choice, replaced: [], checked: 0 };
      try {
        const [oldest] = Object.keys(settled);
        if (Object.keys(settled).length >= MOST_SETTLED) delete settled[oldest];
        settled[key] = await part.settleOnDevice(this.gpu, model, { choice, verdicts, onCheck });
      } finally {
        await this.keep();
      }
    }
    this.gpu.tuning = settled[key].tuning;
    return settled[key];
  }

  /** Adds verdicts of a check that was asked for. */
  async add(found: ReadonlyMap<string, Verdict>): Promise<void> {
    const checks = await this.checks;
    for (const [name, verdict] of found) checks.verdicts[name] = verdict;
    checks.settled = {};
    await this.keep();
  }

  /** Everything is checked again at the next load. */
  async forget(): Promise<void> {
    this.checks = this.host.then((host) => ({ host, verdicts: {}, settled: {} }));
    await this.keep();
  }

  /** Without a working store nothing is known. */
  private async read(): Promise<KeptChecks> {
    const [kept, host] = await Promise.all([this.kept(), this.host]);
    const checked = kept?.checked;
    return checked?.host === host ? checked : { host, verdicts: {}, settled: {} };
  }

  private kept(): Promise<KeptTuning | undefined> {
    return this.store.get(deviceKey(this.gpu)).catch(() => undefined);
  }

  private async keep(): Promise<void> {
    const [checked, kept] = await Promise.all([this.checks, this.kept()]);
    await this.store
      .set(deviceKey(this.gpu), { version: KERNEL_VERSION, ...kept, checked })
      .catch(() => undefined);
  }
}
