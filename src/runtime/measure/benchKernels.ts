// Times the kernels of recorded passes one kind at a time, on the loaded weights: every layer has its own
// weights, so that caches hold no more of them than in an answer.
import type { Gpu } from '../../gpu/device';
import type { Program } from '../../gpu/program';
import type { BenchKernel } from '../../protocol/bench';
import { timeInPass } from './timeInPass';

const ROUNDS = 3;

/** The dispatches of a program that are the same but for their layer. */
function kindsOf(program: Program): { name: string; indices: number[] }[] {
  const kinds = new Map<string, number[]>();
  program.labels.forEach((label, i) => {
    const kind = label.replace(/^L\d+\./, '');
    kinds.set(kind, [...(kinds.get(kind) ?? []), i]);
  });
  return [...kinds].map(([name, indices]) => ({ name, indices }));
}

/** Times of all dispatches of a kind together, in the order of the passes. An abort throws its reason. */
export async function benchmarkKernels(
  gpu: Gpu,
  programs: Program[],
  { signal, onFraction }: { signal: AbortSignal; onFraction: (fraction: number) => void },
): Promise<BenchKernel[]> {
  const kinds = programs.flatMap((program) => kindsOf(program).map((kind) => ({ program, ...kind })));
  const kernels: BenchKernel[] = [];
  for (const { program, name, indices } of kinds) {
    const runs = await timeInPass(gpu, [program.pick(indices)], { rounds: ROUNDS, signal });
    kernels.push({ name, dispatches: indices.length, ms: [...runs].sort((a, b) => a - b)[ROUNDS >> 1] });
    onFraction(kernels.length / kinds.length);
  }
  return kernels;
}
