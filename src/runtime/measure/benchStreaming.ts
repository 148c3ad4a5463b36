// Memory bandwidth of the device, measured by a kernel that only reads.
import type { Gpu } from '../../gpu/device';
import { Program } from '../../gpu/program';
import { STREAM_SUMS, streamSum } from '../../model/yardstick';
import type { BenchStream } from '../../protocol/bench';
import { AppError } from '../../shared/errors';
import { timeInPass } from './timeInPass';

/** Two bindings of the default limit: more than the caches of any GPU or processor hold. */
const BUFFERS = 2;
const BUFFER_BYTES = 128 * 2 ** 20;
const PAGE_BYTES = 8 * 2 ** 20;
const ROUNDS = 5;

/**
 * Reads 256 MiB repeatedly; the kernel's sum is compared with the true one first.
 * @throws AppError out-of-gpu-memory, bug when the sum is wrong; an abort throws its reason.
 */
export async function benchmarkStreaming(gpu: Gpu, signal: AbortSignal): Promise<BenchStream> {
  const bytes = BUFFERS * BUFFER_BYTES;
  const [sums, ...data] = await gpu.allocate('the streaming benchmark', bytes, () => [
    gpu.createTensor('stream sums', [STREAM_SUMS], 'u32'),
    ...Array.from({ length: BUFFERS }, () => gpu.createTensor('stream', [BUFFER_BYTES / 4], 'u32')),
  ]);
  const programs = data.map((tensor) =>
    Program.record(gpu, 'stream', (pass) => streamSum(pass, tensor, sums)),
  );
  try {
    const page = Uint32Array.from({ length: PAGE_BYTES / 4 }, (_, i) => Math.imul(i, 2654435761));
    for (const { buffer } of data)
      for (let at = 0; at < BUFFER_BYTES; at += PAGE_BYTES) gpu.device.queue.writeBuffer(buffer, at, page);
    await gpu.idle();
    await Promise.all(programs.map((program) => program.prepare()));
    for (const program of programs) {
      signal.throwIfAborted();
      gpu.submit([program]);
      const read = sumOf(new Uint32Array(await gpu.read(sums)));
      const want = Math.imul(sumOf(page), BUFFER_BYTES / PAGE_BYTES) >>> 0;
      if (read !== want) throw new AppError('bug', `The streaming kernel summed ${read}, not ${want}`);
    }
    const runs = await timeInPass(gpu, programs, { rounds: ROUNDS, signal });
    return { bytes, runs: runs.map((ms) => bytes / (ms / 1000)) };
  } finally {
    await gpu.device.queue.onSubmittedWorkDone();
    for (const program of programs) program.destroy();
    for (const { buffer } of [sums, ...data]) gpu.destroyBuffer(buffer);
  }
}

function sumOf(words: Uint32Array): number {
  return words.reduce((sum, word) => (sum + word) >>> 0, 0);
}
