import { gpuTest } from '../testing/gpuTest';
import { expectClose } from '../testing/expectClose';
import { seeded } from '../testing/random';
import { addRmsNorm } from './addNorm';
import { addRmsNormReference } from './addNorm.reference';

const cases = [
  { T: 1, D: 4096 },
  { T: 37, D: 4096 },
  { T: 3, D: 4097 },
]; // decode, a prefill chunk, ragged
gpuTest.for(cases)('addRmsNorm matches its reference at T=$T D=$D', async ({ T, D }, { gpu }) => {
  const random = seeded(T * D);
  const [x, a, gain] = [random.normal(T * D), random.normal(T * D), random.normal(D)];
  a[7] = 1e3; // smooth noise would hide a weak accumulator
  const sum = gpu.tensor(x, [T, D]);
  await gpu.run((pass) =>
    addRmsNorm(pass, { x: sum, a: gpu.tensor(a, [T, D]), gain: gpu.tensor(gain, [D]), eps: 1.5625e-7 }),
  );
  expectClose(await gpu.readF32(sum), addRmsNormReference(x, a, gain, 1.5625e-7), { abs: 1e-6, rel: 1e-5 });
});
