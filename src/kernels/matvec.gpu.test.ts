// All variants of the one-token kernels; matmul.gpu.test.ts tests the tuned variants at full size.
import { expect } from 'vitest';
import type { Tensor } from '../gpu/tensor';
import { SOFTWARE_TUNING, type KernelTuning, type Arithmetic } from '../gpu/tuning';
import { halfToFloat } from '../shared/half';
import { sizeOf } from '../shared/shape';
import type { WeightFormat } from '../shared/weightLayout';
import { expectClose } from '../testing/expectClose';
import { gpuTest, type TestGpu } from '../testing/gpuTest';
import { seeded } from '../testing/random';
import { quantizedView } from './activations';
import { attention, attentionScratchShape } from './attention';
import { createKvLayer } from './kv';
import { matmul, matmulSwiglu } from './matmul';
import { matmulReference, swigluReference } from './matmul.reference';
import { qkvRopeAppend, tilesOfPair } from './qkvRope';
import { packQuantized, quantizeReference, unpackQuantized } from './quantize.reference';
import { rmsNorm } from './rmsnorm';
import { rmsNormReference } from './rmsnorm.reference';
import { ropeAppend, ropeTable } from './rope';
import { encodeState, STATE_WORDS } from './state';
import { packValues, uploadMatrix, type PackedMatrix, type PackedShape } from './weights.reference';

/** Tolerance against a reference that multiplies the same codes. */
const SAME_CODES = { ofRms: 1e-5 };
/** Tolerance against exact activations: an int8 code errs by at most 1/254 of its group's peak. */
const EXACT = { ofRms: 3e-2 };

/** Layouts of columns and rows; each at least once, with one and with several tiles. */
const layouts: (Partial<KernelTuning> & { name: string })[] = [
  { name: '64 rows, 1 slice, 4 tiles', matvecRows: 64, matvecSlices: 1, matvecTiles: 4 },
  { name: '32 rows, 8 slices, 1 tile', matvecRows: 32, matvecSlices: 8, matvecTiles: 1 },
  { name: '64 rows, 4 slices, 2 tiles', matvecRows: 64, matvecSlices: 4, matvecTiles: 2 },
  { name: 'subgroups', subgroupLanes: 32 },
];

function setLayout(gpu: TestGpu, layout: Partial<KernelTuning>, skip: (why: string) => void): void {
  if (layout.subgroupLanes && !gpu.gpu.device.features.has('subgroups')) skip('not run: no subgroups here');
  gpu.gpu.tuning = { ...SOFTWARE_TUNING, ...layout };
}

function smallMatrix(shape: PackedShape, seed: number): PackedMatrix {
  const values = seeded(seed).normal(shape.rows * shape.cols);
  return packValues(
    shape,
    values.map((value) => value / Math.sqrt(shape.cols) + 0.01), // off centre, so that mins matter
  );
}

/** One token's activations like GLM-4's: some channels ×50, one ×2000. */
function token(cols: number, seed: number, outliers: boolean): Float32Array {
  const x = seeded(seed).normal(cols);
  if (!outliers) return x;
  for (let i = 5; i < cols; i += 101) x[i] *= 50;
  x[17] *= 2000;
  return x;
}

function quantizedTensor(gpu: TestGpu, x: Float32Array, arithmetic: Arithmetic): Tensor {
  const floats = gpu.tensor(x, [1, x.length]);
  if (arithmetic === 'f32') return floats;
  return gpu.tensor(packQuantized(quantizeReference(x)), quantizedView(floats).shape);
}

const variants = (['q4', 'q4m', 'q8', 'q8m'] as WeightFormat[]).flatMap((format, i) =>
  layouts
    .filter((_, n) => format === 'q4' || n === i % layouts.length)
    .map((layout) => ({ format, layout, name: layout.name })),
);

gpuTest.for(variants)('int8 mat-vec of $format, $name', async ({ format, layout }, { gpu, skip }) => {
  setLayout(gpu, layout, skip);
  const [rows, cols] = [64 * 5 + 7, 1120];
  const matrix = smallMatrix({ format, rows, cols }, 3);
  const weights = uploadMatrix(gpu, matrix, 3);
  for (const outliers of [false, true]) {
    const x = token(cols, 4, outliers);
    const bias = seeded(5).normal(rows);
    const y = gpu.tensor(new Float32Array(rows).fill(0.5), [1, rows]);
    const args = { x: quantizedTensor(gpu, x, 'dot4'), weights, y, bias: gpu.tensor(bias, [rows]) };
    await gpu.run((pass) => matmul(pass, { ...args, accumulate: true }));
    const got = (await gpu.readF32(y)).map((value, i) => value - bias[i] - 0.5);
    const codes = Float32Array.from(quantizeReference(x).values);
    expectClose(got, matmulReference(codes, matrix), { ...SAME_CODES, abs: 1e-5 });
    expectClose(got, matmulReference(x, matrix), EXACT);
  }
});

gpuTest.for(layouts)('int8 SwiGLU to int8, $name', async (layout, { gpu, skip }) => {
  setLayout(gpu, layout, skip);
  const [width, cols] = [64 * 3 + 32, 96];
  const matrix = smallMatrix({ format: 'q4', rows: 2 * width, cols, interleaved: true }, 6);
  const x = token(cols, 7, true);
  const codes = Float32Array.from(quantizeReference(x).values);
  const want = swigluReference(matmulReference(codes, matrix), width);
  const y = quantizedView(gpu.zeros([1, width]));
  const args = { x: quantizedTensor(gpu, x, 'dot4'), weights: uploadMatrix(gpu, matrix, 6), y };
  await gpu.run((pass) => matmulSwiglu(pass, args));
  expectCodes(await gpu.readU32(y), want);
});

/** Checks that every value is within half a step; a group's peak determines its scale. */
function expectCodes(packed: Uint32Array, want: ArrayLike<number>): void {
  const { values, scales, codes } = unpackQuantized(packed);
  expect(values.length).toBe(want.length);
  scales.forEach((scale, group) => {
    const own = Array.from({ length: 32 }, (_, i) => want[group * 32 + i]);
    const peak = Math.max(...own.map(Math.abs));
    expect(Math.abs(scale - peak / 127)).toBeLessThanOrEqual(1e-4 * (peak / 127));
    own.forEach((value, i) => {
      const at = group * 32 + i;
      expect(Math.abs(values[at] - value), `value ${at}, code ${codes[at]}`).toBeLessThanOrEqual(
        0.51 * scale,
      );
    });
  });
}

gpuTest('rmsnorm to int8', async ({ gpu }) => {
  const D = 4096;
  const [x, gain] = [token(D, 8, true), seeded(9).normal(D)];
  x.fill(0, 64, 96); // a group of zeros
  const y = quantizedView(gpu.zeros([1, D]));
  const args = { x: gpu.tensor(x, [1, D]), gain: gpu.tensor(gain, [D]), y, eps: 1.5625e-7 };
  await gpu.run((pass) => rmsNorm(pass, args));
  expectCodes(await gpu.readU32(y), rmsNormReference(x, gain, 1.5625e-7));
});

gpuTest('attention of one token to int8', async ({ gpu }) => {
  const shape = { format: 'f32' as const, capacity: 200, numKvHeads: 2, headDim: 64 };
  const [numHeads, headDim] = [6, 64];
  const width = numHeads * headDim;
  const kv = createKvLayer(gpu.gpu, 'kv', shape);
  const random = seeded(10);
  for (const tensor of [kv.k, kv.v])
    gpu.gpu.write(tensor, new Float32Array(random.normal(sizeOf(tensor.shape))));
  const q = gpu.tensor(
    random.normal(width).map((value) => value / 8),
    [1, width],
  );
  const state = gpu.tensor(encodeState({ slot: 150, counter: 0 }), [STATE_WORDS]);
  const scratch = gpu.zeros(attentionScratchShape({ numHeads, headDim, maxLength: 200 }));
  const floats = gpu.zeros([1, width]);
  const codes = quantizedView(gpu.zeros([1, width]));
  await gpu.run((pass) => {
    for (const y of [floats, codes]) attention(pass, { q, kv, state, y, numHeads, scratch });
  });
  expectCodes(await gpu.readU32(codes), await gpu.readF32(floats));
  for (const { buffer } of [kv.k, kv.v]) gpu.gpu.destroyBuffer(buffer);
});

const heads = { numHeads: 6, numKvHeads: 2, headDim: 128, ropeDims: 64 };
const ropes = [
  { ...heads, pairing: 'interleaved' as const, arithmetic: 'dot4' as const, format: 'f16' as const },
  { ...heads, pairing: 'half' as const, arithmetic: 'f32' as const, format: 'f16' as const },
  { ...heads, ropeDims: 128, pairing: 'half' as const, arithmetic: 'dot4' as const, format: 'f32' as const },
  {
    ...heads,
    headDim: 32,
    ropeDims: 16,
    pairing: 'half' as const,
    arithmetic: 'f32' as const,
    format: 'f32' as const,
  },
  {
    ...heads, headDim: 20, ropeDims: 10, pairing: 'interleaved' as const, arithmetic: 'f32' as const, format: 'f16' as const,
  }, // prettier-ignore
];
const ropeCases = ropes.flatMap((rope, i) =>
  layouts
    .filter((_, n) => i < 2 || n === i % layouts.length) // every layout and every rotation at least once
    .map((layout) => ({ ...rope, layout, name: layout.name })),
);
gpuTest.for(ropeCases)(
  'QKV with rotation and append equals matmul and ropeAppend: $pairing, $headDim, $arithmetic, $name',
  async ({ layout, numHeads, numKvHeads, headDim, ropeDims, pairing, arithmetic, format }, { gpu, skip }) => {
    setLayout(gpu, layout, skip);
    const [cols, rows, capacity] = [224, (numHeads + 2 * numKvHeads) * headDim, 12];
    const weights = uploadMatrix(gpu, smallMatrix({ format: 'q4', rows, cols }, 11), 4);
    const x = quantizedTensor(gpu, token(cols, 12, false), arithmetic);
    const bias = gpu.tensor(seeded(13).normal(rows), [rows]);
    const table = gpu.tensor(ropeTable({ capacity, ropeDims, base: 1e4 }), [capacity, ropeDims]);
    const shape = { format, capacity, numKvHeads, headDim };
    const qkv = gpu.zeros([1, rows]);
    for (const position of [7, capacity]) {
      const state = gpu.tensor(encodeState({ slot: position, counter: 0 }), [STATE_WORDS]);
      const both = [0, 1].map(() => ({
        q: gpu.zeros([1, numHeads * headDim]),
        kv: createKvLayer(gpu.gpu, 'kv', shape),
      }));
      const common = { qkv, table, state, numHeads, pairing };
      expect(tilesOfPair({ ...common, ...both[0], x, weights, bias })).toBeDefined();
      await gpu.run((pass) => {
        qkvRopeAppend(pass, { ...common, ...both[0], x, weights, bias });
        matmul(pass, { x, weights, bias, y: qkv });
        ropeAppend(pass, { ...common, ...both[1] });
      });
      const [fused, apart] = await Promise.all(
        both.map(
          async ({ q, kv }) =>
            [await gpu.readF32(q), await gpu.readU32(kv.k), await gpu.readU32(kv.v)] as const,
        ),
      );
      expectClose(fused[0], apart[0], SAME_CODES);
      for (const i of [1, 2])
        expectClose(floatsOf(fused[i], format), floatsOf(apart[i], format), { abs: 1e-6, rel: 2e-3 });
      for (const { kv } of both) for (const { buffer } of [kv.k, kv.v]) gpu.gpu.destroyBuffer(buffer);
    }
  },
);

/** Shape of the KV cache. */
function floatsOf(words: ArrayLike<number>, format: 'f16' | 'f32'): number[] {
  const bytes = Uint32Array.from(words).buffer;
  return format === 'f32' ? [...new Float32Array(bytes)] : [...new Uint16Array(bytes)].map(halfToFloat);
}
