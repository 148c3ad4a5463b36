// Constraints: exactly the masked tokens, nothing sampled ahead of a mask, and the free text around them as without one.
import { expect } from 'vitest';
import type { GenerateRequest, SamplingParams } from '../../protocol/chat';
import { addedText, user } from '../../testing/chat';
import { gpuTest } from '../../testing/gpuTest';
import { lateGpu } from '../../testing/lateGpu';
import { everyDraft, fixedSteps, noDrafts } from '../../testing/policies';
import { tinyModel } from '../../testing/tinyModel';
import { memoryCache } from '../../weights/stored/cache';
import { Engine } from '../engine';
import type { Policies } from '../policies';
import type { Constraint } from './constraint';

const GREEDY: SamplingParams = { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 0 };
const SAMPLED: SamplingParams = { ...GREEDY, temperature: 1, seed: 5 };
const PENALISED: SamplingParams = {
  ...SAMPLED,
  repetitionPenalty: 1.3,
  frequencyPenalty: 0.5,
  presencePenalty: 0.3,
};
const notAborted = new AbortController().signal;
const model = tinyModel({ architecture: 'chatglm', type: 'Q4_0' });
/** Changed by the tests; the engine reads them when it loads a model. */
let policies: Partial<Policies> = {};
let delayMs = 0;
const environment = {
  gpuApi: lateGpu(navigator.gpu, () => delayMs),
  cache: memoryCache(),
  kernels: { nibbles: 'f32', bytes: 'f32', prefill: 'f32' } as const, // a pass over several tokens rounds like one over one
  get policies() {
    return policies;
  },
};
const engine = new Engine(environment);

async function load(chosen: Partial<Policies>) {
  policies = chosen;
  const files = [new File([model.bytes as Uint8Array<ArrayBuffer>], 'tiny.gguf')];
  await engine.load({ kind: 'files', files }, { contextTokens: 512 }, () => {}, notAborted);
}

/** Runs an answer under a constraint and returns every id it had. */
async function answer(
  request: Partial<GenerateRequest>,
  inner: Constraint = { next: () => null },
  signal = notAborted,
) {
  const ids: number[] = [];
  let text = '';
  const constraint: Constraint = {
    next(id) {
      if (id !== undefined) ids.push(id);
      return inner.next(id);
    },
  };
  const messages = [user('go on and on and on and on')];
  const summary = await engine.generate(
    { messages, sampling: SAMPLED, maxTokens: 40, ...request },
    (event) => (text += addedText(event)),
    signal,
    constraint,
  );
  return { ids, text, summary };
}

/** Free until the answer has `after` tokens, then exactly these, then free again. */
function forcing(forced: number[], after: number): Constraint {
  let count = 0;
  return {
    next(id) {
      if (id !== undefined) count++;
      const wanted = forced.at(count - after);
      return count < after || count >= after + forced.length ? null : [wanted as number];
    },
  };
}

const FORCED = '{"city": "Köln"} so';
const encode = async (text: string) => (await engine.tokenize({ text }, notAborted)).ids;

gpuTest.for([
  { name: 'greedy', sampling: GREEDY },
  { name: 'sampled with penalties', sampling: PENALISED },
])(
  'a forced text in the middle of free text, $name: the same at any depth',
  async ({ sampling }, { gpu: _ }) => {
    const runs = [];
    for (const chosen of [
      { ...fixedSteps(1), ...noDrafts },
      { ...fixedSteps(8), ...noDrafts },
      { ...fixedSteps(8), ...everyDraft },
    ]) {
      await load(chosen);
      const forced = await encode(FORCED);
      const free = await answer({ sampling });
      const run = await answer({ sampling }, forcing(forced, 11));
      expect(run.ids.slice(0, 11)).toEqual(free.ids.slice(0, 11));
      expect(run.ids.slice(11, 11 + forced.length)).toEqual(forced);
      expect(run.ids.length).toBeGreaterThan(11 + forced.length); // free again
      expect(run.text).toContain(FORCED);
      expect(free.text).not.toContain('city');
      expect(run.summary.steps?.constrained).toBe(forced.length);
      expect(free.summary.steps?.dropped).toBe(0);
      runs.push({ free, run });
    }
    expect((await answer({ sampling })).ids).toEqual(runs[0].free.ids); // nothing of the constraint stays behind
    for (const { run, free } of runs) {
      expect(run.ids).toEqual(runs[0].run.ids);
      expect(free.ids).toEqual(runs[0].free.ids);
    }
    expect(runs[0].run.summary.steps).toMatchObject({ deepest: 1, dropped: 0 });
    expect(runs[1].run.summary.steps).toMatchObject({ deepest: 8, dropped: 1 });
    expect(runs[1].free.summary.steps).toMatchObject({ deepest: 8, constrained: 0 });
  },
);

gpuTest(
  'a constraint from the first token on, as ids and as a bitset, within the mask of the request',
  async ({ gpu: _ }) => {
    await load(fixedSteps(8));
    const allow = [70, 71, 200];
    const bits = new Uint32Array(7);
    for (const id of allow) bits[id >>> 5] |= 1 << (id & 31);
    const mask = { suppress: [71] };
    const byIds = await answer({ mask }, { next: () => allow });
    const byBits = await answer({ mask }, { next: () => bits });
    expect(byIds.ids).toHaveLength(39);
    expect(new Set(byIds.ids)).toEqual(new Set([70, 200]));
    expect(byBits.ids).toEqual(byIds.ids);
    expect(byIds.summary.steps).toEqual({ deepest: 0, constrained: 40, dropped: 0 });
    await expect(answer({ mask }, { next: () => [71] })).rejects.toMatchObject({ code: 'bad-request' });
  },
);

gpuTest(
  'Stop ends a constrained answer at once; the next answer is free and unchanged',
  async ({ gpu: _ }) => {
    await load(fixedSteps(8));
    const free = await answer({});
    const stop = new AbortController();
    const forced = await encode(FORCED);
    const inner = forcing(forced, 6);
    let count = 0;
    const stopped = await answer(
      {},
      {
        next(id) {
          if (++count === 10) stop.abort();
          return inner.next(id);
        },
      },
      stop.signal,
    );
    expect(stopped.summary.reason).toBe('aborted');
    expect(stopped.ids).toEqual([...free.ids.slice(0, 6), ...forced.slice(0, 3)]);
    const again = await answer({});
    expect(again.ids).toEqual(free.ids);
    expect(again.summary.reusedTokens).toBe(again.summary.promptTokens);
  },
);

gpuTest('an error of the constraint ends the answer with that error', async ({ gpu: _ }) => {
  await load(fixedSteps(8));
  const next = (id: number | undefined) => {
    if (id !== undefined) throw new Error('no such rule');
    return null;
  };
  await expect(answer({}, { next })).rejects.toThrow('no such rule');
  expect((await answer({})).summary.newTokens).toBe(40);
});

gpuTest(
  'where results are late, steps run ahead again as soon as the constraint ends',
  async ({ gpu: _ }) => {
    delayMs = 60;
    await load(noDrafts);
    const free = await answer({ maxTokens: 64 });
    const run = await answer({ maxTokens: 64 }, forcing([70, 71, 72], 0));
    expect(free.summary.stepsInFlight).toBeGreaterThan(1);
    expect(run.summary.stepsInFlight).toBeGreaterThan(1);
    expect(run.summary.steps?.deepest).toBeGreaterThan(1);
    delayMs = 0;
  },
);
