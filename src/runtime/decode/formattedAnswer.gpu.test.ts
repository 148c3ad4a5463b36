// Answers of a given form, by models with random weights: nothing but the mask keeps them within it.
import { expect } from 'vitest';
import type { AnswerFormat, AnswerPrompt, BrokenAnswer, GenerateSummary } from '../../protocol/chat';
import { addedText, user } from '../../testing/chat';
import { gpuTest } from '../../testing/gpuTest';
import { tinyModel } from '../../testing/tinyModel';
import { memoryCache } from '../../weights/stored/cache';
import { Engine } from '../engine';

const notAborted = new AbortController().signal;
const SCHEMA = {
  type: 'object',
  properties: { unit: { enum: ['celsius', '摄氏'] }, days: { type: 'integer', minimum: 1, maximum: 14 } },
  required: ['unit', 'days'],
};

gpuTest('JSON of a schema, a pattern, a choice; then a free answer as before', async ({ gpu: _ }) => {
  const engine = new Engine({ gpuApi: navigator.gpu, cache: memoryCache() });
  const { bytes } = tinyModel({ architecture: 'chatglm', type: 'Q4_0' });
  const files = [new File([bytes as Uint8Array<ArrayBuffer>], 'tiny.gguf')];
  await engine.load({ kind: 'files', files }, {}, () => {}, notAborted);
  let prompt: AnswerPrompt | undefined;
  let ids: number[] = [];
  const answer = async (
    format?: AnswerFormat,
    resume?: BrokenAnswer,
  ): Promise<GenerateSummary & { text: string }> => {
    let text = '';
    ids = [];
    const sampling = { temperature: 1, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1.3, seed: 3 };
    const summary = await engine.generate(
      { messages: [user('weather?')], sampling, maxTokens: 60, format, resume, journal: true },
      (event) => {
        if (event.kind === 'prompt') prompt = event.prompt;
        if (event.kind === 'token') ids.push(event.id);
        text += addedText(event);
      },
      notAborted,
    );
    return { ...summary, text };
  };
  const free = await answer();

  const json = await answer({ kind: 'schema', schema: SCHEMA });
  expect(json).toMatchObject({ reason: 'stop', formatFaults: [] });
  expect(SCHEMA.properties.unit.enum).toContain((JSON.parse(json.text) as { unit: string }).unit);
  expect(json.steps?.constrained).toBeGreaterThanOrEqual(json.newTokens);
  const begun = ids.slice(0, 5);
  const resumed = await answer({ kind: 'schema', schema: SCHEMA }, { ...prompt!, ids: begun });
  expect(resumed).toMatchObject({ text: json.text, formatFaults: [] });
  expect((await answer({ kind: 'regex', pattern: '\\d{2}-[xyz]' })).text).toMatch(/^\d{2}-[xyz]$/);
  expect(['yes', '不']).toContain((await answer({ kind: 'choice', options: ['yes', '不'] })).text);
  const impossible = { type: 'integer', minimum: 3, maximum: 2 };
  await expect(answer({ kind: 'schema', schema: impossible })).rejects.toMatchObject({ code: 'bad-schema' });

  // Random weights rarely close a string: the text ends before its 60 tokens do.
  const words = { type: 'array', items: { type: 'string' }, minItems: 2 };
  const open = { type: 'object', properties: { words, more: words }, required: ['words'] };
  const closed = await answer({ kind: 'schema', schema: open });
  expect(closed).toMatchObject({ reason: 'stop', formatFaults: [] });
  expect(closed.newTokens).toBeGreaterThan(30);

  expect((await answer()).text).toBe(free.text);
  await engine.unload();
});
