import { gpuTest } from '../testing/gpuTest';
import { expectClose } from '../testing/expectClose';
import { seeded } from '../testing/random';
import { rmsNorm } from './rmsnorm';
import { rmsNormReference } from './rmsnorm.reference';

const cases = [
  { T: 1, D: 4096 },
  { T: 37, D: 4096 },
  { T: 3, D: 4097 },
]; // decode, a prefill chunk, ragged
gpuTest.for(cases)('rmsnorm matches its reference at T=$T D=$D', async ({ T, D }, { gpu }) => {
  const random = seeded(T * D);
  const [x, gain] = [random.normal(T * D), random.normal(D)];
  x[7] = 1e3; // smooth noise would hide a weak accumulator
  const y = await gpu.compute([T, D], (pass, out) =>
    rmsNorm(pass, { x: gpu.tensor(x, [T, D]), gain: gpu.tensor(gain, [D]), y: out, eps: 1.5625e-7 }),
  );
  expectClose(y, rmsNormReference(x, gain, 1.5625e-7), { abs: 1e-6, rel: 1e-5 });
});

gpuTest('rmsnorm of a single row at firstRow', async ({ gpu }) => {
  const random = seeded(5);
  const [x, gain] = [random.normal(3 * 96), random.normal(96)];
  const y = await gpu.compute([1, 96], (pass, out) =>
    rmsNorm(pass, {
      x: gpu.tensor(x, [3, 96]),
      gain: gpu.tensor(gain, [96]),
      y: out,
      eps: 1e-5,
      firstRow: 1,
    }),
  );
  expectClose(y, rmsNormReference(x.slice(96, 192), gain, 1e-5), { abs: 1e-6, rel: 1e-5 });
});
