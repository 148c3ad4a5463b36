import { expect, test } from 'vitest';
import { branchBelow, branchesOf, choicesFor, nearestAnswer, pathTo, shownPath } from './tree';
import type { AssistantMessage, Message } from './types';

const message = (id: string, parentId: string | null): Message => ({
  id,
  parentId,
  role: 'user',
  parts: [{ type: 'text', text: id }],
  createdAt: 0,
});
// a ─ b ─ c ─ d
//   │   └ e
//   └ f ─ g          h: another start
const messages = [
  message('h', null),
  message('a', null),
  message('b', 'a'),
  message('c', 'b'),
  message('d', 'c'),
  message('e', 'b'),
  message('f', 'a'),
  message('g', 'f'),
];
const ids = (found: Message[]) => found.map(({ id }) => id).join('');

test('the newest branch is shown where none was chosen', () => {
  expect(ids(shownPath({ messages, chosen: {} }))).toBe('afg');
  expect(ids(shownPath({ messages, chosen: { a: 'b' } }))).toBe('abe');
  expect(ids(shownPath({ messages, chosen: { a: 'b', b: 'c' } }))).toBe('abcd');
  expect(ids(shownPath({ messages, chosen: { a: 'gone' } }))).toBe('afg');
});

test('going to another branch and back finds the deeper choice again', () => {
  const deep = choicesFor({ messages, chosen: {} }, 'd');
  const other = choicesFor({ messages, chosen: deep }, 'f');
  expect(ids(shownPath({ messages, chosen: other }))).toBe('afg');
  expect(ids(shownPath({ messages, chosen: choicesFor({ messages, chosen: other }, 'b') }))).toBe('abcd');
});

test('branches, what is below, and the way to a message', () => {
  expect(ids(branchesOf({ messages }, messages[3]))).toBe('ce');
  expect(ids(branchesOf({ messages }, messages[0]))).toBe('ha');
  expect(ids(branchBelow({ messages }, 'b'))).toBe('bced');
  expect(ids(pathTo({ messages }, 'e'))).toBe('abe');
  expect(pathTo({ messages }, 'missing')).toEqual([]);
});

test('a ring in a damaged tree ends', () => {
  const ring = [message('a', 'b'), message('b', 'a')];
  expect(shownPath({ messages: ring, chosen: {} })).toEqual([]);
  expect(pathTo({ messages: ring }, 'a')).toEqual([]);
});

test('the nearest answer is found upwards, also past questions and in a ring', () => {
  const answer: AssistantMessage = {
    id: 'x',
    parentId: 'a',
    role: 'assistant',
    parts: [],
    createdAt: 0,
    end: 'stop',
    seed: 1,
    modelName: '',
  };
  const withAnswer = { messages: [...messages, answer, message('y', 'x'), message('z', 'y')] };
  expect(nearestAnswer(withAnswer, 'z')).toBe(answer);
  expect(nearestAnswer(withAnswer, 'x')).toBe(answer);
  expect(nearestAnswer(withAnswer, 'd')).toBeUndefined();
  expect(nearestAnswer(withAnswer, null)).toBeUndefined();
  expect(nearestAnswer({ messages: [message('p', 'q'), message('q', 'p')] }, 'p')).toBeUndefined();
});
