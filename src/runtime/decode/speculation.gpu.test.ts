// Checked drafts change no bit in any arithmetic: a pass over a few tokens rounds each as it would alone.
import { expect } from 'vitest';
import type { KernelTuning } from '../../model/tuneDevice';
import type { SamplingParams } from '../../protocol/chat';
import { addedText, user } from '../../testing/chat';
import { gpuTest } from '../../testing/gpuTest';
import { randomPrompt, tinyModel } from '../../testing/tinyModel';
import { memoryCache } from '../../weights/stored/cache';
import { everyDraft, fixedSteps, noDrafts } from '../../testing/policies';
import { Engine } from '../engine';
import type { Policies } from '../policies';

/** Per answer. Enough for drafts to be accepted and refused. */
const NUM_TOKENS = 16;
const notAborted = new AbortController().signal;
const model = tinyModel({ architecture: 'chatglm', type: 'Q4_0' });
const int8 = { nibbles: 'dot4', bytes: 'dot4' } as const;
const variants: { name: string; kernels?: Partial<KernelTuning> }[] = [
  { name: 'as this adapter is tuned' },
  {
    name: 'int8 in slices, as on a GPU',
    kernels: { ...int8, matvecRows: 64, matvecSlices: 4, broadcastLanes: 0 },
  },
];
const samplings: SamplingParams[] = [0.05, 1].map((temperature) => ({
  temperature, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 5,
})); // prettier-ignore

/** Changed between runs; an engine reads them when it loads a model. */
let policies: Partial<Policies> = {};

/** An engine of this tuning. Two runs share it: a device of its own would compile every kernel again. */
const engineWith = (kernels?: Partial<KernelTuning>) =>
  new Engine({
    gpuApi: navigator.gpu,
    cache: memoryCache(),
    kernels,
    get policies() {
      return policies;
    },
  });

/** Ids, sampled texts, and the logits after them, which depend on the whole cache. */
async function run(engine: Engine, drafts: Pick<Policies, 'drafts'>) {
  policies = { ...fixedSteps(1), ...drafts };
  const files = [new File([model.bytes as Uint8Array<ArrayBuffer>], 'tiny.gguf')];
  await engine.load({ kind: 'files', files }, { contextTokens: 512 }, () => {}, notAborted);
  const ids = randomPrompt(model.shape, 3, 1);
  const prompted = [...ids, ...ids, ...ids.slice(0, 2)]; // repetitions to look up; short enough for one chunk
  const { greedy } = await engine.logits({ ids: prompted, greedy: NUM_TOKENS }, notAborted);
  const { all } = await engine.logits({ ids: [...prompted, ...greedy, 5, 6], all: true }, notAborted);
  const results = { greedy, logits: new Uint32Array((all as Float32Array).buffer) };
  const texts: string[] = [];
  let passes = 0;
  for (const sampling of samplings) {
    let text = '';
    const messages = [user('go on and on and on and on')];
    const { speculation } = await engine.generate(
      { messages, sampling, maxTokens: 2 * NUM_TOKENS },
      (event) => (text += addedText(event)),
      notAborted,
    );
    passes += speculation?.passes ?? 0;
    texts.push(text);
  }
  await engine.unload();
  return { results, texts, passes };
}

gpuTest.for(variants)(
  'drafts change no id and no bit of the logits: $name',
  async ({ kernels }, { gpu: _ }) => {
    const engine = engineWith(kernels);
    const plain = await run(engine, noDrafts);
    const drafted = await run(engine, everyDraft);
    expect(drafted.passes).toBeGreaterThan(0);
    expect(drafted.texts).toEqual(plain.texts);
    expect(drafted.results).toEqual(plain.results);
  },
);

gpuTest('no drafts where a pass over a few rounds otherwise: floats that are broadcast', async ({ gpu }) => {
  const broadcastLanes = gpu.gpu.adapter.subgroupSize;
  if (!broadcastLanes) return;
  const engine = engineWith({
    nibbles: 'f32',
    bytes: 'f32',
    prefill: 'f32',
    broadcastLanes,
    matvecSlices: 1,
  });
  expect((await run(engine, everyDraft)).passes).toBe(0);
});
