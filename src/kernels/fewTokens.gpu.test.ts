// A pass over a few tokens rounds each token exactly as a pass over it alone; otherwise checking drafts could change an
// answer.
import { expect } from 'vitest';
import type { Tensor } from '../gpu/tensor';
import { defaultTuning, HARDWARE_TUNING, SOFTWARE_TUNING, type KernelTuning } from '../gpu/tuning';
import { sizeOf } from '../shared/shape';
import { gpuTest, type TestGpu } from '../testing/gpuTest';
import { seeded } from '../testing/random';
import { FEW_TOKENS } from './activations';
import { attention, attentionScratchShape, splitsAlike } from './attention';
import { createKvLayer, type KvFormat } from './kv';
import { matmul, matmulSwiglu } from './matmul';
import { qkvRopeAppend } from './qkvRope';
import { quantizedFor } from './quantizeRows';
import { ropeTable } from './rope';
import { encodeState, STATE_WORDS } from './state';
import { packValues, uploadMatrix, type PackedShape } from './weights.reference';

const INT8 = { nibbles: 'dot4', bytes: 'dot4' } as const;
const tunings: [string, KernelTuning][] = [
  ['hardware, floats', HARDWARE_TUNING],
  ['hardware, int8', { ...HARDWARE_TUNING, ...INT8 }],
  [
    'hardware, 2 tiles, int8',
    { ...HARDWARE_TUNING, ...INT8, matvecRows: 64, matvecSlices: 4, matvecTiles: 2 },
  ],
  ['subgroups, int8', { ...HARDWARE_TUNING, ...INT8, subgroupLanes: 32 }],
  ['software, without broadcasts', SOFTWARE_TUNING],
  ['software', SOFTWARE_TUNING],
];

/** Sets the tuning, adapted to this adapter's subgroups. */
function tune(gpu: TestGpu, name: string, tuning: KernelTuning, skip: (why: string) => void): void {
  const { subgroupSize } = gpu.gpu.adapter;
  if ((tuning.subgroupLanes > 0 || name === 'software') && !subgroupSize) skip('not run: no subgroups here');
  gpu.gpu.tuning = name === 'software' ? { ...tuning, broadcastLanes: subgroupSize ?? 0 } : tuning;
}

function weightsOf(gpu: TestGpu, shape: PackedShape) {
  const values = seeded(shape.rows).normal(shape.rows * shape.cols);
  return uploadMatrix(gpu, packValues(shape, values.map((value) => value / Math.sqrt(shape.cols) + 0.01)), 4); // prettier-ignore
}

/** Rows with outliers in different channels per token. */
function tokens(numTokens: number, cols: number): Float32Array {
  const x = seeded(numTokens + cols).normal(numTokens * cols);
  for (let i = 3; i < x.length; i += 97) x[i] *= 50;
  return x;
}

/** Runs `of` on all rows together and on single rows; the output words must be equal. */
async function expectAlike(
  x: Float32Array,
  numTokens: number,
  of: (x: Float32Array, numTokens: number) => Promise<Uint32Array>,
): Promise<void> {
  const together = await of(x, numTokens);
  const cols = x.length / numTokens;
  const width = together.length / numTokens;
  for (const t of new Set([0, 1, numTokens - 1])) {
    const alone = await of(x.slice(t * cols, (t + 1) * cols), 1);
    expect(alone.some((word) => word !== 0)).toBe(true);
    expect([...together.slice(t * width, (t + 1) * width)], `token ${t} of ${numTokens}`).toEqual([...alone]);
  }
}

const cases = tunings.flatMap(([name, tuning]) => [4, 7].map((T) => ({ name, tuning, T })));
gpuTest.for(cases)('matmul and SwiGLU: $name, T=$T', async ({ name, tuning, T }, { gpu, skip }) => {
  tune(gpu, name, tuning, skip);
  const cols = 1120;
  for (const format of T === 4 ? (['q4', 'q8m'] as const) : (['q4'] as const)) {
    const plain = weightsOf(gpu, { format, rows: 64 * 3 + 7, cols });
    const both = weightsOf(gpu, { format, rows: 2 * 96, cols, interleaved: true });
    await expectAlike(tokens(T, cols), T, async (values, count) => {
      const floats = gpu.tensor(values, [count, cols]);
      const y = gpu.tensor(tokens(count, plain.rows).fill(0.25), [count, plain.rows]);
      await gpu.run((pass) => {
        const x = quantizedFor(pass, { floats, reader: plain, codes: gpu.zeros([count, cols]) });
        matmul(pass, { x, weights: plain, y, accumulate: true });
      });
      return gpu.readU32(y);
    });
    await expectAlike(tokens(T, cols), T, async (values, count) => {
      const floats = gpu.tensor(values, [count, cols]);
      const gated = gpu.zeros([count, 96]);
      let stored: Tensor = gated;
      await gpu.run((pass) => {
        const x = quantizedFor(pass, { floats, reader: both, codes: gpu.zeros([count, cols]) });
        const codes = gpu.zeros([count, 96]);
        stored = matmulSwiglu(pass, { x, weights: both, y: gated, reader: plain, codes });
      });
      return gpu.readU32(stored);
    });
  }
});

const heads = { numHeads: 6, numKvHeads: 2, headDim: 128 };
const width = heads.numHeads * heads.headDim;

gpuTest.for(tunings.slice(1))('Q, K and V with their rotation: %s', async ([name, tuning], { gpu, skip }) => {
  tune(gpu, name, tuning, skip);
  const [cols, rows, capacity, T] = [224, (heads.numHeads + 2 * heads.numKvHeads) * heads.headDim, 12, 5];
  const weights = weightsOf(gpu, { format: 'q4', rows, cols });
  const table = gpu.tensor(ropeTable({ capacity, ropeDims: 64, base: 1e4 }), [capacity, 64]);
  const bias = gpu.tensor(seeded(3).normal(rows), [rows]);
  const x = tokens(T, cols);
  const shape = { format: 'f32' as const, capacity, numKvHeads: heads.numKvHeads, headDim: heads.headDim };
  const run = async (batches: number[]) => {
    const kv = createKvLayer(gpu.gpu, 'kv', shape);
    const qs: number[] = [];
    let first = 0;
    for (const count of batches) {
      const floats = gpu.tensor(x.slice(first * cols, (first + count) * cols), [count, cols]);
      const q = gpu.zeros([count, width]);
      const state = gpu.tensor(encodeState({ slot: 4 + first, counter: 0 }), [STATE_WORDS]);
      await gpu.run((pass) => {
        const input = quantizedFor(pass, { floats, reader: weights, codes: gpu.zeros([count, cols]) });
        const qkv = gpu.zeros([count, rows]);
        qkvRopeAppend(pass, { x: input, weights, bias, qkv, table, state, q, kv, numHeads: heads.numHeads, pairing: 'interleaved' }); // prettier-ignore
      });
      qs.push(...(await gpu.readU32(q)));
      first += count;
    }
    const cached = [...(await gpu.readU32(kv.k)), ...(await gpu.readU32(kv.v))];
    for (const { buffer } of [kv.k, kv.v]) gpu.gpu.destroyBuffer(buffer);
    return { qs, cached };
  };
  expect(await run([T])).toEqual(await run(Array<number>(T).fill(1)));
});

const caches = (['f16', 'f32', 'i8'] as KvFormat[]).flatMap((format) =>
  (['software', 'hardware'] as const).map((kind) => ({ format, kind })),
);
gpuTest.for(caches)('attention over a cache of $format, $kind', async ({ format, kind }, { gpu }) => {
  const { subgroupSize } = gpu.gpu.adapter;
  gpu.gpu.tuning = defaultTuning({ software: kind === 'software', subgroupSize });
  const T = FEW_TOKENS;
  const capacity = 300;
  const kv = createKvLayer(gpu.gpu, 'kv', { format, capacity, ...heads });
  const random = seeded(T);
  for (const tensor of [kv.k, kv.v]) {
    const words =
      format === 'f32' ? random.normal(sizeOf(tensor.shape)) : new Float32Array(sizeOf(tensor.shape));
    if (format !== 'f32') {
      const halves = new Uint16Array(words.buffer);
      halves.forEach((_, i) => (halves[i] = random.int(0x7000))); // random bits without infinities
    }
    gpu.gpu.write(tensor, new Float32Array(words));
  }
  const scratchFor = (numTokens: number) =>
    gpu.zeros(attentionScratchShape({ ...heads, maxLength: capacity, numTokens }));
  const q = random.normal(T * width).map((value) => value / 11);
  const position = 254; // the tokens span two splits
  let first = 0;
  const attend = async (values: Float32Array, count: number) => {
    const state = gpu.tensor(encodeState({ slot: position + first, counter: 0 }), [STATE_WORDS]);
    const y = gpu.zeros([count, width]);
    const args = { q: gpu.tensor(values, [count, width]), kv, state, y, numHeads: heads.numHeads };
    await gpu.run((pass) => attention(pass, { ...args, scratch: scratchFor(count) }));
    return gpu.readU32(y);
  };
  const together = await attend(q, T);
  for (; first < T; first++) {
    const alone = await attend(q.slice(first * width, (first + 1) * width), 1);
    expect([...together.slice(first * width, (first + 1) * width)], `token ${first}`).toEqual([...alone]);
  }
  for (const { buffer } of [kv.k, kv.v]) gpu.gpu.destroyBuffer(buffer);
  expect(splitsAlike(256, 8192)).toBe(true);
  expect(splitsAlike(8192, 16384)).toBe(false);
});
