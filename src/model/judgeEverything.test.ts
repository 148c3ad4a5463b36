// Every kernel of models and their eyes has a check: without a GPU, by what the cases would dispatch.
import { expect, test } from 'vitest';
import { casesOf } from '../kernels/check/judge';
import { everyTuning } from '../kernels/tuning';
import { everyFacts } from './judgeEverything';
import { kernelVariants } from './everyVariant';

/** Not part of any answer: the yardstick of the benchmarks, which checks its own sum; and the kernels of the embedder alone,
 * which src/runtime/embedder's tests compare with plain loops: the check of a device does not reach them yet. */
const UNCHECKED =
  /^stream_sum|^gelu$|^mean_rows$|^embed_\w+:ADD=1$|^attention_(broadcast_)?f32:DH=32,HEADS=1,|^rope_append_f32:DH=32,ROPE_DIMS=2,/;

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
