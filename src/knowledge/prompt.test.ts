import { expect, test } from 'vitest';
import { makeBase } from './base';
import { fitsWhole, fitting, passagesFor, questionWith, systemText, wholeText } from './prompt';

const pdf = {
  kind: 'pdf' as const,
  text: 'Tea is green.\n\nCoffee is black.',
  pages: 2,
  pageStarts: [0, 15],
};
const base = makeBase([
  { name: 'drinks.pdf', document: pdf },
  { name: '价格.md', document: { kind: 'markdown', text: '# 价格\n\n一杯茶五元。' } },
]);

test('a small base stands whole in the system turn, with its pages', () => {
  expect(fitsWhole(1000, 3000)).toBe(true);
  expect(fitsWhole(1001, 3000)).toBe(false);
  expect(systemText(' Be brief. ', wholeText(base))).toBe(
    'Be brief.\n\n[File Name]\ndrinks.pdf\n[File Content]\n[Page 1]\nTea is green.\n\n[Page 2]\nCoffee is black.\n\n' +
      '[File Name]\n价格.md\n[File Content]\n价格\n一杯茶五元。',
  );
  expect(systemText('', undefined)).toBe('');
});

test('passages stand before their question, as many as fit, the best one always', () => {
  const passages = passagesFor(base, 'What is black?', 8192);
  expect(questionWith(passages, 'What is black?')).toBe(
    '[File Name]\ndrinks.pdf, page 2\n[File Content]\nCoffee is black.\n\n\nWhat is black?',
  );
  expect(questionWith([], 'Hello')).toBe('Hello');
  const long = [1, 2, 3].map((score) => ({ file: 'a', score, text: '茶'.repeat(1000) }));
  expect(fitting(long, 8192)).toHaveLength(3);
  expect(fitting(long, 4096)).toHaveLength(1);
  expect(fitting(long, 100)).toHaveLength(1);
});
