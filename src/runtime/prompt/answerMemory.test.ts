// Text comes back as other tokens than were sampled; the sampled ones are put back where the parts are the same.
import { expect, test } from 'vitest';
import { createAnswerParser } from '../../model/answerParser';
import { encodeChat } from '../../model/chatFormat';
import { modelFamily } from '../../model/modelFamily';
import type { Part, Turn } from '../../protocol/chat';
import { seeded } from '../../testing/random';
import { fixtureMetadata } from '../../tokenizer/golden/fixture';
import { createTokenizer } from '../../tokenizer/tokenizer';
import { AnswerMemory } from './answerMemory';
import { ChatPrompts } from './chatPrompt';

const text = (words: string): Part => ({ type: 'text', text: words });
const promptIds = [0, 1, 5, 6];

test('the sampled tokens of the same parts return, of several answers to one prompt the one with these parts', () => {
  const memory = new AnswerMemory();
  memory.remember({ promptIds, ids: [1, 5], parts: [text('c')] });
  memory.remember({ promptIds, ids: [1, 2, 3], parts: [text('ab')] });
  expect(memory.recall(promptIds, [text('ab')])).toEqual([1, 2, 3]);
  expect(memory.recall(promptIds, [text('c')])).toEqual([1, 5]);
});

test('another text, another prompt or another number of parts stays as it was encoded', () => {
  const memory = new AnswerMemory();
  memory.remember({ promptIds, ids: [1, 2, 3], parts: [text('ab')] });
  expect(memory.recall(promptIds, [text('abc')])).toBeUndefined();
  expect(memory.recall([0, 1, 2, 6], [text('ab')])).toBeUndefined();
  expect(memory.recall(promptIds, [text('ab'), text('c')])).toBeUndefined();
});

test('what was added to an answer after it was written does not matter', () => {
  const memory = new AnswerMemory();
  const call = { type: 'call', id: '1', tool: 'f', args: '{}', state: 'unknown' } as const;
  const parts: Part[] = [{ type: 'thought', text: 'hm' }, call];
  memory.remember({ promptIds, ids: [2], parts });
  const kept: Part[] = [
    { type: 'thought', text: 'hm', thinkingMs: 12 },
    { ...call, state: 'done' },
  ];
  expect(memory.recall(promptIds, kept)).toEqual([2]);
});

const metadata = fixtureMetadata();
const tokenizer = createTokenizer(metadata);
const special = (name: string) => tokenizer.specialId(name) ?? 0;
const family = modelFamily({ 'general.architecture': 'chatglm' });
const question: Turn = { role: 'user', parts: [text('question')] };
const sampling = { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 0 };

/** Asks, answers with these ids, and remembers. @returns the prompt's ids and the whole answer's parts */
function answer(prompts: ChatPrompts, messages: Turn[], ids: number[], begun?: Part[]) {
  const request = { messages, sampling, ...(begun && { continue: true }) };
  const prompt = prompts.fit(request, 1e6);
  const parser = createAnswerParser({
    tokenizer,
    answerStart: prompts.family.format.answerStart,
    begun,
    onEvent: () => undefined,
  });
  for (const id of ids) parser.push(id);
  const parts = parser.end('stop');
  prompts.remember(prompt, ids, parts);
  return { prompt: prompt.ids, parts };
}

test.for(['chatglm', 'glm4'])(
  '%s: whatever a model samples is found again in the next prompt',
  (architecture) => {
    const prompts = new ChatPrompts(tokenizer, modelFamily({ 'general.architecture': architecture }));
    const random = seeded(5);
    const ordinary = metadata['tokenizer.ggml.tokens']
      .map((_, id) => id)
      .filter((id) => tokenizer.decodeBytes([id]).length > 0);
    const stretches = [
      () => [special('<|assistant|>')],
      () => tokenizer.encode('\n<think>\nbecause\n</think>\n\n'),
      () => [special('<|assistant|>'), ...tokenizer.encode('get_time \n{"city": "Paris"}')],
      () => tokenizer.encode('[[训练时间]]'),
      () => [special('<sop>')],
      () => Array.from({ length: 8 }, () => ordinary[random.int(ordinary.length)]),
    ];
    for (let round = 0; round < 64; round++) {
      const chat: Turn[] = [{ role: 'user', parts: [text(`question ${round}`)] }];
      const ids = Array.from({ length: 4 }, () => stretches[random.int(stretches.length)]()).flat();
      const { prompt, parts } = answer(prompts, chat, ids);
      const next = prompts.encode({ messages: [...chat, { role: 'assistant', parts }, question] }).ids;
      expect(next.slice(0, prompt.length + ids.length)).toEqual([...prompt, ...ids]);
    }
  },
);

test('an answer that was cut and continued is found again whole', () => {
  const prompts = new ChatPrompts(tokenizer, family);
  const [first, rest] = [tokenizer.encode('\nOnce up'), tokenizer.encode('on a time')];
  const cut = answer(prompts, [question], first);
  const begun: Turn = { role: 'assistant', parts: cut.parts };
  const whole = answer(prompts, [question, begun], rest, cut.parts);
  expect(whole.prompt).toEqual([...cut.prompt, ...first]);
  const next = prompts.encode({
    messages: [question, { role: 'assistant', parts: whole.parts }, question],
  }).ids;
  expect(next.slice(0, cut.prompt.length + first.length + rest.length)).toEqual([
    ...cut.prompt,
    ...first,
    ...rest,
  ]);
});

test('a call, its result and what follows are found again', () => {
  const prompts = new ChatPrompts(tokenizer, family);
  const callIds = tokenizer.encode('get_time \n{"city":  "Paris"}');
  const called = answer(prompts, [question], callIds);
  const result: Part = { type: 'result', callId: 'call-0', parts: [{ type: 'text', text: '14:05' }] };
  const begun = [...called.parts, result];
  const lastIds = tokenizer.encode('\nIt is 14:05.');
  const last = answer(prompts, [question, { role: 'assistant', parts: begun }], lastIds, begun);
  expect(last.prompt.slice(0, called.prompt.length + callIds.length)).toEqual([...called.prompt, ...callIds]);
  const next = prompts.encode({
    messages: [question, { role: 'assistant', parts: last.parts }, question],
  }).ids;
  expect(next.slice(0, last.prompt.length + lastIds.length)).toEqual([...last.prompt, ...lastIds]);
});

test('a fresh prompt never ends in an answer', () => {
  const prompts = new ChatPrompts(tokenizer, family);
  const { prompt } = answer(prompts, [question], [special('<sop>')]);
  expect(prompts.encode({ messages: [question] }).ids).toEqual(prompt);
});

test('a thinking model’s history drops its thoughts, as its template does', () => {
  const z1 = modelFamily({ 'general.architecture': 'glm4', 'general.name': 'GLM-Z1-9B-0414' });
  const prompts = new ChatPrompts(tokenizer, z1);
  const { parts } = answer(prompts, [question], tokenizer.encode('because\n</think>\n\nYes.'));
  expect(parts).toMatchObject([{ type: 'thought', text: 'because' }, text('Yes.')]);
  const messages: Turn[] = [question, { role: 'assistant', parts }, question];
  const dropped: Turn[] = [question, { role: 'assistant', parts: [text('Yes.')] }, question];
  const plain = encodeChat({ tokenizer, family: z1, messages: dropped, addGenerationPrompt: true });
  expect(prompts.encode({ messages: messages }).ids).toEqual(plain.ids);
});
