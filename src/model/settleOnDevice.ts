// Settles the kernels of a model on a device: loaded on demand, with the references of all kernels.
import type { Gpu } from '../gpu/device';
import { judgeKernels } from '../kernels/check/judge';
import type { Verdict } from '../kernels/variants';
import { settleKernels, type KernelChoice, type Settled } from './settleKernels';
import { factsOf, usedKernels, type ModelShape } from './usedKernels';

export interface SettleOnDeviceArgs {
  choice: KernelChoice;
  /** Verdicts of earlier checks; new ones are added. */
  verdicts: Record<string, Verdict>;
  /** Called before kernels are run. */
  onCheck?: () => void;
}

/** @throws AppError kernel-wrong, device-lost, out-of-gpu-memory */
export async function settleOnDevice(
  gpu: Gpu,
  shape: ModelShape,
  { choice, verdicts, onCheck }: SettleOnDeviceArgs,
): Promise<Settled> {
  return settleKernels({
    choice,
    adapter: gpu.adapter,
    deviceName: gpu.name,
    verdicts,
    used: (other) => usedKernels(shape, other),
    judge: ({ tuning, kvFormat }, wanted) => {
      onCheck?.();
      return judgeKernels(gpu, { tuning, facts: factsOf(shape, kvFormat), wanted, known: verdicts });
    },
  });
}
