// How much a model thinks: the budget of a thought, no thought at all, and several answers from one prompt.
import { expect } from 'vitest';
import type { GenerateRequest, GenerateSummary, Part, PartEvent, SamplingParams } from '../../protocol/chat';
import { withPartEvent } from '../../shared/parts';
import { user } from '../../testing/chat';
import { writeGguf } from '../../testing/gguf';
import { gpuTest } from '../../testing/gpuTest';
import { everyDraft, fixedSteps, noDrafts } from '../../testing/policies';
import { tinyModel } from '../../testing/tinyModel';
import { memoryCache } from '../../weights/stored/cache';
import { Engine } from '../engine';
import type { Policies } from '../policies';

const SAMPLED: SamplingParams = { temperature: 1, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 5 };
const notAborted = new AbortController().signal;
let policies: Partial<Policies> = {};
const engine = new Engine({
  gpuApi: navigator.gpu,
  cache: memoryCache(),
  kernels: { nibbles: 'f32', bytes: 'f32', prefill: 'f32' }, // a pass over several tokens rounds like one over one
  get policies() {
    return policies;
  },
});
/** Random weights would end the answer by one of these: fourteen before five rows of padding. */
const SPECIAL = Array.from({ length: 14 }, (_, i) => 1003 - 5 - 14 + i);

async function load(chosen: Partial<Policies> = {}) {
  policies = chosen;
  const { file } = tinyModel({ architecture: 'glm4', type: 'Q4_0', contextTokens: 1024 });
  const metadata: typeof file.metadata = { ...file.metadata, 'general.name': 'GLM-Z1-9B-0414' };
  delete metadata['tokenizer.chat_template'];
  const bytes = writeGguf({ ...file, metadata });
  const files = [new File([bytes as Uint8Array<ArrayBuffer>], 'z1.gguf')];
  return engine.load({ kind: 'files', files }, { contextTokens: 1024 }, () => {}, notAborted);
}

async function generate(request: Partial<GenerateRequest>) {
  let parts: Part[] = [];
  const summary: GenerateSummary = await engine.generate(
    { messages: [user('why?')], sampling: SAMPLED, mask: { suppress: SPECIAL }, ...request },
    (event) => {
      if (event.kind.startsWith('part-')) parts = withPartEvent(parts, event as PartEvent);
    },
    notAborted,
  );
  return { summary, parts: parts.map((part) => ({ ...part, thinkingMs: undefined })) };
}

const idsOf = async (text: string) => (await engine.tokenize({ text }, notAborted)).ids;

gpuTest(
  'a thought ends at its budget at any depth, or does not begin; several answers read one prompt',
  async ({ gpu: _ }) => {
    const runs: Part[][] = [];
    let closing = 0;
    for (const chosen of [
      { ...fixedSteps(1), ...noDrafts },
      { ...fixedSteps(8), ...everyDraft },
    ]) {
      expect(await load(chosen)).toMatchObject({ family: 'glm-z1', thinks: true });
      const { parts, summary } = await generate({ thinkingTokens: 24, maxTokens: 48 });
      expect(parts[0]).toMatchObject({ type: 'thought', atBudget: true });
      const { tokens = 0 } = parts[0] as { tokens?: number };
      closing = (await idsOf('\n</think>\n\n')).length;
      expect(tokens).toBeGreaterThan(15);
      expect(tokens).toBeLessThanOrEqual(24 + 8 + closing);
      expect(parts[1]).toMatchObject({ type: 'text' });
      expect(summary).toMatchObject({ reason: 'length', newTokens: 48 });
      expect(summary.steps?.constrained).toBe(closing);
      runs.push(parts as Part[]);
    }
    expect(runs[1]).toEqual(runs[0]);
    // Without a budget the thought has not ended by then.
    const { parts } = await generate({ maxTokens: 48 });
    expect(parts).toMatchObject([{ type: 'thought', unfinished: true }]);

    // Without a thought the prompt closes it, and several answers read one prompt.
    const thinking = await generate({ maxTokens: 4 });
    const first = await generate({ thinkingTokens: 0, maxTokens: 12 });
    expect(first.parts).toMatchObject([{ type: 'text' }]);
    expect(first.summary.promptTokens).toBe(thinking.summary.promptTokens + closing);
    expect(first.summary.prefilledTokens).toBeLessThanOrEqual(closing + 1);
    const before = engine.prefillTotals.prefilledTokens;
    for (const seed of [6, 7, 8]) {
      const sampling = { ...SAMPLED, seed };
      const { summary } = await generate({ thinkingTokens: 0, maxTokens: 12, sampling });
      expect(summary).toMatchObject({ prefilledTokens: 0, reusedTokens: summary.promptTokens });
    }
    expect(engine.prefillTotals.prefilledTokens).toBe(before);
  },
);
