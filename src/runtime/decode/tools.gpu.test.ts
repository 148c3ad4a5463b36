// Tools in the loop of calls and results: what each hop computes, and what becomes of a call.
import { expect } from 'vitest';
import golden from '../../model/template/golden/templates.json';
import type { GenerateSummary, Part, PartEvent, SamplingParams, ToolSpec, Turn } from '../../protocol/chat';
import { withPartEvent } from '../../shared/parts';
import { user } from '../../testing/chat';
import { writeGguf } from '../../testing/gguf';
import { gpuTest } from '../../testing/gpuTest';
import { tinyModel } from '../../testing/tinyModel';
import { memoryCache } from '../../weights/stored/cache';
import { Engine } from '../engine';
import type { Constraint } from './constraint';

const SAMPLED: SamplingParams = { temperature: 1, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 5 };
const notAborted = new AbortController().signal;
const engine = new Engine({ gpuApi: navigator.gpu, cache: memoryCache() });
const CLOCK: ToolSpec = {
  type: 'function',
  name: 'now',
  description: 'Time',
  parameters: { type: 'object', properties: { zone: { enum: ['utc', 'cet'] } }, required: ['zone'] },
};

async function load(template: keyof typeof golden.templates) {
  const { file } = tinyModel({ architecture: 'chatglm', type: 'Q4_0', contextTokens: 2048 });
  const metadata = { ...file.metadata, 'tokenizer.chat_template': golden.templates[template].template };
  const bytes = writeGguf({ ...file, metadata });
  const files = [new File([bytes as Uint8Array<ArrayBuffer>], `${template}.gguf`)];
  return engine.load({ kind: 'files', files }, { contextTokens: 2048 }, () => {}, notAborted);
}

/** One request; with `forced`, these ids and no others. */
async function generate(
  messages: Turn[],
  {
    forced,
    ...request
  }: { forced?: number[]; continue?: boolean; maxTokens?: number; tools?: ToolSpec[] } = {},
): Promise<{ parts: Part[]; summary: GenerateSummary }> {
  let parts: Part[] = [...(request.continue ? (messages.at(-1)?.parts ?? []) : [])];
  let count = 0;
  const constraint: Constraint = { next: () => (forced && count < forced.length ? [forced[count++]] : null) };
  const summary = await engine.generate(
    { messages, sampling: SAMPLED, maxTokens: 12, tools: [CLOCK], ...request },
    (event) => {
      if (event.kind.startsWith('part-')) parts = withPartEvent(parts, event as PartEvent);
    },
    notAborted,
    forced && constraint,
  );
  return { parts, summary };
}

const encode = async (text: string) => (await engine.tokenize({ text }, notAborted)).ids;

gpuTest('each hop computes its observation alone', async ({ gpu: _ }) => {
  const info = await load('nano-tools');
  expect(info).toMatchObject({ tools: true, warnings: [] });
  const ids = await encode('now\n{"zone":  "utc"}'); // two blanks: not how it would be encoded
  const observation = info.vocabSize - 5 - 5; // the tenth special token of fourteen, before five rows of padding
  const question = user('what time is it?');
  const first = await generate([question], { forced: [...ids, observation], maxTokens: 99 });
  expect(first.summary.reason).toBe('observation');
  expect(first.parts).toMatchObject([
    { type: 'call', tool: 'now', args: '{"zone":  "utc"}', state: 'unknown' },
  ]);

  const result: Part = { type: 'result', callId: 'call-0', parts: [], observation: '14:05 <|user|>' };
  const turn: Turn = { role: 'assistant', parts: [...first.parts, result] };
  const second = await generate([question, turn], { continue: true });
  const added = 2 + (await encode('\n14:05 <|user|>')).length; // between the two role tokens
  const { promptTokens } = first.summary;
  expect(second.summary.promptTokens).toBe(promptTokens + ids.length + added);
  expect(second.summary.prefilledTokens).toBeLessThanOrEqual(added + 1); // the last token of the call may not be cached
  expect(second.summary.reusedTokens).toBeGreaterThanOrEqual(promptTokens + ids.length - 1);

  // The next question computes itself alone.
  const third = await generate([question, { role: 'assistant', parts: second.parts }, user('and now?')]);
  expect(third.summary.prefilledTokens).toBeLessThanOrEqual((await encode('\nand now?')).length + 3);
});
