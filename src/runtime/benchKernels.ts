// Times the kernels of a recorded pass one kind at a time, on the loaded weights: every layer brings its own copy, so
// that nothing stays in a cache that would not stay there in an answer.
import type { Gpu } from '../gpu/device';
import type { Program } from '../gpu/program';
import type { BenchKernel } from '../protocol/engine';
import { timeInPass } from './timeInPass';

const ROUNDS = 3;

/** Times of all dispatches of a kind together, in the order of the pass. An abort throws its reason. */
export async function benchmarkKernels(
  gpu: Gpu,
  program: Program,
  { signal, onFraction }: { signal: AbortSignal; onFraction: (fraction: number) => void },
): Promise<BenchKernel[]> {
  const kinds = new Map<string, number[]>();
  program.labels.forEach((label, i) => {
    const kind = label.replace(/^L\d+\./, '');
    kinds.set(kind, [...(kinds.get(kind) ?? []), i]);
  });
  const kernels: BenchKernel[] = [];
  for (const [name, indices] of kinds) {
    const runs = await timeInPass(gpu, [program.pick(indices)], { rounds: ROUNDS, signal });
    kernels.push({ name, dispatches: indices.length, ms: [...runs].sort((a, b) => a - b)[ROUNDS >> 1] });
    onFraction(kernels.length / kinds.size);
  }
  return kernels;
}
