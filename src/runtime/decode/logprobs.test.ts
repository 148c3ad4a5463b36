// Log-probabilities against the definition, in the order in which they are asked for.
import { expect, test } from 'vitest';
import { seeded } from '../../testing/random';
import { logprobsOf } from './logprobs';

test('the logarithm of the softmax, and the likeliest ids in order', () => {
  const logits = seeded(4)
    .normal(500)
    .map((x) => 6 * x - 300); // exponentials of these are all 0
  const order = [...logits.keys()].sort((a, b) => logits[b] - logits[a]);
  const total = order.reduce((sum, id) => sum + Math.exp(logits[id] - logits[order[0]]), 0);
  const want = (id: number) => logits[id] - logits[order[0]] - Math.log(total);
  const { id, logprob, top } = logprobsOf(logits, 17, 5);
  expect(id).toBe(17);
  expect(logprob).toBeCloseTo(want(17), 9);
  expect(top.map((entry) => entry.id)).toEqual(order.slice(0, 5));
  for (const entry of top) expect(entry.logprob).toBeCloseTo(want(entry.id), 9);
  expect(logprobsOf(logits, 17, 0).top).toEqual([]);
});

test('of equals the lowest id comes first, as the sampler chooses', () => {
  expect(logprobsOf(Float32Array.from([1, 3, 3, 2, 3]), 0, 3).top.map(({ id }) => id)).toEqual([1, 2, 4]);
});
