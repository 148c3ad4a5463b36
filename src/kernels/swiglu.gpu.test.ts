import { expectClose } from '../testing/expectClose';
import { gpuTest } from '../testing/gpuTest';
import { seeded } from '../testing/random';
import { swiglu } from './swiglu';
import { swigluReference } from './swiglu.reference';

gpuTest('swiglu matches its reference', async ({ gpu }) => {
  const [T, F] = [3, 100];
  const x = seeded(3).normal(T * 2 * F);
  x[5] = -200; // exp of its negative is infinite in f32
  const y = await gpu.compute([T, F], (pass, out) => swiglu(pass, { x: gpu.tensor(x, [T, 2 * F]), y: out }));
  expectClose(y, swigluReference(x, F), { abs: 1e-6, rel: 1e-5 });
});
