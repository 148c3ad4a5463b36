// A turn over scripted answerers.
import { expect, test } from 'vitest';
import type { FilePart, GenerateRequest, GenerateSummary, Part, PartEvent, Turn } from '../protocol/chat';
import { type Answerer, engineAnswerer, serverAnswerer } from './answerer';
import { runTurn } from './turn';
import { promptTurns, turnRequest } from './turnRequest';

const text = (words: string): Part => ({ type: 'text', text: words });
const user = (...parts: Part[]): Turn => ({ role: 'user', parts });
const sampling = { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 0 };
const summary: GenerateSummary = {
  reason: 'stop',
  promptTokens: 9,
  reusedTokens: 0,
  newTokens: 2,
  prefillMs: 1,
  decodeMs: 1,
  contextUsed: 11,
  contextTokens: 100,
};
const file = (name: string, words: string): FilePart => ({
  type: 'file',
  id: name,
  name,
  mediaType: 'text/plain',
  blob: new Blob([words]),
  document: { kind: 'text', text: words },
});

/** An answerer that sends these events. */
function scripted(...events: PartEvent[]) {
  const requests: GenerateRequest[] = [];
  const answerer: Pick<Answerer, 'can' | 'generate'> = {
    can: { continue: true, tools: false, images: false, logprobs: true, constrain: false },
    async generate(request, { onEvent }) {
      requests.push(request);
      events.forEach((event) => onEvent?.(event));
      return summary;
    },
  };
  return { answerer, requests };
}

test('the system turn comes first, and not at all when its text is blank', () => {
  const history = [user(text('Hi'))];
  expect(promptTurns({ systemPrompt: ' Be brief. ', history })).toEqual([
    { role: 'system', parts: [text('Be brief.')] },
    ...history,
  ]);
  expect(promptTurns({ systemPrompt: ' \n', history })).toEqual(history);
});

test('documents become text before their question; pictures become words for a model without eyes', () => {
  const picture: Part = { type: 'image', blob: new Blob(), alt: 'a cat' };
  const [turn] = promptTurns({ systemPrompt: '', history: [user(file('a.txt', 'one'), text('Why?'))] });
  expect(turn.parts).toEqual([text('[File Name]\na.txt\n[File Content]\none\n\n\n1 files uploaded.\nWhy?')]);
  const asked = { systemPrompt: '', history: [user(picture, text('What is it?'))] };
  expect(promptTurns(asked)[0].parts).toEqual([text('[a cat]\n'), text('What is it?')]);
  expect(promptTurns(asked, true)[0].parts).toEqual([picture, text('What is it?')]);
});

test('a request to continue ends with the beginning of the answer', () => {
  const turn = { systemPrompt: '', history: [user(text('Hi'))], sampling, begun: [text('Hel')] };
  expect(turnRequest(turn, { images: false })).toMatchObject({
    messages: [user(text('Hi')), { role: 'assistant', parts: [text('Hel')] }],
    continue: true,
  });
  expect(turnRequest({ ...turn, begun: [] }, { images: false })).not.toHaveProperty('continue');
});

test('the outcome has the parts of the whole answer, and every event goes through', async () => {
  const call: Part = { type: 'call', id: 'call-1', tool: 'f', args: '{}', state: 'unknown' };
  const seen: string[] = [];
  const { answerer } = scripted(
    { kind: 'part-start', index: 0, part: { type: 'text', text: 'Hel' } },
    { kind: 'part-delta', index: 0, text: 'lo', tokens: 1, contextUsed: 1 },
    { kind: 'part-end', index: 0, part: { type: 'text', text: 'Hello' } },
    { kind: 'part-end', index: 1, part: call },
  );
  const turn = { systemPrompt: '', history: [user(text('Hi'))], sampling, begun: [text('Hel')] };
  const outcome = await runTurn(answerer, turn, { onEvent: ({ kind }) => seen.push(kind) });
  expect(outcome).toEqual({ parts: [text('Hello'), call], summary, hops: [summary] });
  expect(seen).toEqual(['part-start', 'part-delta', 'part-end', 'part-end']);
});

test('answerers say who they are and what they can do', async () => {
  const info = { id: 'm', name: 'GLM', origin: 'u', quantisation: 'INT4' };
  let ready = false;
  const engine = engineAnswerer(
    { call: async () => ({ tokens: 7 }) as never },
    { untilReady: async () => (ready = true), info: () => (ready ? info : null) },
  );
  expect(engine.author()).toBeNull();
  expect(await engine.ready(new AbortController().signal)).toBe(true);
  expect(engine.author()).toEqual({ model: { id: 'm', name: 'GLM', origin: 'u' }, quantisation: 'INT4' });
  expect(await engine.countTokens?.([])).toBe(7);
  const choice = {
    baseUrl: 'https://example.org:8000/v1',
    key: '',
    model: 'glm',
    contextTokens: 0,
    sampling: {},
  };
  expect(serverAnswerer({ ...choice, kind: 'vllm' })).toMatchObject({
    can: { continue: true },
    local: false,
  });
  const other = serverAnswerer({ ...choice, kind: 'other' });
  expect(other.can.continue).toBe(false);
  expect(other.can.tools).toBe(true);
  expect(serverAnswerer({ ...choice, kind: 'llamacpp' }).can.tools).toBe('chosen');
  expect(other.author()).toMatchObject({ model: { name: 'glm' }, server: 'example.org:8000', sampling: {} });
  expect(other.countTokens).toBeUndefined();
});
