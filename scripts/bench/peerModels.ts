// Whole models: our engine, wllama on WebGPU, wllama on WebAssembly; prefill, decode, and the next turn of a chat.
import type { Page } from 'playwright';
import type { BrowserEngine } from '../cli/cliBrowser';
import type { Comparison } from './comparison';
import { randomPrompt, type Prompt } from './prompts';
import { range, short, spread, table } from './statistics';
import type { TopLogprob } from './wllamaPage';

export interface CompareModelsArgs {
  file: string;
  /** Prompt lengths; the next turn follows the last one. */
  prefill: number[];
  /** Rounds of the first length, and of all others. */
  rounds: number;
  longRounds: number;
  /** Tokens of the next turn. */
  next: number;
  /** Tokens timed after each prompt. */
  decode: number;
  threads: number;
  /** Tokens that wllama on WebGPU submits to the GPU at once. */
  ubatch: number;
  comparison: Comparison;
}

/** Milliseconds by measure, then engine; one number per round. */
type Runs = Record<string, Record<string, number[]>>;

export interface ModelComparison {
  /** Largest difference in log probability over wllama's five likeliest tokens, and whether the likeliest is the same. */
  agreement: Record<string, { maxDifference: number; sameTop: boolean }>;
  runs: Runs;
  /** Remarks, for example that an engine prefilled tokens it should have reused. */
  remarks: string[];
}

interface Turn {
  firstTokenMs: number;
  msPerToken: number | null;
  reusedTokens: number;
}

interface ModelEngine {
  turn(prompt: Prompt, newTokens: number, fresh: boolean): Promise<Turn>;
}

const CONTEXT_TOKENS = 2048;
/** Tolerance. wllama rounds activations to int8 on both back ends, which differ from each other by 0.2. */
const MAX_DIFFERENCE = 0.4;
const PEERS = { 'wllama WebGPU': true, 'wllama WASM': false };

/** @throws if the engines' answers differ; then nothing is timed. */
export async function compareModels(engine: BrowserEngine, args: CompareModelsArgs): Promise<void> {
  const { comparison, prefill, rounds, longRounds } = args;
  const found = comparison.get<ModelComparison>('models') ?? { agreement: {}, runs: {}, remarks: [] };
  const source = await engine.sourceOf(args.file);
  if (source.kind !== 'url') throw new Error('the browser engine loads from a URL');
  await engine.call('load', { source, options: { contextTokens: CONTEXT_TOKENS } });
  const tokenize = async (text: string) => (await engine.call('tokenize', { text })).ids;
  const prompt = (tokens: number, seed: number, after?: Prompt) =>
    randomPrompt(tokenize, { tokens, seed, after });
  const engines: Record<string, ModelEngine> = {
    ours: {
      turn: ({ ids }, newTokens, fresh) => engine.call('benchTurn', { ids, newTokens, fresh }),
    },
  };
  const [onlyToken] = await tokenize('a');
  const probe = await prompt(prefill[0], 1);
  const logits = await engine.call('logits', { ids: probe.ids, all: true });
  const page = await openWllama(engine);
  for (const [name, webgpu] of Object.entries(PEERS)) {
    const { threads, ubatch } = args;
    const load = { url: source.url, webgpu, threads, ubatch, contextTokens: CONTEXT_TOKENS };
    await page.evaluate((options) => window.wllamaLoad(options), load);
    const { top, promptTokens } = await page.evaluate(([gpu, request]) => window.wllamaTurn(gpu, request), [
      webgpu,
      { prompt: probe.text, newTokens: 1, fresh: true, top: true },
    ] as const);
    if (promptTokens !== probe.ids.length)
      throw new Error(`${name} reads ${promptTokens} tokens where we read ${probe.ids.length}`);
    const agreement = (found.agreement[name] = agree(top, logits.all as Float32Array, logits.logSumExp));
    process.stdout.write(`${name}: ${JSON.stringify(agreement)}\n`);
    if (agreement.maxDifference > MAX_DIFFERENCE) throw new Error(`${name} and we disagree`);
    engines[name] = wllamaEngine(page, webgpu, onlyToken);
  }
  for (let round = 0; round < Math.max(rounds, longRounds); round++) {
    for (const [i, tokens] of prefill.entries()) {
      const done = found.runs[`prefill ${tokens}`]?.ours.length ?? 0;
      if (round < done || round >= (i === 0 ? rounds : longRounds)) continue;
      const seed = 1000 * (round + 1) + 10 * i;
      const first = await prompt(tokens, seed);
      const isChat = i === prefill.length - 1;
      const next = isChat ? await prompt(tokens + args.next, seed + 1, first) : undefined;
      const part = await measure(engines, { first, next, decode: args.decode, remarks: found.remarks });
      for (const [name, times] of Object.entries(part))
        for (const [engineName, ms] of Object.entries(times))
          ((found.runs[name] ??= {})[engineName] ??= []).push(ms);
      comparison.save('models', found, print(found, args));
      process.stdout.write(`\nround ${round + 1}, ${tokens} tokens\n${print(found, args)}\n`);
    }
  }
  comparison.save('models', found, print(found, args));
}

interface Part {
  first: Prompt;
  /** A prompt that extends `first`. */
  next?: Prompt;
  decode: number;
  remarks: string[];
}

/** One round of one prompt length with every engine; it counts only if all of them finish. */
async function measure(
  engines: Record<string, ModelEngine>,
  { first, next, decode, remarks }: Part,
): Promise<Record<string, Record<string, number>>> {
  const part: Record<string, Record<string, number>> = {};
  const tokens = first.ids.length;
  for (const [name, { turn }] of Object.entries(engines)) {
    const note = (what: string, ms: number | null) => {
      if (ms !== null) (part[what] ??= {})[name] = ms;
    };
    const { firstTokenMs } = await turn(first, 1, true);
    note(`prefill ${tokens}`, firstTokenMs);
    note(`decode after ${tokens}`, (await turn(first, decode + 1, false)).msPerToken);
    if (!next) continue;
    const { firstTokenMs: nextMs, reusedTokens } = await turn(next, 1, false);
    note(followUp(next.ids.length - tokens, tokens), nextMs);
    const remark = `${name} kept ${reusedTokens} of ${tokens} tokens for the next turn.`;
    if (!remarks.includes(remark)) remarks.push(remark);
  }
  return part;
}

function followUp(next: number, chat: number): string {
  return `next turn, ${next} after ${chat}`;
}

async function openWllama(engine: BrowserEngine): Promise<Page> {
  const page = await engine.context.newPage();
  page.on('pageerror', (error) => process.stderr.write(`[wllama] ${error.message}\n`));
  await page.goto(`${engine.origin}/scripts/bench/wllamaPage.html`);
  await page.waitForFunction(() => 'wllamaTurn' in window);
  return page;
}

function wllamaEngine(page: Page, webgpu: boolean, onlyToken: number): ModelEngine {
  return {
    async turn({ text, ids }, newTokens, fresh) {
      const turn = await page.evaluate(([gpu, request]) => window.wllamaTurn(gpu, request), [
        webgpu,
        { prompt: text, newTokens, fresh, onlyToken },
      ] as const);
      if (turn.promptTokens !== ids.length)
        throw new Error(`wllama read ${turn.promptTokens}, not ${ids.length} tokens`);
      return { firstTokenMs: turn.ms, msPerToken: turn.msPerToken, reusedTokens: turn.reusedTokens };
    },
  };
}

function agree(
  top: TopLogprob[],
  logits: Float32Array,
  logSumExp: number,
): { maxDifference: number; sameTop: boolean } {
  const differences = top.map(({ id, logprob }) => Math.abs(logits[id] - logSumExp - logprob));
  const best = logits.reduce((at, logit, id) => (logit > logits[at] ? id : at), 0);
  return { maxDifference: Math.max(...differences), sameTop: top[0].id === best };
}

/** Medians, and the peer's time divided by ours, computed per round. */
function print({ runs, remarks }: ModelComparison, { prefill, next }: CompareModelsArgs): string {
  const chat = prefill[prefill.length - 1];
  const row = (measure: string, ours: number[], peers: Record<string, number[]>) => [
    measure,
    range(spread(ours)),
    ...Object.keys(PEERS).flatMap((peer) => {
      const ratio = spread(peers[peer].map((ms, i) => ms / ours[i]));
      return [
        range(spread(peers[peer])),
        `${short(ratio.median)}× (${short(ratio.min)}–${short(ratio.max)})`,
      ];
    }),
  ];
  const rows = Object.entries(runs).map(([measure, { ours, ...peers }]) => row(measure, ours, peers));
  const [prefilled, continued] = [runs[`prefill ${chat}`], runs[followUp(next, chat)]];
  // An engine without a prefix cache prefills the chat again; that prefill was measured in the same round.
  if (prefilled && continued) rows.push(row('the same, chat read again', continued.ours, prefilled));
  const head = [
    `${Object.values(runs)[0].ours.length} rounds; ms, median (min–max)`,
    'ours',
    ...Object.keys(PEERS).flatMap((peer) => [peer, 'over ours']),
  ];
  return [table(head, rows), ...remarks].join('\n\n');
}
