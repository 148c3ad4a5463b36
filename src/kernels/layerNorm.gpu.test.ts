import { expectClose } from '../testing/expectClose';
import { gpuTest } from '../testing/gpuTest';
import { seeded } from '../testing/random';
import { layerNorm } from './layerNorm';
import { layerNormReference } from './layerNorm.reference';

const cases = [
  { T: 3, D: 4096, gelu: true },
  { T: 2, D: 97, gelu: false },
];
gpuTest.for(cases)(
  'layerNorm matches its reference at T=$T D=$D, GELU: $gelu',
  async ({ T, D, gelu }, { gpu }) => {
    const random = seeded(T * D);
    const [x, gain, bias] = [
      random.normal(T * D).map((value) => value + 30),
      random.normal(D),
      random.normal(D),
    ];
    x[7] = 1e3;
    const y = await gpu.compute(
      [T, D],
      (pass, out) =>
    layerNorm(pass, {
      x: gpu.tensor(x, [T, D]), gain: gpu.tensor(gain, [D]), bias: gpu.tensor(bias, [D]), y: out, eps: 1e-5, gelu,
    }), // prettier-ignore
    );
    expectClose(y, layerNormReference(x, { gain, bias, eps: 1e-5, gelu }), { abs: 1e-5, rel: 1e-5 });
  },
);
