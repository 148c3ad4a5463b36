import { expect, test } from 'vitest';
import { compareGreedy, compareLogits } from './parity';
import { seeded } from './random';

test('a constant offset is no difference', () => {
  const want = seeded(1).normal(1000);
  const found = compareLogits(
    want.map((logit) => logit + 3),
    want,
  );
  expect(found.maxOverRms).toBeLessThan(1e-6);
  expect(found.kl).toBeLessThan(1e-12);
  expect(found.sameTop).toBe(true);
});

test('states the largest difference in units of the RMS', () => {
  const want = new Float32Array([2, -2, 2, -2]);
  const found = compareLogits(new Float32Array([2, -2, 2.4, -2.4]), want);
  expect(found.maxOverRms).toBeCloseTo(0.2, 6);
  expect([found.worstId, found.sameTop, found.topGap]).toEqual([2, false, 0]);
});

test('KL(want ‖ got) in nats', () => {
  const logs = (...p: number[]): Float32Array => Float32Array.from(p, Math.log);
  const { kl } = compareLogits(logs(0.25, 0.75), logs(0.5, 0.5));
  expect(kl).toBeCloseTo(0.5 * Math.log(2) + 0.5 * Math.log(2 / 3), 6);
});

test('values that are not finite throw', () => {
  expect(() => compareLogits(new Float32Array([1, NaN]), new Float32Array(2))).toThrow(
    'logit 1 is not finite',
  );
  expect(() => compareLogits(new Float32Array(2), new Float32Array(3))).toThrow('got 2 logits, want 3');
});

test('a greedy token may differ only where the oracle was undecided', () => {
  const oracle = { greedy: [5, 6, 7], gaps: [1, 0.001, 1] };
  expect(compareGreedy([5, 6, 7], oracle, 0)).toEqual({ agreed: 3, excused: false });
  expect(compareGreedy([5, 9, 9], oracle, 0.01)).toEqual({ agreed: 1, excused: true });
  expect(compareGreedy([4, 6, 7], oracle, 0.01)).toEqual({ agreed: 0, excused: false });
});
