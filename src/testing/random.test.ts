import { expect, test } from 'vitest';
import { rootMeanSquare } from './expectClose';
import { seeded } from './random';

test('the same seed gives the same numbers, in every engine', () => {
  const random = seeded(7);
  expect([random.bits(), random.int(1000), random.gauss(), ...random.bytes(3)]).toMatchInlineSnapshot(`
    [
      61902258,
      498,
      0.6619520278108486,
      33,
      114,
      181,
    ]
  `);
  expect(seeded(7).normal(100)).toEqual(seeded(7).normal(100));
  expect(seeded(8).normal(100)).not.toEqual(seeded(7).normal(100));
});

test('seeds beyond 32 bits differ', () => {
  expect(seeded(2 ** 32 + 7).bits()).not.toBe(seeded(7).bits());
});

test('normal numbers have mean 0, variance 1 and tails', () => {
  const values = seeded(1).normal(100_000);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(Math.abs(mean)).toBeLessThan(0.01);
  expect(rootMeanSquare(values)).toBeCloseTo(1, 2);
  expect(values.filter((value) => Math.abs(value) > 1.96).length / values.length).toBeCloseTo(0.05, 2);
});

test('int covers its range evenly', () => {
  const random = seeded(3);
  const counts = [0, 0, 0, 0, 0];
  for (let i = 0; i < 10_000; i++) counts[random.int(5)]++;
  for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
});
