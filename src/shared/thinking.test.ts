import { expect, test } from 'vitest';
import { isThinking, splitThought } from './thinking';

test('reasoning stands before the answer, with or without its opening tag', () => {
  const parts = { reasoning: 'because', closed: true, answer: '42' };
  expect(splitThought('<think>\nbecause\n</think>\n\n42')).toEqual(parts);
  expect(splitThought('because\n</think>\n42')).toEqual(parts);
  expect(splitThought('<think>because</think><answer>42</answer>')).toEqual(parts);
  expect(splitThought('<think>\n\n</think>\n42')).toEqual({ reasoning: null, closed: true, answer: '42' });
});

test('reasoning that was cut is reasoning, not the answer', () => {
  expect(splitThought('<think>\nbecau')).toEqual({ reasoning: 'becau', closed: false, answer: '' });
  expect(isThinking('<think>\nbecau')).toBe(true);
  expect(isThinking('<think>a</think>b')).toBe(false);
});

test('half of a tag is held back while it is written', () => {
  const text = '<think>\nwhy\n</think>\n42';
  for (let length = 1; length <= text.length; length++) {
    const { reasoning, answer } = splitThought(text.slice(0, length), true);
    expect('why'.startsWith(reasoning ?? '')).toBe(true);
    expect('42'.startsWith(answer)).toBe(true);
  }
  expect(splitThought('<thi').answer).toBe('<thi'); // finished: that is what was written
});

test('an answer about the tags is an answer', () => {
  const text = 'Close it with `</think>`, after <think>.';
  expect(splitThought(text)).toEqual({ reasoning: null, closed: false, answer: text });
  expect(splitThought('In between: <think>a</think>').reasoning).toBeNull();
});
