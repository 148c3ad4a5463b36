// Prompts without reasoning, of files without a switch in their template; the others: template/chatTemplate.test.ts.
import { expect, it } from 'vitest';
import type { Part, Turn } from '../protocol/chat';
import { fixtureMetadata } from '../tokenizer/golden/fixture';
import { createTokenizer } from '../tokenizer/tokenizer';
import { encodeOwn, renderChat } from './chatFormat';
import { thoughtEnd } from './chatPieces';
import { modelFamily } from './modelFamily';

const z1 = modelFamily({ 'general.architecture': 'glm4', 'general.name': 'GLM-Z1-9B-0414' });
const seeing = modelFamily({ 'general.architecture': 'glm4', 'general.name': 'GLM-4.1V-9B-Thinking' });
const plain = modelFamily({ 'general.architecture': 'glm4', 'general.name': 'GLM-4-9B-0414' });
const say = (role: Turn['role'], text: string): Turn => ({ role, parts: [{ type: 'text', text }] });
const question = say('user', 'q');
const thought: Part = { type: 'thought', text: 'hm' };

const end = (family: typeof z1, withoutThought: boolean, begun?: Part[]) =>
  renderChat({
    family,
    withoutThought,
    messages: begun ? [question, { role: 'assistant', parts: begun }] : [question],
    continueLast: begun !== undefined,
    addGenerationPrompt: true,
  }).replace(/.*<\|assistant\|>/s, '');

it('an empty thought takes the place of reasoning, in the words of the model', () => {
  expect(seeing.id).toBe('glm-4.1v');
  expect(end(z1, false)).toBe('\n<think>\n');
  expect(end(z1, true)).toBe('\n<think>\n\n</think>\n\n');
  expect(end(seeing, true)).toBe('\n<think></think><answer>');
  expect(end(plain, true)).toBe(end(plain, false));
  expect([z1, seeing].map((family) => thoughtEnd({ family }))).toEqual([
    '\n</think>\n\n',
    '</think><answer>',
  ]);
});

it('an answer goes on as it was begun, whatever is chosen now', () => {
  const text: Part = { type: 'text', text: 'So' };
  for (const withoutThought of [true, false]) {
    expect(end(z1, withoutThought, [text])).toBe('\n<think>\n\n</think>\n\nSo');
    expect(end(z1, withoutThought, [thought, text])).toBe('\n<think>\nhm\n</think>\n\nSo');
  }
});

it('tags of the format become tokens where the vocabulary has them', () => {
  const tokenizer = createTokenizer(fixtureMetadata());
  const ids = new Map([
    ['</think>', 1],
    ['<answer>', 2],
  ]);
  const some = {
    encode: (text: string) => tokenizer.encode(text),
    specialId: (name: string) => ids.get(name),
  };
  expect(encodeOwn(some, '</think><answer>')).toEqual([1, 2]);
  expect(encodeOwn(some, '\n</think>\n\n')).toEqual([
    ...tokenizer.encode('\n'),
    1,
    ...tokenizer.encode('\n\n'),
  ]);
  expect(encodeOwn(tokenizer, '\n</think>\n\n')).toEqual(tokenizer.encode('\n</think>\n\n'));
});
