// Whole models: our engine, wllama on WebGPU, wllama on WebAssembly; decode, prefill, and the second turn of a chat.
import type { Page } from 'playwright';
import type { BrowserEngine } from '../cliBrowser';
import { randomPrompt, type Prompt } from './prompts';
import { range, short, spread, table, type Spread } from './statistics';
import type { TopLogprob } from './wllamaPage';

export interface CompareModelsArgs {
  file: string;
  rounds: number;
  /** Prompt lengths; the last is the chat that the second turn follows, the first what decoding follows. */
  prefill: number[];
  decode: number;
  threads: number;
  /** After every round, with all rounds so far. */
  onRound: (result: ModelComparison) => void;
}

export interface ModelComparison {
  /** Largest difference of a log probability among wllama's five likeliest, and whether the likeliest is ours. */
  agreement: Record<string, { maxDifference: number; sameTop: boolean }>;
  /** Measure, then engine: milliseconds. */
  times: Record<string, Record<string, Spread>>;
  /** Measure, then peer: its time over ours, round by round. */
  ratios: Record<string, Record<string, Spread>>;
}

interface Turn {
  firstTokenMs: number;
  msPerToken: number | null;
  reusedTokens: number;
}

interface ModelEngine {
  turn(prompt: Prompt, newTokens: number, fresh: boolean): Promise<Turn>;
}

const NEW_TURN_TOKENS = 32;
const CONTEXT_TOKENS = 2048;
/** wllama rounds activations to int8 on both back ends, and its own two differ by 0.2. */
const MAX_DIFFERENCE = 0.4;
const PEERS = { 'wllama WebGPU': true, 'wllama WASM': false };

/** @throws when the engines' answers differ: nothing is timed then. */
export async function compareModels(engine: BrowserEngine, args: CompareModelsArgs): Promise<void> {
  const source = await engine.sourceOf(args.file);
  if (source.kind !== 'url') throw new Error('the browser engine loads from a URL');
  await engine.call('load', { source, options: { contextTokens: CONTEXT_TOKENS } });
  const tokenize = async (text: string) => (await engine.call('tokenize', { text })).ids;
  let seed = 1;
  const prompt = (tokens: number, after?: Prompt) => randomPrompt(tokenize, { tokens, seed: seed++, after });
  const engines: Record<string, ModelEngine> = {
    ours: {
      turn: ({ ids }, newTokens, fresh) => engine.call('benchTurn', { ids, newTokens, fresh }),
    },
  };
  const agreement: ModelComparison['agreement'] = {};
  const probe = await prompt(args.prefill[0]);
  const logits = await engine.call('logits', { ids: probe.ids, all: true });
  const page = await openWllama(engine);
  for (const [name, webgpu] of Object.entries(PEERS)) {
    const load = { url: source.url, webgpu, threads: args.threads, contextTokens: CONTEXT_TOKENS };
    await page.evaluate((options) => window.wllamaLoad(options), load);
    const { top, promptTokens } = await page.evaluate(([gpu, request]) => window.wllamaTurn(gpu, request), [
      webgpu,
      { prompt: probe.text, newTokens: 1, fresh: true, top: true },
    ] as const);
    if (promptTokens !== probe.ids.length)
      throw new Error(`${name} reads ${promptTokens} tokens where we read ${probe.ids.length}`);
    agreement[name] = agree(top, logits.all as Float32Array, logits.logSumExp);
    process.stdout.write(`${name}: ${JSON.stringify(agreement[name])}\n`);
    if (agreement[name].maxDifference > MAX_DIFFERENCE) throw new Error(`${name} and we disagree`);
    engines[name] = wllamaEngine(page, webgpu);
  }
  const runs: Record<string, Record<string, number[]>> = {};
  for (let round = 0; round < args.rounds; round++) {
    const first = await prompt(args.prefill[0]);
    const longer = await Promise.all(args.prefill.slice(1).map((tokens) => prompt(tokens)));
    const chat = longer.at(-1) ?? first;
    const next = await prompt(chat.ids.length + NEW_TURN_TOKENS, chat);
    for (const [name, { turn }] of Object.entries(engines)) {
      const note = (measure: string, ms: number | null) => {
        if (ms !== null) ((runs[measure] ??= {})[name] ??= []).push(ms);
      };
      note(`prefill ${first.ids.length}`, (await turn(first, 1, true)).firstTokenMs);
      note(`decode after ${first.ids.length}`, (await turn(first, args.decode + 1, false)).msPerToken);
      for (const long of longer) note(`prefill ${long.ids.length}`, (await turn(long, 1, true)).firstTokenMs);
      const second = await turn(next, 1, false);
      if (second.reusedTokens < chat.ids.length - 1)
        process.stdout.write(`${name} reused only ${second.reusedTokens} of ${chat.ids.length} tokens\n`);
      note(`second turn, ${NEW_TURN_TOKENS} new after ${chat.ids.length}`, second.firstTokenMs);
    }
    const result = summarise(runs, agreement);
    args.onRound(result);
    process.stdout.write(`\nround ${round + 1} of ${args.rounds}\n${print(result)}\n`);
  }
}

async function openWllama(engine: BrowserEngine): Promise<Page> {
  const page = await engine.context.newPage();
  page.on('pageerror', (error) => process.stderr.write(`[wllama] ${error.message}\n`));
  await page.goto(`${engine.origin}/scripts/bench/wllamaPage.html`);
  await page.waitForFunction(() => 'wllamaTurn' in window);
  return page;
}

function wllamaEngine(page: Page, webgpu: boolean): ModelEngine {
  return {
    async turn({ text, ids }, newTokens, fresh) {
      const turn = await page.evaluate(([gpu, request]) => window.wllamaTurn(gpu, request), [
        webgpu,
        { prompt: text, newTokens, fresh },
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

function summarise(
  runs: Record<string, Record<string, number[]>>,
  agreement: ModelComparison['agreement'],
): ModelComparison {
  const result: ModelComparison = { agreement, times: {}, ratios: {} };
  for (const [measure, engines] of Object.entries(runs)) {
    result.times[measure] = {};
    result.ratios[measure] = {};
    for (const [name, ms] of Object.entries(engines)) {
      result.times[measure][name] = spread(ms);
      if (name !== 'ours') result.ratios[measure][name] = spread(ms.map((peer, i) => peer / engines.ours[i]));
    }
  }
  return result;
}

function print({ times, ratios }: ModelComparison): string {
  const rows = Object.entries(times).map(([measure, engines]) => [
    measure,
    range(engines.ours),
    ...Object.keys(PEERS).flatMap((peer) => [
      range(engines[peer]),
      `${short(ratios[measure][peer].median)}×`,
    ]),
  ]);
  const head = ['ms, median (min–max)', 'ours', ...Object.keys(PEERS).flatMap((peer) => [peer, 'ratio'])];
  return table(head, rows);
}
