// Kernels that were found right on this device: checks those that are not known, and replaces wrong ones by the next of
// their kind.
import type { AdapterSummary } from '../gpu/adapter';
import type { KernelTuning } from '../gpu/tuning';
import type { KvFormat } from '../kernels/kv';
import { MATVEC_LAYOUTS, prefillLayouts } from '../kernels/tuning';
import type { UsedKernel, Verdict } from '../kernels/variants';
import { AppError } from '../shared/errors';

export type { UsedKernel, Verdict } from '../kernels/variants';

/** What decides which kernels a model runs. */
export interface KernelChoice {
  tuning: KernelTuning;
  kvFormat: KvFormat;
}

export interface SettleArgs {
  choice: KernelChoice;
  adapter: Pick<AdapterSummary, 'software' | 'subgroupSize' | 'features'>;
  /** In words, for the error. */
  deviceName: string;
  /** Verdicts of earlier checks on this device; new ones are added. */
  verdicts: Record<string, Verdict>;
  used: (choice: KernelChoice) => Map<string, UsedKernel>;
  /** Checks these kernels on the device. */
  judge: (choice: KernelChoice, wanted: ReadonlySet<string>) => Promise<Map<string, Verdict>>;
}

export interface Settled extends KernelChoice {
  /** Kernels that would have run and were found wrong. */
  replaced: string[];
  /** Kernels checked now; 0 on a known device. */
  checked: number;
}

/**
 * The choice, changed as little as possible so that it uses no kernel found wrong.
 * @throws AppError kernel-wrong when no kernel of a kind is right; what `judge` throws
 */
export async function settleKernels(args: SettleArgs): Promise<Settled> {
  const { verdicts, used, judge, deviceName } = args;
  let { choice } = args;
  const replaced = new Set<string>();
  let checked = 0;
  for (;;) {
    const kernels = used(choice);
    const unknown = [...kernels.values()].filter(({ name, text }) => verdicts[name]?.text !== text);
    let unjudged: string | undefined;
    if (unknown.length > 0) {
      for (const { name } of unknown) delete verdicts[name];
      const found = await judge(choice, new Set(unknown.map(({ name }) => name)));
      for (const { name } of unknown) {
        const verdict = found.get(name);
        if (verdict) verdicts[name] = verdict;
        else unjudged = name; // it only ran together with a wrong one, which is replaced below
      }
      checked += found.size;
    }
    const wrong = wrongOf(kernels, verdicts);
    if (wrong.length === 0 && unjudged) throw new AppError('bug', `no check reaches the kernel ${unjudged}`);
    if (wrong.length === 0) return { ...choice, replaced: [...replaced], checked };
    for (const name of wrong) replaced.add(name);
    const better = nextChoice(args, choice, wrong);
    if (!better) throw kernelWrong(deviceName, wrong[0], verdicts[wrong[0]]);
    choice = better;
  }
}

function wrongOf(kernels: Map<string, UsedKernel>, verdicts: Record<string, Verdict>): string[] {
  const isWrong = ({ name, text }: UsedKernel) => {
    const verdict = verdicts[name];
    return verdict?.text === text && !verdict.right;
  };
  return [...kernels.values()].filter(isWrong).map(({ name }) => name);
}

/** The choice with one aspect changed that uses the fewest kernels known to be wrong; undefined when none uses fewer. */
function nextChoice(args: SettleArgs, choice: KernelChoice, wrong: string[]): KernelChoice | undefined {
  let best: KernelChoice | undefined;
  let fewest = wrong.length;
  for (const candidate of alternatives(args, choice, wrong)) {
    const count = wrongOf(args.used(candidate), args.verdicts).length;
    if (count < fewest) [best, fewest] = [candidate, count];
  }
  return best;
}

const OTHER_KV: Record<KvFormat, KvFormat[]> = { f16: ['f32', 'i8'], i8: ['f16', 'f32'], f32: ['f16', 'i8'] };

/** Choices that differ in one aspect, the likeliest remedy first. */
function alternatives(
  { adapter }: SettleArgs,
  { tuning, kvFormat }: KernelChoice,
  wrong: string[],
): KernelChoice[] {
  const tuned = (changes: Partial<KernelTuning>[]): KernelChoice[] =>
    changes.map((change) => ({ tuning: { ...tuning, ...change }, kvFormat }));
  const hasSubgroups = adapter.features.includes('subgroups');
  const layouts = [
    ...MATVEC_LAYOUTS.filter(({ subgroupLanes }) => subgroupLanes === 0 || hasSubgroups),
    ...prefillLayouts(adapter),
    { tokenLanes: 1, broadcastLanes: 0 },
  ];
  const arithmetics = tuned(otherArithmetics(tuning));
  // Subgroups differ most between drivers: where all wrong kernels use them, they are the first suspects.
  const isInt8 = wrong.some((name) => /dot4|int8|quantize/.test(name) && !/subgroups|broadcast/.test(name));
  return [
    ...(isInt8 ? arithmetics : []),
    ...tuned([{ tiledAttention: true }, { separateRope: true }, { greedyBySampling: true }]),
    ...tuned(layouts),
    ...(isInt8 ? [] : arithmetics),
    ...OTHER_KV[kvFormat].map((format) => ({ tuning, kvFormat: format })),
  ];
}

/** Every other arithmetic; those with the fewest changes first. */
function otherArithmetics(tuning: KernelTuning): Partial<KernelTuning>[] {
  const fields = ['nibbles', 'bytes', 'prefill'] as const;
  const count = (change: object) => Object.keys(change).length;
  return Array.from({ length: 2 ** fields.length - 1 }, (_, i) =>
    Object.fromEntries(
      fields
        .filter((_field, bit) => ((i + 1) >> bit) & 1)
        .map((field) => [field, tuning[field] === 'f32' ? 'dot4' : 'f32']),
    ),
  ).sort((a, b) => count(a) - count(b));
}

function kernelWrong(device: string, kernel: string, verdict: Verdict | undefined): AppError {
  const { difference = Infinity, allowed = 0, failure } = verdict ?? {};
  const why = failure
    ? `the compiler refuses it: ${failure}`
    : `it is off by ${readable(difference)}, ${readable(allowed)} is allowed`;
  return new AppError(
    'kernel-wrong',
    `${device} does not compute the kernel ${kernel} correctly (${why}), and there is no other of its kind. ` +
      'Use another browser, update the graphics driver, or let a server answer; the benchmark page has a report to copy.',
    {
      kernel,
      device,
      difference: readable(difference),
      allowed: readable(allowed),
      refused: failure ? 'yes' : 'no',
    },
  );
}

function readable(value: number): string {
  return Number.isFinite(value) ? value.toPrecision(2) : 'NaN';
}
