// Measures the machine before a download: GPU memory, the speed of one layer of GLM-4-9B, and browser storage. Needs no
// network; loaded models stay.
import type { Gpu } from '../../gpu/device';
import type { DeviceProbe } from '../../protocol/device';
import { AppError } from '../../shared/errors';
import { benchmarkLayer } from './layerBenchmark';

/** No measurement is repeated after this; a running one is finished. */
const BUDGET_MS = 4500;
/** The share of BUDGET_MS for the memory probe. */
const MEMORY_MS = { hardware: 1500, software: 600 };

const GIB = 2 ** 30;
/** A buffer that WebGPU's default limits allow. */
const STEP_BYTES = GIB / 4;
/** Probing stops here: every model of the catalogue at 8K fits twice, and a processor's memory serves other programs. */
const MAX_BYTES = { hardware: 12 * GIB, software: 2 * GIB };
/** A healthy GPU clears a step in a few ms. Two of these in a row mean that the system moves memory to disk. */
const PAGING_MS = 400;

/**
 * Measures the device in under 5 s. On a software adapter, where a layer takes more than a second, a quarter of a
 * layer is run and its times are scaled (`measuredShare`); measurements that would exceed the budget are estimated.
 * @param onFraction 0 to 1.
 * @throws AppError out-of-gpu-memory when not even one layer (0.25 GB) fits beside what is loaded; an abort throws
 *   the signal's reason. Everything allocated is freed in any case.
 */
export async function probeDevice(
  gpu: Gpu,
  onFraction: (fraction: number) => void = () => {},
  signal?: AbortSignal,
): Promise<DeviceProbe> {
  const started = performance.now();
  onFraction(0);
  const memory = await probeMemory(gpu, {
    signal,
    onFraction: (fraction) => onFraction(0.3 * fraction),
    deadline: started + MEMORY_MS[gpu.adapter.software ? 'software' : 'hardware'],
  });
  const times = await benchmarkLayer(gpu, {
    signal,
    onFraction: (fraction) => onFraction(0.3 + 0.7 * fraction),
    deadline: started + BUDGET_MS,
  });
  const storage = await probeStorage();
  signal?.throwIfAborted();
  onFraction(1);
  return {
    device: gpu.adapter,
    ...memory,
    ...times,
    storage,
    tookMs: performance.now() - started,
    measuredAt: Date.now(),
  };
}

interface MemoryArgs {
  signal?: AbortSignal;
  onFraction: (fraction: number) => void;
  /** performance.now() at which it stops with what it has. */
  deadline: number;
}

/**
 * Allocates step by step until the GPU refuses, and frees everything. On a GPU every step is cleared, by a submit of
 * its own that needs nothing else to be resident: a driver may promise more than it has. Memory of loaded
 * models is counted in, since another model would take their place. Not seen: on Windows a driver may go on in system memory.
 */
async function probeMemory(
  gpu: Gpu,
  { signal, onFraction, deadline }: MemoryArgs,
): Promise<Pick<DeviceProbe, 'allocatableBytes' | 'allocationCapped'>> {
  const { software } = gpu.adapter;
  const held = gpu.allocatedBytes;
  const buffers: GPUBuffer[] = [];
  const max = Math.min(MAX_BYTES[software ? 'software' : 'hardware'], sharedMemoryLimit());
  let slowSteps = 0;
  let refused = false;
  try {
    while (!refused && slowSteps < 2 && (buffers.length + 1) * STEP_BYTES <= max) {
      signal?.throwIfAborted();
      const started = performance.now();
      if (buffers.length > 0 && started > deadline) break;
      refused = !(await allocateStep(gpu, buffers));
      if (!refused && !software) {
        await touch(gpu, buffers[buffers.length - 1]);
        slowSteps = performance.now() - started > PAGING_MS ? slowSteps + 1 : 0;
      }
      onFraction((buffers.length * STEP_BYTES) / max);
    }
  } finally {
    for (const buffer of buffers) gpu.destroyBuffer(buffer);
    await gpu.device.queue.onSubmittedWorkDone();
  }
  const usable = Math.max(0, buffers.length - slowSteps) * STEP_BYTES;
  return { allocatableBytes: held + usable, allocationCapped: !refused && slowSteps < 2 };
}

/** One more buffer; false when the GPU has no room for it. */
async function allocateStep(gpu: Gpu, buffers: GPUBuffer[]): Promise<boolean> {
  let buffer: GPUBuffer | undefined;
  try {
    await gpu.allocate('the memory probe', STEP_BYTES, () => {
      buffer = gpu.createBuffer('memory probe', STEP_BYTES);
    });
    if (buffer) buffers.push(buffer);
    return true;
  } catch (error) {
    if (buffer) gpu.destroyBuffer(buffer);
    if (error instanceof AppError && error.code === 'out-of-gpu-memory') return false;
    throw error;
  }
}

async function touch(gpu: Gpu, buffer: GPUBuffer): Promise<void> {
  const encoder = gpu.device.createCommandEncoder();
  encoder.clearBuffer(buffer);
  gpu.device.queue.submit([encoder.finish()]);
  await gpu.idle();
}

/** Machines that report less than 8 GiB share most of it with the GPU: at most three quarters are used. */
function sharedMemoryLimit(): number {
  const { deviceMemory } = (globalThis.navigator ?? {}) as { deviceMemory?: number };
  return deviceMemory !== undefined && deviceMemory < 8 ? 0.75 * deviceMemory * GIB : Infinity;
}

/** Zeros where the browser reports nothing (some private windows, Node). */
async function probeStorage(): Promise<DeviceProbe['storage']> {
  const { storage } = (globalThis.navigator ?? {}) as { storage?: StorageManager };
  try {
    const { usage = 0, quota = 0 } = (await storage?.estimate()) ?? {};
    return { usageBytes: usage, quotaBytes: quota, persisted: (await storage?.persisted()) ?? false };
  } catch {
    return { usageBytes: 0, quotaBytes: 0, persisted: false };
  }
}
