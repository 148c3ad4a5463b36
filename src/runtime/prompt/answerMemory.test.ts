// Text comes back as other tokens than were sampled; the sampled ones are put back where the text is the same.
import { expect, test } from 'vitest';
import { encodeChat, stripAnswer } from '../../model/chatFormat';
import { modelFamily } from '../../model/modelFamily';
import { seeded } from '../../testing/random';
import { fixtureMetadata } from '../../tokenizer/golden/fixture';
import { createIncrementalDecoder } from '../../tokenizer/incrementalDecoder';
import { createTokenizer } from '../../tokenizer/tokenizer';
import { AnswerMemory } from './answerMemory';

const pieces = ['', '\n', 'a', 'b', 'ab', 'c', '']; // 0 and 6 are special
const decodeBytes = (ids: number[]) => new TextEncoder().encode(ids.map((id) => pieces[id]).join(''));
const prompt = [0, 1, 5, 6];

function remembering(...answers: number[][]): AnswerMemory {
  const memory = new AnswerMemory({ decodeBytes });
  answers.forEach((ids) => memory.remember(prompt, ids));
  return memory;
}

test('the sampled tokens of the same text return, with or without the line feed that begins it', () => {
  const memory = remembering([1, 2, 3, 5]);
  expect(memory.recall([...prompt, 1, 4, 5, 0, 1, 3])).toEqual([...prompt, 1, 2, 3, 5, 0, 1, 3]);
  expect(remembering([2, 3]).recall([...prompt, 1, 4, 0])).toEqual([...prompt, 2, 3, 0]);
});

test('another text, another prompt or another number of turns stays as it was encoded', () => {
  const memory = remembering([1, 2, 3]);
  for (const ids of [[...prompt, 1, 4, 5, 0], [0, 1, 2, 6, 1, 4, 0], [...prompt, 1, 5], prompt, []])
    expect(memory.recall(ids)).toEqual(ids);
});

test('of several answers to one prompt the one with that text, and those after it', () => {
  const memory = remembering([1, 5], [1, 2, 3]);
  memory.remember([...prompt, 1, 2, 3, 0, 6], [2, 3]);
  expect(memory.recall([...prompt, 1, 4, 0, 6, 1, 4, 0])).toEqual([...prompt, 1, 2, 3, 0, 6, 2, 3, 0]);
});

test('whatever a model samples is found again in the next prompt', () => {
  const metadata = fixtureMetadata();
  const tokenizer = createTokenizer(metadata);
  const family = modelFamily(metadata);
  const random = seeded(5);
  const ordinary = metadata['tokenizer.ggml.tokens']
    .map((_, id) => id)
    .filter((id) => tokenizer.decodeBytes([id]).length > 0);
  for (let round = 0; round < 40; round++) {
    const chat = [{ role: 'user' as const, content: `question ${round}` }];
    const promptIds = encodeChat({ tokenizer, family, messages: chat, addGenerationPrompt: true });
    const ids = Array.from({ length: 16 }, () => ordinary[random.int(ordinary.length)]);
    const memory = new AnswerMemory(tokenizer);
    memory.remember(promptIds, ids);
    const decoder = createIncrementalDecoder(tokenizer);
    const content = stripAnswer(ids.map((id) => decoder.push(id)).join('') + decoder.flush());
    const messages = [
      ...chat,
      { role: 'assistant' as const, content },
      { role: 'user' as const, content: 'more' },
    ];
    const next = memory.recall(encodeChat({ tokenizer, family, messages, addGenerationPrompt: true }));
    expect(next.slice(0, promptIds.length + ids.length)).toEqual([...promptIds, ...ids]);
  }
});
