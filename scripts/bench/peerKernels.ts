// One matrix product: our INT4 kernels and ONNX Runtime Web's MatMulNBits, at the shapes of a GLM-4-9B layer.
import type { BrowserEngine } from '../cli/cliBrowser';
import type { Comparison } from './comparison';
import type { Contender, KernelShape } from './kernelPage';
import { range, short, spread, table, type Spread } from './statistics';

export interface KernelComparison extends KernelShape {
  /** Error against f64 relative to the output's RMS; or the reason why a contender did not run. */
  errors: Record<string, number | string>;
  /** Milliseconds of one product. */
  times: Record<string, Spread>;
  /** Time of the peer with the smallest median divided by ours, per round. */
  best: string;
  ratio: Spread;
}

export interface CompareKernelsArgs {
  rounds: number;
  /** M values of the products. */
  tokens: number[];
  comparison: Comparison;
}

export const LAYER_SHAPES = [
  { K: 4096, N: 4608 },
  { K: 4096, N: 4096 },
  { K: 4096, N: 27392 },
  { K: 13696, N: 4096 },
];
const CONTENDERS: Contender[] = ['ours', 'ort-native', 'ort-native-int8', 'ort-jsep'];

export async function compareKernels(
  engine: BrowserEngine,
  { rounds, tokens, comparison }: CompareKernelsArgs,
): Promise<void> {
  await engine.call('unload', {});
  const page = await engine.context.newPage();
  page.on('pageerror', (error) => process.stderr.write(`[kernels] ${error.message}\n`));
  await page.goto(`${engine.origin}/scripts/bench/kernelPage.html`);
  await page.waitForFunction(() => 'kernelTime' in window);
  const results = comparison.get<KernelComparison[]>('kernels') ?? [];
  for (const M of tokens) {
    for (const { K, N } of LAYER_SHAPES) {
      const isDone = (done: KernelComparison) =>
        done.M === M && done.K === K && done.N === N && done.ratio.runs.length >= rounds;
      if (results.some(isDone)) continue;
      const shape = { M, K, N };
      const errors = await page.evaluate(([s, c]) => window.kernelPrepare(s, c), [
        shape,
        CONTENDERS,
      ] as const);
      const runs: Partial<Record<Contender, number[]>> = {};
      for (let round = 0; round < rounds; round++) {
        for (const contender of CONTENDERS) {
          if (round >= 2 && isOutOfTheRunning(contender, runs)) continue;
          const ms = await page.evaluate((name) => window.kernelTime(name), contender);
          if (Number.isFinite(ms)) (runs[contender] ??= []).push(ms);
        }
      }
      await page.evaluate(() => window.kernelRelease());
      const fewer = results.findIndex((done) => done.M === M && done.K === K && done.N === N);
      results.splice(fewer < 0 ? results.length : fewer, fewer < 0 ? 0 : 1, summarise(shape, errors, runs));
      comparison.save('kernels', results, print(results));
      process.stdout.write(`\n${print(results.slice(-1))}\n`);
    }
  }
  comparison.save('kernels', results, print(results));
  process.stdout.write(`\n${print(results)}\n`);
}

/** Whether another peer was more than twice as fast in every round so far: this one cannot be the best and is skipped. */
function isOutOfTheRunning(contender: Contender, runs: Partial<Record<Contender, number[]>>): boolean {
  if (contender === 'ours') return false;
  const { ours: _, ...peers } = runs;
  const fastest = Math.min(...Object.values(peers).map((ms) => Math.max(...ms)));
  return Math.min(...(runs[contender] ?? [])) > 2 * fastest;
}

function summarise(
  shape: KernelShape,
  errors: Record<string, number | string>,
  runs: Partial<Record<Contender, number[]>>,
): KernelComparison {
  const { ours, ...peers } = runs;
  if (!ours) throw new Error(`Our kernel was not timed at ${JSON.stringify(shape)}: ${errors.ours}`);
  const ranked = Object.entries(peers).sort((a, b) => spread(a[1]).median - spread(b[1]).median);
  if (ranked.length === 0)
    throw new Error(`No peer ran at ${JSON.stringify(shape)}: ${JSON.stringify(errors)}`);
  const [best, bestRuns] = ranked[0];
  return {
    ...shape,
    errors,
    times: Object.fromEntries(Object.entries(runs).map(([name, ms]) => [name, spread(ms)])),
    best,
    ratio: spread(bestRuns.map((ms, i) => ms / ours[i])),
  };
}

function print(results: KernelComparison[]): string {
  const rows = results.map(({ M, K, N, times, errors, best, ratio }) => [
    `${M} × ${K} → ${N}`,
    ...CONTENDERS.map((name) => (times[name] ? range(times[name]) : String(errors[name]).slice(0, 30))),
    short((2 * M * K * N) / times.ours.median / 1e6),
    `${short(ratio.median)}× (${short(ratio.min)}–${short(ratio.max)}) ${best}`,
  ]);
  return table(['M × K → N, ms', ...CONTENDERS, 'our GFLOP/s', 'best peer / ours'], rows);
}
