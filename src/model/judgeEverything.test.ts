// Every kernel of models, their eyes and the embedder has a check: without a GPU, by what the cases would dispatch.
import { expect, test } from 'vitest';
import { casesOf } from '../kernels/check/judge';
import { everyTuning } from '../kernels/tuning';
import { everyFacts } from './judgeEverything';
import { kernelVariants } from './everyVariant';

/** Not part of any answer: the yardstick of the benchmarks, which checks its own sum. */
const UNCHECKED = /^stream_sum/;

test('every kernel variant is reached by a check', () => {
  const reached = new Set<string>();
  for (const tuning of everyTuning())
    for (const facts of everyFacts())
      for (const { covers } of casesOf(facts, tuning)) for (const name of covers.keys()) reached.add(name);
  const unreached = kernelVariants()
    .map(({ name }) => name)
    .filter((name) => !reached.has(name) && !UNCHECKED.test(name));
  expect(unreached).toEqual([]);
});
