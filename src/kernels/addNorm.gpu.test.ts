import { gpuTest } from '../testing/gpuTest';
import { expectClose } from '../testing/expectClose';
import { seeded } from '../testing/random';
import { addRmsNorm } from './addNorm';
import { addRmsNormReference } from './addNorm.reference';
import { rmsNormReference } from './rmsnorm.reference';

const cases = [
  { T: 1, D: 4096 },
  { T: 37, D: 4096 },
  { T: 3, D: 4097 },
]; // decode, a prefill chunk, ragged
gpuTest.for(cases)('addRmsNorm matches its references at T=$T D=$D', async ({ T, D }, { gpu }) => {
  const random = seeded(T * D);
  const [x, a, postGain, gain] = [
    random.normal(T * D),
    random.normal(T * D),
    random.normal(D),
    random.normal(D),
  ];
  a[7] = 1e3; // smooth noise would hide a weak accumulator
  const sum = gpu.tensor(x, [T, D]);
  const y = await gpu.compute([T, D], (pass, out) =>
    addRmsNorm(pass, {
      x: sum,
      a: gpu.tensor(a, [T, D]),
      postGain: gpu.tensor(postGain, [D]),
      gain: gpu.tensor(gain, [D]),
      y: out,
      eps: 1.5625e-7,
    }),
  );
  const want = addRmsNormReference(x, a, postGain, 1.5625e-7);
  expectClose(await gpu.readF32(sum), want, { abs: 1e-6, rel: 1e-5 });
  expectClose(y, rmsNormReference(Float32Array.from(want), gain, 1.5625e-7), { abs: 1e-5, rel: 2e-5 });
});

gpuTest('addRmsNorm adds to all rows and normalises the last', async ({ gpu }) => {
  const [T, D] = [3, 96];
  const random = seeded(9);
  const [x, a, postGain, gain] = [T * D, T * D, D, D].map((length) => random.normal(length));
  const want = Float32Array.from(addRmsNormReference(x, a, postGain, 1e-5));
  for (const firstRow of [2, T]) {
    const sum = gpu.tensor(x, [T, D]);
    const y = await gpu.compute([1, D], (pass, out) => {
      const gains = { postGain: gpu.tensor(postGain, [D]), gain: gpu.tensor(gain, [D]) };
      addRmsNorm(pass, { x: sum, a: gpu.tensor(a, [T, D]), ...gains, y: out, firstRow, eps: 1e-5 });
    });
    expectClose(await gpu.readF32(sum), want, { abs: 1e-6, rel: 1e-5 });
    const last = rmsNormReference(want.slice(2 * D), gain, 1e-5);
    expectClose(y, firstRow === T ? new Float32Array(D) : last, { abs: 1e-5, rel: 2e-5 });
  }
});
