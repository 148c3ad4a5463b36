// Times dispatches by the slope of n and 2n repetitions in one pass: the cost of a submit and its wait cancels out.
import type { Encodable, Gpu } from '../../gpu/device';

/** Repetitions until a pass takes about this long, so that a coarse timer and the wait matter little. */
const MIN_PASS_MS = 20;
const MAX_REPEATS = 1024;

/** Milliseconds of the sequence, once per round. An abort throws its reason. */
export async function timeInPass(
  gpu: Gpu,
  sequence: Encodable[],
  { rounds, signal }: { rounds: number; signal: AbortSignal },
): Promise<number[]> {
  const pass = async (repeats: number) => {
    signal.throwIfAborted();
    const started = performance.now();
    gpu.submit(Array.from({ length: repeats }, () => sequence).flat());
    await gpu.idle();
    return performance.now() - started;
  };
  await pass(1); // drivers may compile only now
  let repeats = 1;
  for (let ms = await pass(1); ms < MIN_PASS_MS && repeats < MAX_REPEATS; ms = await pass(repeats))
    repeats *= 2;
  const runs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const [once, twice] = [await pass(repeats), await pass(2 * repeats)];
    // where noise exceeds the kernel's time the slope can vanish: fall back to the whole time
    runs.push(twice > once ? (twice - once) / repeats : twice / (2 * repeats));
  }
  return runs;
}
