// Ten thousand mutants with a fixed seed. `npm run fuzz` tries a hundred thousand with others.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { allTargets, fuzz } from '.';

beforeAll(() => {
  // the parsers of Word and PDF files report what they skip
  for (const method of ['log', 'warn', 'error'] as const)
    vi.spyOn(console, method).mockReturnValue(undefined);
});
afterAll(() => vi.restoreAllMocks());

const targets = await allTargets(10_000);

test('there are ten thousand mutants', () => {
  expect(targets.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThanOrEqual(10_000);
});

test.each(targets.map(({ target, count }) => [target.name, target, count] as const))(
  '%s: every mutant is read, or refused with an AppError, within half a second',
  async (_, target, count) => {
    const { accepted } = await fuzz(target, { seed: 11, count });
    expect(accepted).toBeLessThanOrEqual(count);
  },
);
