// Before a model is loaded: its kernels are checked where this device is not known yet, and wrong ones replaced.
import type { CheckedKernels } from '../model/checkedKernels';
import type { LoadOptions } from '../protocol/models';
import type { LoadArgs, PreparedModel } from './loadedModel';
import { defaultKvFormat } from './modelInfo';

/** What a check changes of a load. */
export interface CheckedLoad {
  options: LoadOptions;
  /** Remarks for the model's details, in English. */
  remarks: string[];
}

/**
 * Sets the device's tuning to kernels that are right, and the format of the cache.
 * @throws AppError kernel-wrong, device-lost; an abort throws the signal's reason
 */
export async function checkKernels(
  checks: CheckedKernels,
  { architecture, config, manifest }: PreparedModel,
  { options, meter, signal }: Pick<LoadArgs, 'options' | 'meter' | 'signal'>,
): Promise<CheckedLoad> {
  const matrices = manifest.tensors.filter(({ kind }) => kind === 'matrix');
  const formats = new Map(matrices.map(({ name, format }) => [name, format]));
  const wanted = options.kvFormat ?? defaultKvFormat(manifest);
  const model = { id: manifest.id, architecture, config, formats };
  const { kvFormat, replaced } = await checks.settle(model, wanted, () => meter.at('compile', 0, 1));
  signal.throwIfAborted();
  const remarks = replaced.map((kernel) => `this device computes the kernel ${kernel} wrongly: replaced`);
  return { options: { ...options, kvFormat }, remarks };
}
