// The benchmark of the loaded model, step by step, over the engine's calls: the page and the command line run the same.
import type { CallName, EngineCalls } from '../../../protocol/calls';
import type { ModelInfo } from '../../../protocol/models';
import { AppError } from '../../../shared/errors';
import { median } from './figures';
import type { BenchPlan, BenchProgress, BenchReport, Skipped } from './types';

export const FULL_PLAN: BenchPlan = {
  prefill: [128, 512, 2048, 8192],
  depths: [0, 4096, 16384],
  decodeTokens: 16,
  turn: { chat: 512, next: 32 },
  passes: [1, 64],
  rounds: 5,
  budgetMs: 15 * 60_000,
};

/** A minute, also on a processor that pretends to be a GPU; seconds on a GPU. */
export const QUICK_PLAN: BenchPlan = {
  ...FULL_PLAN,
  prefill: [64, 512],
  depths: [0, 512],
  decodeTokens: 8,
  turn: { chat: 256, next: 32 },
  rounds: 3,
  budgetMs: 60_000,
};

type Call = <K extends CallName>(
  name: K,
  args: EngineCalls[K]['args'],
  onEvent?: (event: EngineCalls[K]['event']) => void,
) => Promise<EngineCalls[K]['result']>;

export interface SuiteArgs {
  call: Call;
  info: ModelInfo;
  host: string;
  plan: BenchPlan;
  signal?: AbortSignal;
  onProgress?: (progress: BenchProgress) => void;
}

const CHECK_TOKENS = 48;
/** The two ways round differently; wrong ones are nats apart. */
const MAX_KL = 0.02;
/** A pass is run about so many times to take it apart. */
const PASS_REPEATS = 40;

interface Step {
  what: Skipped['what'];
  tokens: number;
  needs: number;
  expectedMs: number;
  run(): Promise<void>;
}

/**
 * Runs the plan, what is cheap first; what the context or the time forbids is listed as skipped.
 * @throws AppError bug when one prompt, read in one piece and in two, gives different logits; an abort throws its reason.
 */
export async function runSuite({
  call,
  info,
  host,
  plan,
  signal,
  onProgress,
}: SuiteArgs): Promise<BenchReport> {
  const started = performance.now();
  const random = () => Math.floor(Math.random() * info.vocabSize);
  const someIds = (count: number) => Array.from({ length: count }, random);
  const report = (step: BenchProgress['step'], tokens: number, leftMs: number) => {
    const done = performance.now() - started;
    onProgress?.({ step, tokens, fraction: done / (done + leftMs), secondsLeft: leftMs / 1000 });
  };
  report('check', CHECK_TOKENS, plan.budgetMs / 2);
  const adapter = await call('device', {});
  const agreementKl = await checkAgreement(call, someIds(CHECK_TOKENS));
  report('stream', 0, plan.budgetMs / 2);
  const stream = await call('benchStream', {});
  const warm = await call('benchTurn', { ids: someIds(CHECK_TOKENS), newTokens: 4, fresh: true });
  const [tokenMs, stepMs] = [warm.firstTokenMs / CHECK_TOKENS, warm.msPerToken ?? warm.firstTokenMs];

  const result: BenchReport = {
    version: 1,
    date: new Date().toISOString(),
    host,
    adapter,
    model: {
      id: info.id,
      name: info.name,
      parameters: info.parameters,
      contextTokens: info.contextTokens,
    },
    agreementKl,
    streamBytesPerSecond: median(stream.runs),
    gpuBytes: info.gpuBytes,
    prefill: [],
    decode: [],
    turns: null,
    passes: [],
    skipped: [],
    tookMs: 0,
  };
  const repeat = async <T>(body: () => Promise<T>) => {
    const all: T[] = [];
    for (let round = 0; round < plan.rounds; round++) {
      signal?.throwIfAborted();
      all.push(await body());
    }
    return all;
  };
  const prefillStep = (tokens: number): Step => ({
    what: 'prefill',
    tokens,
    needs: tokens + 1,
    expectedMs: plan.rounds * tokens * tokenMs,
    run: async () => {
      const turns = await repeat(() =>
        call('benchTurn', { ids: someIds(tokens), newTokens: 1, fresh: true }),
      );
      result.prefill.push({ tokens, ms: turns.map(({ firstTokenMs }) => firstTokenMs) });
    },
  });
  const decodeStep = (depth: number): Step => ({
    what: 'decode',
    tokens: depth,
    needs: depth + 2 + plan.decodeTokens,
    expectedMs: depth * tokenMs + plan.rounds * plan.decodeTokens * stepMs,
    run: async () => {
      const ids = someIds(Math.max(1, depth));
      const newTokens = plan.decodeTokens + 1;
      const turns = await repeat(() => call('benchTurn', { ids, newTokens, fresh: false }));
      result.decode.push({ depth, msPerToken: turns.map(({ msPerToken }) => msPerToken ?? 0) });
    },
  });
  const turnStep = ({ chat, next }: BenchPlan['turn']): Step => ({
    what: 'turn',
    tokens: chat,
    needs: chat + next + 1,
    expectedMs: plan.rounds * (chat + next) * tokenMs,
    run: async () => {
      const turns = await repeat(async () => {
        const ids = someIds(chat);
        const first = await call('benchTurn', { ids, newTokens: 1, fresh: true });
        const both = [...ids, ...someIds(next)];
        return [first, await call('benchTurn', { ids: both, newTokens: 1, fresh: false })];
      });
      const [firstMs, nextMs] = [0, 1].map((turn) => turns.map((pair) => pair[turn].firstTokenMs));
      result.turns = { chat, next, firstMs, nextMs };
    },
  });
  const passStep = (numTokens: number): Step => ({
    what: 'pass',
    tokens: numTokens,
    needs: numTokens,
    expectedMs: PASS_REPEATS * (numTokens === 1 ? stepMs : (numTokens * tokenMs) / 2),
    run: async () => {
      signal?.throwIfAborted();
      const length = Math.min(info.contextTokens, Math.max(numTokens, 256));
      const pass = await call('benchPass', { numTokens, length });
      result.gpuBytes = pass.gpuBytes;
      result.passes.push(pass);
    },
  });
  const steps = [
    ...plan.depths.map(decodeStep),
    ...plan.passes.map(passStep),
    turnStep(plan.turn),
    ...plan.prefill.map(prefillStep),
  ].sort((a, b) => a.expectedMs - b.expectedMs);

  const deadline = started + plan.budgetMs;
  for (const [i, step] of steps.entries()) {
    signal?.throwIfAborted();
    const { what, tokens } = step;
    const tooLong = step.needs > info.contextTokens;
    if (tooLong || performance.now() + step.expectedMs > deadline) {
      result.skipped.push({ what, tokens, why: tooLong ? 'context' : 'time' });
      continue;
    }
    const fits = steps.slice(i).filter(({ needs }) => needs <= info.contextTokens);
    const leftMs = fits.reduce((sum, { expectedMs }) => sum + expectedMs, 0);
    report(what, tokens, Math.min(leftMs, deadline - performance.now()));
    await step.run();
  }
  result.prefill.sort((a, b) => a.tokens - b.tokens);
  result.decode.sort((a, b) => a.depth - b.depth);
  result.tookMs = performance.now() - started;
  return result;
}

/** KL of the last token's distribution, read in one piece and in two. */
async function checkAgreement(call: Call, ids: number[]): Promise<number> {
  await call('benchTurn', { ids: ids.toReversed(), newTokens: 1, fresh: true }); // the cache shares nothing with ids
  const whole = await call('logits', { ids, all: true });
  await call('benchTurn', { ids: ids.slice(0, ids.length / 2 + 3), newTokens: 1, fresh: true });
  const parts = await call('logits', { ids, all: true });
  let kl = 0;
  whole.all?.forEach((logit, id) => {
    const p = logit - whole.logSumExp;
    const q = (parts.all as Float32Array)[id] - parts.logSumExp;
    kl += Math.exp(p) * (p - q);
  });
  if (!(kl < MAX_KL))
    throw new AppError(
      'bug',
      `The same prompt in one piece and in two gives logits ${kl} nats apart: nothing is timed.`,
    );
  return Math.max(0, kl);
}
