// Our engine alone: the suite of the page at #/bench, preceded by a cold and a warm load.
import { existsSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import path from 'node:path';
import { AppError } from '../../src/shared/errors';
import { median, streamShare } from '../../src/store/models/bench/figures';
import { FULL_PLAN, QUICK_PLAN, runSuite } from '../../src/store/models/bench/suite';
import type { BenchPlan, BenchReport } from '../../src/store/models/bench/types';
import { openInBrowser } from '../cli/cliBrowser';
import { openInDawn } from '../cli/cliDawn';
import type { CliEngine } from '../cli/cliEngine';
import { commandLine, runCommand } from '../commandLine';
import { range, short, spread, table } from './statistics';

const { values, positionals, refusal } = commandLine(
  `npm run bench -- MODEL.gguf [--quick] [--dawn [--software]] [--json FILE]
    [--context N] [--prefill 128,512,2048,8192] [--depths 0,4096,16384] [--decode 16] [--rounds 5] [--budget SECONDS]
Chromium by default (CHROMIUM_PATH, CHROMIUM_ARGS); --dawn runs in Node, for machines with a GPU and no screen, and
refuses a software adapter unless --software says that one is wanted.`,
  {
    quick: { type: 'boolean' },
    dawn: { type: 'boolean' },
    software: { type: 'boolean' },
    json: { type: 'string' },
    context: { type: 'string' },
    prefill: { type: 'string' },
    depths: { type: 'string' },
    decode: { type: 'string' },
    rounds: { type: 'string' },
    budget: { type: 'string' },
  },
);

function planOf(): BenchPlan {
  const plan = values.quick ? { ...QUICK_PLAN, budgetMs: 3 * 60_000 } : FULL_PLAN;
  const list = (text: string | undefined, otherwise: number[]) => text?.split(',').map(Number) ?? otherwise;
  const asked: BenchPlan = {
    ...plan,
    prefill: list(values.prefill, plan.prefill),
    depths: list(values.depths, plan.depths),
    decodeTokens: Number(values.decode ?? plan.decodeTokens),
    rounds: Number(values.rounds ?? plan.rounds),
    budgetMs: 1000 * Number(values.budget ?? plan.budgetMs / 1000),
  };
  const numbers = [...asked.prefill, ...asked.depths, asked.decodeTokens, asked.rounds, asked.budgetMs];
  if (numbers.every((value) => Number.isInteger(value) && value >= 0) && asked.rounds > 0) return asked;
  throw refusal('The options want whole numbers, lists with commas between.');
}

/** Loads the file for the first time (cold), then from storage (warm). */
async function load(engine: CliEngine, file: string, contextTokens: number) {
  const source = await engine.sourceOf(file);
  const options = { contextTokens };
  const started = performance.now();
  const { id } = await engine.call('load', { source, options });
  const coldMs = performance.now() - started;
  await engine.call('unload', {});
  const again = performance.now();
  const info = await engine.call('load', { source: { kind: 'cached', id }, options });
  return { info, load: { coldMs, warmMs: performance.now() - again, bytes: info.packedBytes } };
}

function print(report: BenchReport): string {
  const { adapter, load: times, passes, turns } = report;
  const rate = (tokens: number, ms: number) => `${short((1000 * tokens) / ms)} tokens/s`;
  const share = streamShare(report);
  const rows = [
    ...report.prefill.map(({ tokens, ms }) => [
      `prefill ${tokens}`,
      `${range(spread(ms))} ms`,
      rate(tokens, median(ms)),
    ]),
    ...report.decode.map(({ depth, msPerToken }) => [
      `decode at ${depth}`,
      `${range(spread(msPerToken))} ms`,
      rate(1, median(msPerToken)),
    ]),
    ...(turns
      ? [
          [`first turn, ${turns.chat}`, `${range(spread(turns.firstMs))} ms`, 'to the first token'],
          [`next turn, ${turns.next} more`, `${range(spread(turns.nextMs))} ms`, 'to the first token'],
        ]
      : []),
    ...(times
      ? [
          ...Object.entries({ cold: times.coldMs, warm: times.warmMs }).flatMap(([kind, ms]) =>
            ms === undefined
              ? []
              : [[`${kind} load`, `${short(ms)} ms`, `${short(times.bytes / ms / 1000)} MB/s`]],
          ),
        ]
      : []),
    ['streaming read', `${short(report.streamBytesPerSecond / 1e9)} GB/s`, ''],
    ['weights in decode', share === null ? '–' : `${short(100 * share)} %`, 'of the streaming read'],
    ['on the GPU', `${short(report.gpuBytes / 1e9)} GB`, ''],
  ];
  const kernels = passes.map(({ numTokens, length, dispatches, kernels: all }) => {
    const total = all.reduce((sum, { ms }) => sum + ms, 0);
    const line = ({ name, dispatches: n, ms }: (typeof all)[number]) => [
      name,
      String(n),
      short(ms),
      `${short((100 * ms) / total)} %`,
    ];
    const title = `${numTokens} token${numTokens === 1 ? '' : 's'} at ${length}: ${dispatches} dispatches`;
    return `${title}\n${table(['kernel', 'dispatches', 'ms', 'share'], all.map(line))}`;
  });
  const skipped = report.skipped.map(({ what, tokens, why }) => `${what} ${tokens} (${why})`).join(', ');
  return [
    `${report.model.name} on ${adapter.vendor} ${adapter.architecture} ${adapter.description}${adapter.software ? ' (software)' : ''}, ${report.host}`,
    table(['median (min–max)', 'time', ''], rows),
    ...kernels,
    ...(skipped ? [`skipped: ${skipped}`] : []),
  ].join('\n\n');
}

async function main(): Promise<void> {
  const [file] = positionals;
  if (!file) throw refusal('No model is named.');
  if (!existsSync(file)) throw refusal(`There is no file ${file}.`);
  const plan = planOf();
  const engine = values.dawn ? await openInDawn() : await openInBrowser({});
  try {
    const adapter = await engine.call('device', {});
    process.stderr.write(`${JSON.stringify(adapter)}\n`);
    if (values.dawn && adapter.software && !values.software) {
      throw new AppError(
        'no-adapter',
        'Dawn offers only a software adapter; --software measures it all the same.',
      );
    }
    const deepest = Math.max(...plan.prefill, ...plan.depths.map((depth) => depth + plan.decodeTokens), 512);
    const contextTokens = Number(values.context ?? deepest + 64);
    const { info, load: times } = await load(engine, path.resolve(file), contextTokens);
    const runtime = values.dawn ? `Dawn in Node ${process.version}` : 'Chromium';
    const host = `${runtime}, ${availableParallelism()} cores of ${cpus()[0].model}`;
    const report = await runSuite({
      call: engine.call,
      info,
      host,
      plan,
      onProgress: ({ step, tokens, secondsLeft }) =>
        process.stderr.write(`${step} ${tokens}, at most ${Math.ceil(secondsLeft)} s left\n`),
    });
    report.load = times;
    process.stdout.write(`${print(report)}\n`);
    if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, 1)}\n`);
    else process.stdout.write(`${JSON.stringify(report)}\n`);
  } finally {
    await engine.close();
  }
}

await runCommand(main);
