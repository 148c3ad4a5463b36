// Runs mutants through a reader: it answers, or fails with an AppError, within half a second.
import fc from 'fast-check';
import { AppError } from '../../shared/errors';

/** CPU time that one mutant may take. */
const MAX_MS = 500;

/** Characters of a failing mutant in the message: its end, where its changes are told apart. */
const MAX_SHOWN = 300;

export interface Target<Input = unknown> {
  name: string;
  mutants: fc.Arbitrary<Input>;
  /** Resolves, or throws an AppError. */
  read: (input: Input) => unknown;
}

/** A target as an entry of a list of targets with different inputs. */
export const target = <Input>(entry: Target<Input>): Target => entry as Target;

/** Time of this process on a processor: a busy machine does not count. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * Tries `count` mutants. The same seed gives the same mutants.
 * @returns how many were read, and the longest time of one.
 * @throws the smallest mutant that crashes, hangs or throws anything but an AppError, with the way to repeat it.
 */
export async function fuzz(
  { name, mutants, read }: Target,
  { seed, count }: { seed: number; count: number },
): Promise<{ accepted: number; slowestMs: number }> {
  let accepted = 0;
  let slowestMs = 0;
  const property = fc.asyncProperty(mutants, async (input) => {
    const [start, cpu] = [performance.now(), cpuMs()];
    try {
      await read(input);
      accepted++;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === 'bug') throw error;
    }
    const ms = Math.min(performance.now() - start, cpuMs() - cpu);
    slowestMs = Math.max(slowestMs, ms);
    if (ms > MAX_MS) throw new Error(`${name}: ${Math.round(ms)} ms for one mutant`);
  });
  const { failed, counterexamplePath, counterexample, errorInstance: cause } = await fc.check(property, { seed, numRuns: count }); // prettier-ignore
  if (failed) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const smallest = fc.stringify(counterexample?.[0]).slice(-MAX_SHOWN);
    throw new Error(`${name}: ${why}; seed ${seed}, path ${counterexamplePath}: ${smallest}`, { cause });
  }
  return { accepted, slowestMs };
}
