import { expect } from 'vitest';
import { isQuantised, WEIGHT_FORMATS } from '../shared/weightLayout';
import { defaultTuning, HARDWARE_TUNING, SOFTWARE_TUNING } from '../gpu/tuning';
import { expectClose } from '../testing/expectClose';
import { gpuTest, type TestGpu } from '../testing/gpuTest';
import { seeded } from '../testing/random';
import { quantizedView } from './activations';
import { matmul, matmulSwiglu } from './matmul';
import { matmulReference, swigluReference } from './matmul.reference';
import { quantizeReference, unpackQuantized } from './quantize.reference';
import { quantizeRows } from './quantizeRows';
import {
  packValues,
  randomMatrix,
  uploadMatrix,
  type PackedMatrix,
  type PackedShape,
} from './weights.reference';

const CLOSE = { ofRms: 1e-5 };

/** Activations like GLM-4's: 0.2 % of the channels ×50, one ×2000. */
function activations(numTokens: number, cols: number, seed: number): Float32Array {
  const random = seeded(seed);
  const x = random.normal(numTokens * cols);
  const channels = Array.from({ length: Math.ceil(cols / 500) }, () => random.int(cols));
  for (let t = 0; t < numTokens; t++) {
    for (const channel of channels) x[t * cols + channel] *= 50;
    x[t * cols + 17] *= 40;
  }
  return x;
}

function smallMatrix(shape: PackedShape, seed: number): PackedMatrix {
  const values = seeded(seed).normal(shape.rows * shape.cols);
  return packValues(
    shape,
    values.map((value) => value / Math.sqrt(shape.cols) + 0.01), // off centre, so that mins matter
  );
}

/** Two inputs of T tokens: smooth noise exposes rounding errors, outliers expose lost bits. */
async function check(
  gpu: TestGpu,
  matrix: PackedMatrix,
  numTokens: number,
  tilesPerChunk?: number,
): Promise<void> {
  gpu.gpu.tuning = defaultTuning(gpu.gpu.adapter);
  await checkAsTuned(gpu, matrix, numTokens, tilesPerChunk);
}

async function checkAsTuned(
  gpu: TestGpu,
  matrix: PackedMatrix,
  numTokens: number,
  tilesPerChunk?: number,
): Promise<void> {
  const { rows, cols } = matrix;
  const weights = uploadMatrix(gpu, matrix, tilesPerChunk);
  const both = new Float32Array(2 * numTokens * cols);
  both.set(seeded(rows).normal(numTokens * cols));
  both.set(activations(numTokens, cols, rows), numTokens * cols);
  const want = matmulReference(both, matrix);
  for (const run of [0, 1]) {
    const x = both.subarray(run * numTokens * cols, (run + 1) * numTokens * cols);
    const y = await gpu.compute([numTokens, rows], (pass, out) =>
      matmul(pass, { x: gpu.tensor(x, [numTokens, cols]), weights, y: out }),
    );
    expectClose(y, want.subarray(run * numTokens * rows, (run + 1) * numTokens * rows), CLOSE);
  }
}

const small = WEIGHT_FORMATS.flatMap((format) => [1, 3, 33].map((T) => ({ format, T })));
gpuTest.for(small)('matmul of $format, T=$T, ragged rows, several chunks', async ({ format, T }, { gpu }) => {
  await check(gpu, smallMatrix({ format, rows: 64 * 5 + 7, cols: 224 }, T), T, 2);
});

gpuTest.for([1, 70])('bias and residual at T=%i', async (T, { gpu }) => {
  const matrix = smallMatrix({ format: 'q4', rows: 200, cols: 96 }, 3);
  const weights = uploadMatrix(gpu, matrix, 3);
  const random = seeded(T);
  const [x, bias, residual] = [random.normal(T * 96), random.normal(200), random.normal(T * 200)];
  const [xs, biases, y] = [gpu.tensor(x, [T, 96]), gpu.tensor(bias, [200]), gpu.tensor(residual, [T, 200])];
  await gpu.run((pass) => matmul(pass, { x: xs, weights, y, bias: biases, accumulate: true }));
  const want = matmulReference(x, matrix).map((value, i) => value + bias[i % 200] + residual[i]);
  expectClose(await gpu.readF32(y), want, CLOSE);
});

gpuTest.for([1, 9])(
  'matmul of an interleaved matrix writes rows in their original order, T=%i',
  async (T, { gpu }) => {
    await check(gpu, smallMatrix({ format: 'q8', rows: 2 * 90, cols: 64, interleaved: true }, 5), T, 2);
  },
);

async function checkSwiglu(gpu: TestGpu, matrix: PackedMatrix, numTokens: number): Promise<void> {
  const { rows, cols } = matrix;
  const weights = uploadMatrix(gpu, matrix, 6);
  const x = seeded(numTokens).normal(numTokens * cols);
  x[5] = 1000; // large |x| for silu, both signs
  const y = await gpu.compute([numTokens, rows / 2], (pass, out) =>
    matmulSwiglu(pass, { x: gpu.tensor(x, [numTokens, cols]), weights, y: out }),
  );
  expectClose(y, swigluReference(matmulReference(x, matrix), rows / 2), { ...CLOSE, rel: 1e-5 });
}

gpuTest.for(small)(
  'matmulSwiglu of $format, T=$T, ragged rows, several chunks',
  async ({ format, T }, { gpu }) => {
    gpu.gpu.tuning = defaultTuning(gpu.gpu.adapter);
    await checkSwiglu(gpu, smallMatrix({ format, rows: 2 * 202, cols: 96, interleaved: true }, T), T);
  },
);

// The tuning of the other kind of adapter must be correct as well.
const tunings = { software: SOFTWARE_TUNING, hardware: HARDWARE_TUNING };
const tuned = (['software', 'hardware'] as const).flatMap((kind) => [1, 11, 80].map((T) => ({ kind, T })));
gpuTest.for(tuned)(
  'matmul and matmulSwiglu as tuned for $kind adapters, T=$T',
  async ({ kind, T }, { gpu }) => {
    gpu.gpu.tuning = tunings[kind];
    await checkAsTuned(gpu, smallMatrix({ format: 'q4m', rows: 64 * 5 + 7, cols: 1120 }, T), T, 3);
    await checkSwiglu(gpu, smallMatrix({ format: 'q4', rows: 2 * 202, cols: 96, interleaved: true }, T), T);
  },
);

// If the adapter uses the broadcasting kernel, the tests above cover its formats; these cover its edge cases and the tiled
// kernel.
gpuTest.for([2, 4, 5, 8, 9, 17, 63, 64, 65])(
  'matmul and matmulSwiglu by broadcast, T=%i',
  async (T, { gpu, skip }) => {
    const { subgroupSize: broadcastLanes } = gpu.gpu.adapter;
    if (!broadcastLanes) return skip('not run: no subgroups of one size here');
    gpu.gpu.tuning = { ...SOFTWARE_TUNING, broadcastLanes };
    await checkAsTuned(gpu, smallMatrix({ format: 'q4', rows: 64 * 3 + 7, cols: 160 }, T), T, 2);
    await checkSwiglu(gpu, smallMatrix({ format: 'q4m', rows: 2 * 202, cols: 96, interleaved: true }, T), T);
  },
);

gpuTest.for(WEIGHT_FORMATS)('matmul of %s by tiles', async (format, { gpu }) => {
  gpu.gpu.tuning = HARDWARE_TUNING;
  await checkAsTuned(gpu, smallMatrix({ format, rows: 64 + 7, cols: 96 }, 9), 9);
});

// int8 activations against a reference that multiplies the same codes: integers are exact, only sums round.
const QUANTISED = WEIGHT_FORMATS.filter(isQuantised);
const int8Cases = (['tiled', 'broadcast'] as const).flatMap((kind) =>
  QUANTISED.flatMap((format) => (format === 'q4' ? [9, 65] : [33]).map((T) => ({ kind, format, T }))),
);
gpuTest.for(int8Cases)(
  'int8 matmul and matmulSwiglu, $kind, $format, T=$T',
  async ({ kind, format, T }, { gpu, skip }) => {
    const { subgroupSize = 0 } = gpu.gpu.adapter;
    if (kind === 'broadcast' && subgroupSize === 0) return skip('not run: no subgroups of one size here');
    if (kind === 'broadcast') gpu.gpu.tuning = { ...SOFTWARE_TUNING, broadcastLanes: subgroupSize };
    else gpu.gpu.tuning = { ...HARDWARE_TUNING, prefill: 'dot4', tokenLanes: T === 65 ? 8 : 4 };
    const [rows, cols, width] = [64 * 3 + 7, 1120, 202];
    const plain = smallMatrix({ format, rows, cols }, T);
    const both = smallMatrix({ format, rows: 2 * width, cols, interleaved: true }, T + 1);
    for (const floats of [seeded(T).normal(T * cols), activations(T, cols, T)]) {
      const x = gpu.tensor(floats, [T, cols]);
      const codes = quantizedView(gpu.zeros([T, cols]));
      const [y, gated] = [gpu.zeros([T, rows]), gpu.zeros([T, width])];
      await gpu.run((pass) => {
        quantizeRows(pass, { x, y: codes });
        matmul(pass, { x: codes, weights: uploadMatrix(gpu, plain, 2), y });
        matmulSwiglu(pass, { x: codes, weights: uploadMatrix(gpu, both, 6), y: gated });
      });
      const values = Float32Array.from(unpackQuantized(await gpu.readU32(codes)).values);
      expectClose(values, quantizeReference(floats).values, { ofRms: 2e-2 }); // a tie may round either way
      expectClose(await gpu.readF32(y), matmulReference(values, plain), CLOSE);
      expectClose(await gpu.readF32(gated), swigluReference(matmulReference(values, both), width), { ...CLOSE, rel: 1e-5 }); // prettier-ignore
    }
  },
);

// The shapes of GLM-4-9B.
const shipped: (PackedShape & { T: number })[] = [
  { format: 'q4', rows: 4608, cols: 4096, T: 1 }, // QKV
  { format: 'q4', rows: 4096, cols: 13696, T: 1 }, // down
  { format: 'q8', rows: 4096, cols: 13696, T: 1 },
  { format: 'q4', rows: 1024, cols: 13696, T: 16 },
  { format: 'q4', rows: 37888, cols: 4096, T: 1 }, // a chunk of the LM head
];
gpuTest.for(shipped)(
  'matmul at full size: $format [$rows, $cols], T=$T',
  async ({ T, ...shape }, { gpu }) => {
    await check(gpu, randomMatrix(shape, seeded(shape.rows)), T);
  },
);

gpuTest.for(['q4', 'q8'] as const)(
  'matmulSwiglu at full size: %s [27392, 4096], T=1',
  async (format, { gpu }) => {
    gpu.gpu.tuning = defaultTuning(gpu.gpu.adapter);
    const [ffnSize, cols] = [13696, 4096];
    const matrix = randomMatrix({ format, rows: 2 * ffnSize, cols, interleaved: true }, seeded(7));
    const x = seeded(8).normal(cols);
    const y = await gpu.compute([1, ffnSize], (pass, out) =>
      matmulSwiglu(pass, { x: gpu.tensor(x, [1, cols]), weights: uploadMatrix(gpu, matrix), y: out }),
    );
    expectClose(y, swigluReference(matmulReference(x, matrix), ffnSize), CLOSE);
  },
);

gpuTest('matmul rejects wrong shapes before dispatching', async ({ gpu }) => {
  const weights = uploadMatrix(gpu, smallMatrix({ format: 'q4', rows: 64, cols: 32 }, 1));
  const [x, y] = [gpu.zeros([1, 32]), gpu.zeros([1, 65])];
  await expect(gpu.run((pass) => matmul(pass, { x, weights, y }))).rejects.toThrow(
    'matmul y has shape [1,65], expected [1,64]',
  );
});
