import { expect, test } from 'vitest';
import { ZipBudget } from './zipBudget';

test('a small zip unpacks to 16 MB, a large one to 200 times its size, none beyond the limit', () => {
  const limits = [48e3, 1e6, 50e6].map((bytes) => new ZipBudget(bytes, 1e9).maxBytes);
  expect(limits).toEqual([16e6, 200e6, 1e9]);
});

test('the sum counts, and is told', () => {
  const budget = new ZipBudget(48e3, 1e9);
  expect(budget.take(12e6)).toBeUndefined();
  expect(budget.take(12e6)).toEqual({ kind: 'too-large', bytes: 24e6, maxBytes: 16e6 });
  expect(budget.take(4e6)).toBeUndefined();
});

test('a directory that cannot be true is refused', () => {
  const entry = { name: 'a', size: 600, originalSize: 1e6 };
  const shared = new ZipBudget(1000, 1e9);
  expect(shared.see(entry)).toBeUndefined();
  expect(shared.see(entry)).toEqual({ kind: 'impossible' }); // two entries with the same data
  const lying = new ZipBudget(1e5, 1e9);
  expect(lying.see({ name: 'a', size: 9e4, originalSize: 100 })).toEqual({ kind: 'impossible' });
  const many = new ZipBudget(1e9, 1e9);
  const empty = { name: 'a', size: 0, originalSize: 0 };
  for (let i = 0; i < 65_536; i++) expect(many.see(empty)).toBeUndefined();
  expect(many.see(empty)).toEqual({ kind: 'impossible' });
});
