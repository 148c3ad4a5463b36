// Runs kernels on the user's device at small, ragged shapes and compares them with their references. Loaded on demand:
// a device that is known needs none of it.
import type { Gpu } from '../../gpu/device';
import { Program } from '../../gpu/program';
import type { KernelTuning } from '../../gpu/tuning';
import { collectKernels, type UsedKernel, type Verdict } from '../variants';
import { attentionCases } from './attentionCases';
import { caseShapes, GpuCaseTensors } from './caseTensors';
import { EQUAL, isRight, worse, type Comparison } from './compare';
import { encoderCases } from './encoderCases';
import { eyesCases } from './eyesCases';
import type { KernelCase, ModelFacts, Outcome } from './kernelCase';
import { productCases } from './productCases';
import { rowCases } from './rowCases';

export type { ModelFacts } from './kernelCase';

export interface JudgeArgs {
  tuning: KernelTuning;
  facts: ModelFacts;
  /** Kernels to judge, by name; those that no case reaches under this tuning get no verdict. */
  wanted: ReadonlySet<string>;
  /** Earlier verdicts: a wrong result is not blamed on a kernel where one that is known explains it. */
  known?: Readonly<Record<string, Verdict>>;
}

interface Planned {
  test: KernelCase;
  covers: Map<string, UsedKernel>;
}

/**
 * Judges kernels in one submit. Each verdict belongs to the first case that dispatches the kernel.
 * @throws AppError device-lost, out-of-gpu-memory
 */
export async function judgeKernels(gpu: Gpu, args: JudgeArgs): Promise<Map<string, Verdict>> {
  const plan = planCases(args);
  const tensors = new GpuCaseTensors(gpu);
  const verdicts = new Map<string, Verdict>();
  try {
    const runs = await gpu.allocate('the check of kernels', 16 << 20, () =>
      plan.map(({ test, covers }) => {
        let outcomes: Outcome[] = [];
        const record = (pass: Parameters<KernelCase['record']>[0]) => (outcomes = test.record(pass, tensors));
        return { covers, program: Program.record(gpu, test.name, record, args.tuning), outcomes };
      }),
    );
    const compiled = await compile(gpu, runs.map(({ program }) => program)); // prettier-ignore
    const ready = runs.filter((_, i) => compiled[i] === undefined);
    const results = await run(gpu, ready);
    for (const [i, { covers, outcomes }] of runs.entries()) {
      const failure = compiled[i];
      const bytes = results[ready.indexOf(runs[i])];
      const comparison = failure
        ? { difference: Infinity, allowed: 0 }
        : outcomes.map(({ compare }, n) => compare(bytes[n])).reduce(worse, EQUAL);
      blame({ verdicts, known: args.known ?? {} }, covers, comparison, failure);
    }
    return verdicts;
  } finally {
    tensors.release();
  }
}

/** The last result of casesOf: a check of everything asks for it batch by batch. */
let last: { facts: ModelFacts; tuning: KernelTuning; cases: Planned[] } | undefined;
/** Its part that does not depend on heads. */
let shared: { formats: ModelFacts['formats']; tuning: KernelTuning; cases: Planned[] } | undefined;

const planned = (tests: KernelCase[], tuning: KernelTuning): Planned[] =>
  tests.map((test) => ({
    test,
    covers: collectKernels(tuning, (pass) => void test.record(pass, caseShapes)),
  }));

/** All cases of these facts, with the kernels that they reach under a tuning. */
export function casesOf(facts: ModelFacts, tuning: KernelTuning): Planned[] {
  if (last?.facts === facts && last.tuning === tuning) return last.cases;
  const { formats } = facts;
  if (shared?.formats !== formats || shared.tuning !== tuning) {
    const tests = [...rowCases(), ...eyesCases(), ...encoderCases(), ...productCases(facts)];
    shared = { formats, tuning, cases: planned(tests, tuning) };
  }
  last = { facts, tuning, cases: [...shared.cases, ...planned(attentionCases(facts), tuning)] };
  return last.cases;
}

/** The cases that reach a wanted kernel which no case before them reaches. */
function planCases({ facts, tuning, wanted }: JudgeArgs): Planned[] {
  const reached = new Set<string>();
  const planned: Planned[] = [];
  for (const { test, covers } of casesOf(facts, tuning)) {
    const isNew = [...covers.keys()].some((name) => wanted.has(name) && !reached.has(name));
    if (!isNew) continue;
    planned.push({ test, covers });
    for (const name of covers.keys()) reached.add(name);
  }
  return planned;
}

/**
 * Gives the case's kernels their verdicts. Of a wrong case with several kernels those are to blame that no case before it
 * found right, or all of them where each was right on its own; none where one was found wrong before.
 */
function blame(
  { verdicts, known }: { verdicts: Map<string, Verdict>; known: Readonly<Record<string, Verdict>> },
  covers: Map<string, UsedKernel>,
  comparison: Comparison,
  failure: string | undefined,
): void {
  const right = isRight(comparison) && failure === undefined;
  const before = ({ name, text }: UsedKernel): boolean | undefined => {
    const verdict = verdicts.get(name) ?? known[name];
    return verdict?.text === text ? verdict.right : undefined;
  };
  const fresh = [...covers.values()].filter((kernel) => before(kernel) === undefined);
  const wrongBefore = [...covers.values()].some((kernel) => before(kernel) === false);
  if (!right && wrongBefore) return; // explained, and says nothing of the others
  const judged = right || fresh.length > 0 ? fresh : [...covers.values()];
  for (const { name, text } of judged)
    verdicts.set(name, { text, right, ...comparison, ...(failure && { failure }) });
}

/** Compiles and binds; the compiler's words where a program is refused. */
async function compile(gpu: Gpu, programs: Program[]): Promise<(string | undefined)[]> {
  gpu.device.pushErrorScope('validation'); // of the shader modules: a refusal is a result here
  const preparing = programs.map((program) =>
    program.prepare().then(
      () => undefined,
      (error: unknown) => String((error as Error).message),
    ),
  );
  const refused = gpu.device.popErrorScope();
  const results = await Promise.all(preparing);
  await refused;
  gpu.check();
  return results;
}

async function run(gpu: Gpu, runs: { program: Program; outcomes: Outcome[] }[]): Promise<ArrayBuffer[][]> {
  const outputs = runs.map(({ outcomes }) => outcomes.map(({ output }) => output));
  const byteLength = outputs.flat().reduce((sum, output) => sum + output.byteLength, 0);
  if (byteLength === 0) return outputs.map(() => []);
  const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
  const staging = gpu.createBuffer('check results', byteLength, usage);
  try {
    let toOffset = 0;
    const copies = outputs.flat().map((from) => {
      const copy = { from, to: staging, toOffset };
      toOffset += from.byteLength;
      return copy;
    });
    gpu.submit(
      runs.map(({ program }) => program),
      copies,
    );
    const bytes = await gpu.readStaging(staging, byteLength);
    let at = 0;
    return outputs.map((ofCase) => ofCase.map((output) => bytes.slice(at, (at += output.byteLength))));
  } finally {
    for (const { program } of runs) program.destroy();
    gpu.destroyBuffer(staging);
  }
}
