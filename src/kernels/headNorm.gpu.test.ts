import { expectClose } from '../testing/expectClose';
import { gpuTest } from '../testing/gpuTest';
import { seeded } from '../testing/random';
import { headNorm } from './headNorm';
import { headNormReference } from './headNorm.reference';

gpuTest('headNorm matches its reference with fewer KV heads than heads', async ({ gpu }) => {
  const [T, Dh, shape] = [3, 24, { numHeads: 5, numKvHeads: 2, eps: 1e-5 }];
  const width = (5 + 4) * Dh;
  const random = seeded(9);
  const [qkv, qGain, kGain] = [random.normal(T * width), random.normal(Dh), random.normal(Dh)];
  const y = gpu.tensor(qkv, [T, width]);
  await gpu.run((pass) =>
    headNorm(pass, { qkv: y, qGain: gpu.tensor(qGain, [Dh]), kGain: gpu.tensor(kGain, [Dh]), ...shape }),
  );
  expectClose(await gpu.readF32(y), headNormReference(qkv, { qGain, kGain, ...shape }), {
    abs: 1e-6,
    rel: 1e-5,
  });
});
