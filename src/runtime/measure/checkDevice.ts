// The check of all kernels that this device may run, whatever model comes: for a report.
import type { Gpu } from '../../gpu/device';
import type { CheckedKernels } from '../../model/checkedKernels';
import { judgeEverything } from '../../model/judgeEverything';
import type { EngineCalls } from '../../protocol/calls';
import type { DeviceCheck, DeviceSummary } from '../../protocol/device';
import { AppError } from '../../shared/errors';
import { hostVersion } from '../hostVersion';
import { benchmarkStreaming } from './benchStreaming';

export interface CheckDeviceArgs {
  device: DeviceSummary;
  /** Where verdicts are kept. */
  checks?: CheckedKernels;
  onEvent: (event: EngineCalls['checkDevice']['event']) => void;
  signal: AbortSignal;
}

/** @throws AppError device-lost; an abort throws the signal's reason, and the verdicts so far are kept. */
export async function checkDevice(
  gpu: Gpu,
  { device, checks, onEvent, signal }: CheckDeviceArgs,
): Promise<DeviceCheck> {
  const started = performance.now();
  for await (const { verdicts, total } of judgeEverything(gpu)) {
    await checks?.add(verdicts);
    const kernels = [...verdicts].map(([kernel, { right, difference, allowed, failure }]) => ({
      ...{ kernel, right, difference, allowed },
      ...(failure !== undefined && { failure }),
    }));
    onEvent({ kernels, total });
    signal.throwIfAborted();
  }
  const streamBytesPerSecond = await streamSpeed(gpu, signal);
  return { device, host: await hostVersion(), streamBytesPerSecond, tookMs: performance.now() - started };
}

async function streamSpeed(gpu: Gpu, signal: AbortSignal): Promise<number | null> {
  try {
    const { runs } = await benchmarkStreaming(gpu, signal);
    return Math.max(...runs);
  } catch (error) {
    if (error instanceof AppError && error.code === 'out-of-gpu-memory') return null;
    throw error;
  }
}
