// Drafts from earlier text, and when a pass that checks them pays.
import { expect, test } from 'vitest';
import { LookupIndex, SpeculationPolicy } from './speculation';

function indexOf(ids: number[]): LookupIndex {
  const index = new LookupIndex();
  ids.forEach((id) => index.push(id));
  return index;
}

test('a draft continues the longest earlier occurrence; of equally long ones the latest', () => {
  expect(indexOf([1, 2, 3, 4, 5, 6, 1, 2]).find(3)).toEqual({ ids: [3, 4, 5], match: 2 });
  expect(indexOf([9, 1, 2, 30, 8, 1, 2, 40, 9, 1, 2]).find(2)).toEqual({ ids: [30, 8], match: 3 });
  expect(indexOf([1, 2, 30, 1, 2, 40, 1, 2]).find(1)).toEqual({ ids: [40], match: 2 });
  expect(indexOf([7, 7, 7, 7]).find(7)).toEqual({ ids: [7], match: 3 }); // it may overlap what it repeats
});

test('no draft without two tokens that repeat', () => {
  for (const ids of [[], [1], [1, 2], [1, 2, 3, 2], [1, 2, 3, 1]])
    expect(indexOf(ids).find(7)).toBeUndefined();
});

const draft = { ids: [1, 2, 3, 4, 5, 6, 7], match: 3 };

test('drafts are checked while they are accepted often, and no longer when they are not', () => {
  const policy = new SpeculationPolicy();
  expect(policy.choose(draft)).toBeUndefined(); // nothing is known about a step yet
  policy.stepTook(10);
  for (let i = 0; i < 20; i++) policy.passTook(8, 14, draft, 7);
  expect(policy.choose(draft)).toBe(8);
  for (let i = 0; i < 40; i++) policy.passTook(8, 14, draft, 0);
  expect(policy.choose(draft)).toBeUndefined();
});

test('a pass that costs more than its tokens is not run, even if all drafts are right', () => {
  const policy = new SpeculationPolicy();
  policy.stepTook(10);
  for (let i = 0; i < 20; i++) {
    policy.passTook(8, 90, draft, 7);
    policy.passTook(4, 45, draft, 3);
  }
  expect(policy.choose(draft)).toBeUndefined();
});

test('where results are late, steps in flight beat a pass that waits', () => {
  const policy = new SpeculationPolicy();
  policy.stepTook(4);
  expect(policy.choose({ ...draft, match: 5 })).toBe(8);
  expect(policy.choose({ ...draft, match: 5 }, 100)).toBeUndefined();
});
