// Floor of BM25 on the dev set: a question is answered when one of the first five passages has the answer's words.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findPassages, makeBase } from '../base';
import questions from './questions.json';

const documents = ['zh.md', 'en.md'].map((name) => ({
  name,
  document: { kind: 'markdown' as const, text: readFileSync(`src/knowledge/devSet/${name}`, 'utf8') },
}));

test('BM25 finds the answer among five passages of the dev set', () => {
  const base = makeBase(documents);
  const texts = base.chunks.map(({ text }) => text);
  for (const [question, answer] of questions)
    expect(texts.filter((text) => text.includes(answer)).length, question).toBeGreaterThan(0);
  const missed = questions.filter(
    ([question, answer]) =>
      !findPassages(base, question, { limit: 5 }).some(({ text }) => text.includes(answer)),
  );
  expect(missed.length, missed.join('\n')).toBeLessThanOrEqual(3); // one is missed, of 62
});
