// Steps in flight change no token.
import { expect } from 'vitest';
import type { AnswerPrompt, GenerateRequest, SamplingParams } from '../../protocol/chat';
import { addedText, user } from '../../testing/chat';
import { gpuTest } from '../../testing/gpuTest';
import { randomPrompt, tinyModel } from '../../testing/tinyModel';
import { lateGpu } from '../../testing/lateGpu';
import { fixedSteps } from '../../testing/policies';
import { memoryCache } from '../../weights/stored/cache';
import { Engine } from '../engine';
import type { Policies } from '../policies';
import { MAX_DEPTH } from './inFlight';

const GREEDY: SamplingParams = { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 0 };
const notAborted = new AbortController().signal;
const model = tinyModel({ architecture: 'chatglm', type: 'Q4_0' });
const prompt = (n: number, seed: number) => randomPrompt(model.shape, n, seed);
/** Changed by the tests; the engine reads them when it loads a model. */
let policies: Partial<Policies> = {};
let delayMs = 0;
const kernels = { nibbles: 'f32', bytes: 'f32', prefill: 'f32' } as const; // a pass over several tokens rounds like passes over one
const environment = {
  gpuApi: lateGpu(navigator.gpu, () => delayMs),
  cache: memoryCache(),
  kernels,
  get policies() {
    return policies;
  },
};
const engine = new Engine(environment);

/** Loads the tiny model under the present policies. */
async function load(contextTokens = 512) {
  const files = [new File([model.bytes as Uint8Array<ArrayBuffer>], 'tiny.gguf')];
  await engine.load({ kind: 'files', files }, { contextTokens }, () => {}, notAborted);
}

async function answer(request: Partial<GenerateRequest>) {
  let text = '';
  const messages = [user('go on')];
  const summary = await engine.generate(
    { messages, sampling: GREEDY, maxTokens: 24, ...request },
    (event) => (text += addedText(event)),
    notAborted,
  );
  return { text, summary };
}

/** The same, stopped at its first token. */
async function stopAtOnce(request: Partial<GenerateRequest>) {
  const stop = new AbortController();
  const messages = [user('go on')];
  const { reason } = await engine.generate(
    { messages, sampling: GREEDY, maxTokens: 24, topLogprobs: 0, ...request },
    ({ kind }) => kind === 'logprobs' && stop.abort(), // a random model's first text may be held back as a tool's name
    stop.signal,
  );
  expect(reason).toBe('aborted');
}

const samplings: SamplingParams[] = [
  { ...GREEDY, temperature: 1, seed: 5 },
  { ...GREEDY, temperature: 0.8, topK: 40, topP: 0.9, repetitionPenalty: 1.2, seed: 6 },
  { ...GREEDY, temperature: 1.2, frequencyPenalty: 0.5, presencePenalty: 0.3, seed: 7 },
];

gpuTest(
  'random prompts decode identically with one step and with as many as possible in flight, also after Stop',
  async ({ gpu: _ }) => {
    const run = async (stepsInFlight: number) => {
      policies = fixedSteps(stepsInFlight);
      await load(56);
      const greedy = [];
      for (const seed of [1, 2])
        greedy.push((await engine.logits({ ids: prompt(20 + seed, seed), greedy: 90 }, notAborted)).greedy);
      const texts = [];
      const mask = { suppress: [70, 71, 72] };
      for (const sampling of samplings) {
        await stopAtOnce({ sampling }); // what is in flight then runs on
        for (const masked of [{}, { mask }]) texts.push((await answer({ sampling, ...masked })).text);
      }
      return { greedy, texts };
    };
    const one = await run(1);
    expect(await run(MAX_DEPTH)).toEqual(one);
    expect(one.greedy.map((ids) => ids.length)).toEqual([36, 35]); // to the end of the context
    policies = {};
  },
);

gpuTest('results that are 100 ms late: steps run ahead and the text stays the same', async ({ gpu: _ }) => {
  await load();
  const inTime = await answer({});
  delayMs = 100;
  await load(); // measures the latency again
  const late = await answer({});
  expect(late.text).toBe(inTime.text);
  expect(late.summary.stepsInFlight).toBeGreaterThan(1);
  delayMs = 0;
});

gpuTest('a mask holds from the first token on, and lifts with the next answer', async ({ gpu: _ }) => {
  await load();
  const free = await answer({});
  const allow = [70, 71, 72];
  const masked = await answer({ mask: { allow, suppress: [71] }, sampling: { ...GREEDY, temperature: 2 } });
  expect(masked.summary.newTokens).toBe(24);
  expect(new Set(masked.text).size).toBeLessThan(free.text.length); // two tokens, again and again
  expect((await answer({})).text).toBe(free.text);
});

gpuTest(
  'an answer that broke off at any token goes on to the same end, on a new engine too',
  async ({ gpu: _ }) => {
    const request = { messages: [user('go on')], maxTokens: 24, journal: true };
    for (const sampling of [GREEDY, samplings[1]]) {
      await load();
      let prompt: AnswerPrompt | undefined;
      const ids: number[] = [];
      let text = '';
      await engine.generate(
        { ...request, sampling },
        (event) => {
          if (event.kind === 'prompt') prompt = event.prompt;
          if (event.kind === 'token') ids.push(event.id);
          text += addedText(event);
        },
        notAborted,
      );
      for (const broken of [0, 7, ids.length]) {
        await load(); // nothing is cached
        let again = '';
        const resume = { ...prompt!, ids: ids.slice(0, broken) };
        const summary = await engine.generate(
          { ...request, sampling, resume },
          (event) => (again += addedText(event)),
          notAborted,
        );
        expect(again).toBe(text);
        expect(summary.newTokens).toBe(ids.length);
      }
    }
  },
);
