// Reuse of K and V by a chat, its next turn, its branches and a stopped answer, checked by the counters.
import { expect, vi } from 'vitest';
import type { GenerateRequest, Part, SamplingParams, Turn } from '../../protocol/chat';
import { withPartEvent } from '../../shared/parts';
import { addedText, assistant, turnOf, user } from '../../testing/chat';
import { expectClose } from '../../testing/expectClose';
import { gpuTest } from '../../testing/gpuTest';
import { SPECIAL_TOKENS } from '../../testing/syntheticTokenizer';
import { randomPrompt, tinyModel } from '../../testing/tinyModel';
import { memoryCache } from '../../weights/stored/cache';
import { quotaError } from '../../weights/stored/storage';
import { fixedSteps, keepEverything } from '../../testing/policies';
import { Engine } from '../engine';
import type { Policies } from '../policies';
import { BLOCK_TOKENS, cacheBefore, KvStore } from '../../library/kvStore';

const GREEDY: SamplingParams = { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 0 };
const SAMPLED: SamplingParams = { ...GREEDY, temperature: 1, seed: 3 };
const notAborted = new AbortController().signal;
const model = tinyModel({ architecture: 'chatglm', type: 'Q4_0' });
const prompt = (n: number, seed: number) => randomPrompt(model.shape, n, seed);
const standard: Partial<Policies> = { firstCapacity: 64, ...keepEverything };
/** Changed by the tests; the engine reads them when it loads a model. */
let policies = standard;
const kvStore = KvStore.open(); // the browser's IndexedDB
const kernels = { nibbles: 'f32', bytes: 'f32', prefill: 'f32' } as const; // a pass over several tokens rounds like passes over one
const environment = {
  gpuApi: navigator.gpu,
  cache: memoryCache(),
  kernels,
  kvStore,
  get policies() {
    return policies;
  },
};
const engine = new Engine(environment);

const modelFile = () => new File([model.bytes as Uint8Array<ArrayBuffer>], 'tiny.gguf');

/** Loads the tiny model with an empty cache. */
async function load(contextTokens = 512) {
  await engine.load({ kind: 'files', files: [modelFile()] }, { contextTokens }, () => {}, notAborted);
}

async function answer(messages: Turn[], request: Partial<GenerateRequest> = {}, signal = notAborted) {
  let text = '';
  let parts: Part[] = [];
  const summary = await engine.generate(
    { messages, sampling: SAMPLED, maxTokens: 16, ...request },
    (event) => {
      text += addedText(event);
      if ('index' in event) parts = withPartEvent(parts, event);
    },
    signal,
  );
  return { text, parts, summary };
}

async function logits(ids: number[]) {
  const { all } = await engine.logits({ ids, all: true }, notAborted);
  if (!all) throw new Error('no logits');
  return all;
}

/** Ids of special tokens: a random model samples them, and they leave no text. */
const special = Array.from(
  { length: SPECIAL_TOKENS.length },
  (_, i) => model.shape.vocabSize - model.shape.numPadding - 1 - i,
);

// Runs first: pipelines that other tests compile would hide one that loading misses.
gpuTest(
  'after a warm start no pipeline is compiled, neither for the first token nor for a prompt of any length',
  async ({ gpu: _ }) => {
    const compile = vi.spyOn(GPUDevice.prototype, 'createComputePipelineAsync');
    const compileNow = vi.spyOn(GPUDevice.prototype, 'createComputePipeline');
    const { id } = await engine.import(
      { source: { kind: 'files', files: [modelFile()] } },
      () => {},
      notAborted,
    );
    expect(compile).not.toHaveBeenCalled();
    await engine.load({ kind: 'cached', id }, { contextTokens: 512 }, () => {}, notAborted);
    expect(compile).toHaveBeenCalled();
    compile.mockClear();
    const before = engine.pipelineCount;
    await answer([user('first')], { sampling: GREEDY });
    expect(compile).not.toHaveBeenCalled();
    for (const length of [1, 2, 5, 8, 9, 17, 40, 100]) await logits(prompt(length, 40 + length));
    await answer([user('first')], { sampling: { ...SAMPLED, topK: 3, repetitionPenalty: 2 } });
    expect(compile).not.toHaveBeenCalled();
    expect(compileNow).not.toHaveBeenCalled();
    expect(engine.pipelineCount).toBe(before);
    vi.restoreAllMocks();
  },
);

gpuTest(
  'the second turn computes its new tokens only, although the answer comes back as text',
  async ({ gpu: _ }) => {
    await load();
    for (const seed of [1, 2]) {
      const chat = [user(`hello ${seed}`)];
      const one = await answer(chat, { sampling: { ...SAMPLED, seed }, mask: { suppress: special } });
      const two = await answer([...chat, assistant(one.parts), user('and then?')]);
      const known = one.summary.promptTokens + one.summary.newTokens;
      // The last token sampled has no K and V yet when the answer was cut at its length.
      expect(two.summary.reusedTokens).toBeGreaterThanOrEqual(known - 1);
      expect(two.summary.prefilledTokens).toBe(two.summary.promptTokens - two.summary.reusedTokens);
      expect(two.summary.prefilledTokens).toBeLessThan(16);
    }
  },
);

gpuTest(
  'regenerating computes nothing, whatever the settings; the same seed gives the same text',
  async ({ gpu: _ }) => {
    await load();
    const chat = [user('tell me')];
    const first = await answer(chat);
    const other = await answer(chat, { sampling: { ...SAMPLED, seed: 8, topK: 5, repetitionPenalty: 1.3 } });
    const again = await answer(chat);
    for (const { summary } of [other, again])
      expect(summary).toMatchObject({ prefilledTokens: 0, reusedTokens: first.summary.promptTokens });
    expect(other.text).not.toBe(first.text);
    expect(again.text).toBe(first.text);
  },
);

gpuTest(
  'branches and whole chats are cached side by side: going back computes new tokens only',
  async ({ gpu: _ }) => {
    await load();
    const [a, b, c] = [
      prompt(90, 1),
      [...prompt(90, 1).slice(0, 50), ...prompt(60, 2).slice(2, 50)],
      prompt(70, 3),
    ];
    const fresh = [];
    for (const ids of [a, b, c]) {
      fresh.push(await logits(ids));
      await load(); // forgets
    }
    const computed: number[] = [];
    for (const ids of [a, b, c, a, b, c, b]) await logits(ids);
    const tail = (ids: number[]) => [...ids, 7, 8];
    for (const ids of [a, c, b]) {
      const messages = tail(ids);
      await logits(messages);
      const [want] = [fresh[[a, b, c].indexOf(ids)]];
      expectClose(await logits(ids), want, { ofRms: 1e-3 });
      computed.push(engine.prefillTotals.prefilledTokens);
    }
    const [before] = computed;
    expect(computed).toEqual([before, before + 2, before + 4]);
  },
);

gpuTest('a stopped answer stays cached: continuing it computes at most two tokens', async ({ gpu: _ }) => {
  await load();
  const stop = new AbortController();
  const chat = [user('go on and on')];
  let parts: Part[] = [];
  const stopped = await engine.generate({ messages: chat, sampling: SAMPLED }, (event) => {
    if ('index' in event) parts = withPartEvent(parts, event);
    if (event.kind === 'part-delta' && event.tokens >= 9) stop.abort();
  }, stop.signal); // prettier-ignore
  expect(stopped.reason).toBe('aborted');
  const next = await answer([...chat, assistant(parts)], { continue: true });
  const known = stopped.promptTokens + stopped.newTokens;
  expect(next.summary.reusedTokens).toBeGreaterThanOrEqual(known - 2);
  expect(next.summary.prefilledTokens).toBeLessThanOrEqual(2);
});

gpuTest('a prompt stopped during prefill ends at once, and its chunks stay cached', async ({ gpu: _ }) => {
  await load();
  const messages = [user(prompt(60, 9).join(' '))];
  const stop = new AbortController();
  const seen: number[] = [];
  const stopped = await engine.generate({ messages, sampling: GREEDY, maxTokens: 4 }, (event) => {
    if (event.kind === 'prefill') seen.push(event.doneTokens);
    if (seen.length === 2) stop.abort();
  }, stop.signal); // prettier-ignore
  expect(stopped).toMatchObject({ reason: 'aborted', newTokens: 0 });
  expect(seen).toHaveLength(2);
  const again = await answer(messages, { sampling: GREEDY, maxTokens: 4 });
  expect(again.summary.reusedTokens).toBe(seen[1]);
  await load();
  expect((await answer(messages, { sampling: GREEDY, maxTokens: 4 })).text).toBe(again.text);
});

gpuTest('the cache grows during a chat: the tokens stay the same and none waits', async ({ gpu: _ }) => {
  const ids = prompt(40, 5);
  policies = { ...standard, firstCapacity: 512 };
  await load();
  const { greedy: want } = await engine.logits({ ids, greedy: 140 }, notAborted);
  expect(engine.cacheGrowths).toEqual({ ahead: 0, waited: 0 });
  const whole = await logits([...ids, ...want]);
  for (const steps of [1, 8]) {
    policies = { ...standard, ...fixedSteps(steps) };
    await load();
    expect((await engine.logits({ ids, greedy: 140 }, notAborted)).greedy).toEqual(want);
    const { ahead, waited } = engine.cacheGrowths;
    expect(waited).toBe(0);
    expect(ahead).toBeGreaterThanOrEqual(2); // 64 → 128 → 256
    const before = engine.prefillTotals.prefilledTokens;
    expectClose(await logits([...ids, ...want]), whole, { ofRms: 1e-3 }); // every row moved along
    expect(engine.prefillTotals.prefilledTokens).toBeLessThanOrEqual(before + 2);
  }
  policies = standard;
  await load();
  await logits(prompt(300, 6)); // a prompt that does not fit makes its own room
  expect(engine.cacheGrowths.waited).toBe(1);
});

gpuTest(
  'a chat beyond the context drops its oldest turns, asks or stops, by its policy',
  async ({ gpu: _ }) => {
    await load(160);
    const messages: Turn[] = [turnOf('system', 'be brief')];
    for (let turn = 0; turn < 8; turn++)
      messages.push(user(`question ${turn} of many`), turnOf('assistant', `answer ${turn}`));
    messages.push(user('the last one'));
    expect(await engine.countTokens({ messages })).toBeGreaterThan(160);
    for (const contextPolicy of ['ask', 'stop'] as const) {
      const { text, summary } = await answer(messages, { contextPolicy, maxTokens: 8 });
      expect([text, summary.reason, summary.newTokens]).toEqual(['', 'context', 0]);
      expect(summary.overflow).toMatchObject({ promptTokens: summary.promptTokens, contextTokens: 160 });
      expect(summary.overflow?.dropTurns).toBeGreaterThan(0);
    }
    const dropped = await answer(messages, { maxTokens: 8 });
    const count = dropped.summary.droppedTurns ?? 0;
    expect(count).toBeGreaterThan(0);
    expect(dropped.summary.promptTokens).toBe(
      await engine.countTokens({ messages: [messages[0], ...messages.slice(1 + 2 * count)] }),
    );
    const next = await answer([...messages, assistant(dropped.parts), user('more')], { maxTokens: 4 });
    expect(next.summary.droppedTurns).toBe(count); // the same ones: the rest is still in the cache
    expect(next.summary.prefilledTokens).toBeLessThan(16);
    const tooLong = [user('word '.repeat(400))];
    await expect(answer(tooLong)).rejects.toMatchObject({ code: 'context-full' });
  },
);

gpuTest('log-probabilities are those of the raw logits', async ({ gpu: _ }) => {
  await load();
  const seen: { id: number; logprob: number; top: number[] }[] = [];
  await engine.generate({ messages: [user('why')], sampling: SAMPLED, maxTokens: 3, topLogprobs: 4 }, (event) => {
    if (event.kind === 'logprobs') seen.push({ ...event, top: event.top.map(({ id }) => id) });
  }, notAborted); // prettier-ignore
  const { ids: text } = await engine.tokenize({ text: 'why' }, notAborted);
  expect(text.length).toBeGreaterThan(0);
  expect(seen).toHaveLength(3);
  for (const { logprob, top } of seen) {
    expect(logprob).toBeLessThan(0);
    expect(new Set(top).size).toBe(4);
  }
});

gpuTest(
  'a long prefix survives a restart in IndexedDB, bit for bit, until a model needs the space',
  async ({ gpu: _ }) => {
    await kvStore.clear();
    await load();
    const ids = prompt(300, 11);
    const before = await logits(ids.slice(0, BLOCK_TOKENS));
    const next = await logits(ids.slice(0, BLOCK_TOKENS + 1)); // one token computed on top of the block
    await engine.rest();
    await load();
    const totals = () => engine.prefillTotals;
    expect(await logits(ids.slice(0, BLOCK_TOKENS + 1))).toEqual(next);
    expect(totals()).toEqual({ reusedTokens: BLOCK_TOKENS, prefilledTokens: 1 });
    expectClose(await logits(ids.slice(0, BLOCK_TOKENS)), before, { ofRms: 1e-3 });
    await load();
    await logits(prompt(BLOCK_TOKENS + 1, 12)); // another text: nothing of it is stored
    expect(totals().reusedTokens).toBe(0);
    let fullFor = 1;
    const crowded = cacheBefore(KvStore.open(), {
      ...memoryCache(),
      ensureRoom: async () => {
        if (fullFor-- > 0) throw quotaError(1000, 999);
      },
    });
    await crowded.ensureRoom(1000);
    await load();
    await logits(ids.slice(0, BLOCK_TOKENS + 1));
    expect(totals().reusedTokens).toBe(0);
  },
);
