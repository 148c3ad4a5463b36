import { describe, expect, test } from 'vitest';
import type { CallName, EngineCalls } from '../../../protocol/calls';
import { info } from '../../scriptedStore';
import { readBenchReports, writeBenchReports } from './records';
import { median, streamShare } from './figures';
import { QUICK_PLAN, runSuite, type SuiteArgs } from './suite';

/** An engine that answers at once; `drift` moves the logits of a prompt that was read in two pieces. */
function scripted({ drift = 0 } = {}) {
  const calls: { name: CallName; args: unknown }[] = [];
  let pieces = 0;
  const answers: { [K in CallName]?: (args: EngineCalls[K]['args']) => unknown } = {
    device: () => ({ vendor: 'test', software: true }),
    benchStream: () => ({ bytes: 100, runs: [3e9, 1e9, 2e9] }),
    benchTurn: ({ ids, newTokens, fresh }) => {
      pieces++;
      return {
        firstTokenMs: ids.length,
        msPerToken: newTokens > 1 ? 20 : null,
        reusedTokens: fresh ? 0 : ids.length - 1,
        tokens: [],
      };
    },
    benchPass: ({ numTokens, length }) => ({
      numTokens,
      length,
      dispatches: 9,
      weightBytes: 2e7,
      gpuBytes: 5,
      kernels: [],
    }),
    logits: () => {
      const all = Float32Array.from([0, pieces > 1 ? drift : 0]);
      return { all, logSumExp: Math.log(all.reduce((sum, logit) => sum + Math.exp(logit), 0)) };
    },
  };
  const call = (async (name: CallName, args: never) => {
    calls.push({ name, args });
    return answers[name]?.(args);
  }) as SuiteArgs['call'];
  return { call, calls };
}

const plan = {
  ...QUICK_PLAN,
  prefill: [32, 128, 4096],
  depths: [0, 128],
  turn: { chat: 64, next: 8 },
  rounds: 2,
};
const model = { ...info('m'), contextTokens: 256 };

describe('the suite', () => {
  test('measures what fits the context and says what does not', async () => {
    const { call, calls } = scripted();
    const steps: number[] = [];
    const report = await runSuite({
      call,
      info: model,
      host: 'test',
      plan,
      onProgress: ({ fraction }) => steps.push(fraction),
    });
    expect(report.prefill).toEqual([
      { tokens: 32, ms: [32, 32] },
      { tokens: 128, ms: [128, 128] },
    ]);
    expect(report.decode.map(({ depth }) => depth)).toEqual([0, 128]);
    expect(report.turns).toEqual({ chat: 64, next: 8, firstMs: [64, 64], nextMs: [72, 72] });
    expect(report.passes.map(({ numTokens }) => numTokens)).toEqual([1, 64]);
    expect(report.skipped).toEqual([{ what: 'prefill', tokens: 4096, why: 'context' }]);
    expect(streamShare(report)).toBeCloseTo(2e7 / 0.02 / 2e9);
    expect(steps.every((fraction) => fraction >= 0 && fraction <= 1)).toBe(true);
    // a prompt of a new chat must find nothing in the cache; a next turn must
    const turns = calls
      .filter(({ name }) => name === 'benchTurn')
      .map(({ args }) => args as { fresh: boolean });
    expect(turns.some(({ fresh }) => !fresh) && turns.some(({ fresh }) => fresh)).toBe(true);
  });

  test('leaves out what would end after the budget', async () => {
    const { call } = scripted();
    const report = await runSuite({ call, info: model, host: 'test', plan: { ...plan, budgetMs: 1 } });
    expect(report.prefill).toEqual([]);
    expect(report.skipped).toContainEqual({ what: 'prefill', tokens: 32, why: 'time' });
  });

  test('times nothing when the answers disagree', async () => {
    const { call, calls } = scripted({ drift: 3 });
    await expect(runSuite({ call, info: model, host: 'test', plan })).rejects.toMatchObject({ code: 'bug' });
    expect(calls.some(({ name }) => name === 'benchStream')).toBe(false);
  });

  test('stops where it is told to', async () => {
    const controller = new AbortController();
    const run = runSuite({
      call: scripted().call,
      info: model,
      host: 'test',
      plan,
      signal: controller.signal,
      onProgress: ({ step }) =>
        step === 'decode' && controller.abort(new DOMException('Stopped', 'AbortError')),
    });
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
  });
});

test('the median of an even number is between the two in the middle', () => {
  expect([median([5]), median([3, 1]), median([9, 1, 2])]).toEqual([5, 2, 2]);
});

test('reports are kept, the newest twenty; a damaged record reads as nothing', async () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
  const report = await runSuite({ call: scripted().call, info: model, host: 'test', plan });
  const many = Array.from({ length: 25 }, (_, i) => ({ ...report, date: String(i) }));
  expect(writeBenchReports(storage, many)).toHaveLength(20);
  expect(readBenchReports(storage)).toEqual(many.slice(0, 20));
  kept.set('glm-bench', JSON.stringify([{ version: 99 }, many[3]]));
  expect(readBenchReports(storage)).toEqual([many[3]]);
  kept.set('glm-bench', '{');
  expect(readBenchReports(storage)).toEqual([]);
});
