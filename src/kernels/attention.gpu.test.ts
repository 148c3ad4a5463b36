import { describe, expect } from 'vitest';
import { floatToHalf, halfToFloat } from '../shared/half';
import { HARDWARE_TUNING } from '../gpu/tuning';
import { expectClose } from '../testing/expectClose';
import type { TestGpu } from '../testing/gpuTest';
import { gpuTest } from '../testing/gpuTest';
import { seeded } from '../testing/random';
import { FEW_TOKENS } from './activations';
import { attention, attentionScratchShape } from './attention';
import { attentionReference } from './attention.reference';
import type { KvFormat, KvLayer } from './kv';
import { kvTensorShape } from './kv';
import { decodeI8, encodeI8 } from './kv.reference';
import { encodeState } from './state';

interface Shape {
  numHeads: number;
  numKvHeads: number;
  headDim: number;
}
interface Case extends Shape {
  T: number;
  /** Position of the first of the T tokens. */
  position: number;
  format: KvFormat;
  capacity?: number;
  maxLength?: number;
  /** Rows before this one are visible to every token; default 0. */
  prefixEnd?: number;
}

const glm9b: Shape = { numHeads: 32, numKvHeads: 2, headDim: 128 };
const tiny32: Shape = { numHeads: 4, numKvHeads: 2, headDim: 32 };
const tiny64: Shape = { numHeads: 4, numKvHeads: 2, headDim: 64 };
const threes: Shape = { numHeads: 6, numKvHeads: 2, headDim: 96 };
const odd: Shape = { numHeads: 6, numKvHeads: 3, headDim: 20 };
const million: Shape = { numHeads: 32, numKvHeads: 4, headDim: 128 };
const wide: Shape = { numHeads: 80, numKvHeads: 1, headDim: 32 }; // more heads than one workgroup's rows

const decodeCases: Case[] = [1, 63, 64, 65, 1000, 4096].flatMap((length) => [
  { ...glm9b, T: 1, position: length - 1, format: 'f16' as const },
  { ...tiny64, T: 1, position: length - 1, format: 'f32' as const },
]);
decodeCases.push(
  { ...glm9b, T: 1, position: 999, format: 'f32' },
  { ...tiny32, T: 1, position: 200, format: 'f16' },
  { ...threes, T: 1, position: 130, format: 'f32' },
  { ...odd, T: 1, position: 70, format: 'f16' },
  { ...million, T: 1, position: 130, format: 'f16' },
  { ...wide, T: 1, position: 66, format: 'f32' },
  { ...tiny32, T: 1, position: 20, format: 'f32', capacity: 20_000 }, // most splits return at once
  { ...tiny32, T: 1, position: 19_999, format: 'f32', capacity: 20_000 },
  { ...glm9b, T: 1, position: 999, format: 'i8', capacity: 1024 },
  { ...threes, T: 1, position: 130, format: 'i8' },
  { ...tiny32, T: 1, position: 255, format: 'f32', capacity: 4096, maxLength: 256 },
  { ...glm9b, T: 1, position: 4999, format: 'i8', capacity: 8192 }, // two tiles per split, the last partial
);

const prefillCases: Case[] = [2, 17, 64].flatMap((T) =>
  [0, 100].flatMap((position) => [
    { ...glm9b, T, position, format: 'f16' as const },
    { ...tiny64, T, position, format: 'f32' as const },
  ]),
);
prefillCases.push(
  { ...tiny32, T: 33, position: 31, format: 'f16' },
  { ...threes, T: 23, position: 40, format: 'f32' },
  { ...odd, T: 40, position: 5, format: 'f32' },
  { ...million, T: 9, position: 63, format: 'f32' },
  { ...wide, T: 3, position: 66, format: 'f16' },
  { ...glm9b, T: 17, position: 100, format: 'i8' },
  { ...odd, T: 40, position: 5, format: 'i8', capacity: 64 },
  { ...tiny64, T: 70, position: 0, format: 'f32', prefixEnd: 70 }, // an image in a vision tower
  { ...glm9b, T: 33, position: 0, format: 'f16', prefixEnd: 21 }, // a prefix-LM: the rest stays causal
  { ...threes, T: 2, position: 5, format: 'f32', prefixEnd: 130, capacity: 140 }, // decode path, several splits
);

/** Lanes that share loads by subgroup broadcast; 0: workgroup memory instead. */
describe.for([0, 8])('attention with %d broadcast lanes', (broadcastLanes) => {
  const choose = (gpu: TestGpu, skip: (why: string) => void) => {
    gpu.gpu.tuning = { ...HARDWARE_TUNING, broadcastLanes };
    if (broadcastLanes > 0 && gpu.gpu.adapter.subgroupSize !== broadcastLanes)
      skip(`not run: no subgroups of ${broadcastLanes} here`);
  };

  gpuTest.for([...decodeCases, ...prefillCases])(
    'T=$T at $position, $numHeads/$numKvHeads heads of $headDim, $format',
    async (args, { gpu, skip }) => {
      choose(gpu, skip);
      const data = randomData(args);
      const want = attentionReference({ ...args, ...data });
      const tolerance = args.format === 'f16' ? 2e-3 : 1e-5;
      expectClose(await run(gpu, args, data), want, { ofRms: tolerance });
    },
  );

  gpuTest('chunked prefill equals a single pass', async ({ gpu, skip }) => {
    choose(gpu, skip);
    const whole: Case = { ...glm9b, T: 45, position: 7, format: 'f32', capacity: 64 };
    const data = randomData(whole);
    const want = await run(gpu, whole, data);
    let done = 0;
    for (const T of [1, 2, 17, 25]) {
      const rows = T * glm9b.numHeads * glm9b.headDim;
      const chunk = { ...data, q: data.q.subarray(done, done + rows) };
      const y = await run(gpu, { ...whole, T, position: 7 + done / (glm9b.numHeads * glm9b.headDim) }, chunk);
      expectClose(y, want.subarray(done, done + rows), { ofRms: 1e-5 });
      done += rows;
    }
  });

  gpuTest.for([1, 20])('is exact with scores of 1e5 and keys of 1e4 at T=%d', async (T, { gpu, skip }) => {
    choose(gpu, skip);
    for (const format of ['f16', 'f32'] as const) {
      const args: Case = { ...tiny64, T, position: 150, format };
      const data = randomData(args);
      for (let i = 0; i < data.k.length; i += 64) data.k[i] *= 1e4 / 4; // one outlier channel
      for (let i = 0; i < data.q.length; i += 64) data.q[i] *= 10;
      data.k.set(data.k.map((x) => Math.max(-1e4, Math.min(1e4, x))));
      if (format === 'f16') data.k.set(data.k.map((x) => halfToFloat(floatToHalf(x))));
      const y = await run(gpu, args, data);
      expect(y.every(Number.isFinite)).toBe(true);
      // in f32, scores near 1e5 and therefore the weights are exact to 1e-2 only
      expectClose(y, attentionReference({ ...args, ...data }), { ofRms: 3e-2 });
    }
  });
});

interface Data {
  q: Float32Array;
  k: Float32Array;
  v: Float32Array;
}

/** Inputs with peaked scores, so a wrong position or scale shows; values beyond the last position corrupt the result. */
function randomData({
  T,
  position,
  numHeads,
  numKvHeads,
  headDim,
  capacity = position + T,
  format,
  prefixEnd = 0,
}: Case): Data {
  const random = seeded(T * 7919 + position * 31 + numHeads + headDim);
  const q = random.normal(T * numHeads * headDim).map((x) => (1.5 * x) / Math.sqrt(headDim));
  const [k, v] = [
    random.normal(numKvHeads * capacity * headDim),
    random.normal(numKvHeads * capacity * headDim),
  ];
  for (let head = 0; head < numKvHeads; head++) {
    v.fill(
      1e4,
      (head * capacity + Math.max(position + T, prefixEnd)) * headDim,
      (head + 1) * capacity * headDim,
    );
  }
  if (format === 'f16')
    for (const values of [k, v]) values.set(values.map((x) => halfToFloat(floatToHalf(x))));
  if (format === 'i8')
    for (const values of [k, v]) values.set(decodeI8(encodeI8(values, headDim).buffer, headDim));
  return { q, k, v };
}

async function run(gpu: TestGpu, args: Case, { q, k, v }: Data): Promise<Float32Array> {
  const {
    T,
    position,
    numHeads,
    numKvHeads,
    headDim,
    format,
    capacity = position + T,
    maxLength,
    prefixEnd,
  } = args;
  const { shape } = kvTensorShape({ format, capacity, numKvHeads, headDim });
  const cached = (values: Float32Array) => {
    if (format === 'f32') return gpu.tensor(values, shape);
    if (format === 'i8') return gpu.tensor(encodeI8(values, headDim), shape);
    return gpu.tensor(new Uint8Array(Uint16Array.from(values, floatToHalf).buffer), shape);
  };
  const kv: KvLayer = { k: cached(k), v: cached(v), format, capacity, numKvHeads, headDim };
  const state = gpu.tensor(encodeState({ slot: position, counter: 0, prefixEnd }), [8]);
  const numTokens = T <= FEW_TOKENS ? T : 1;
  const scratch = gpu.zeros(
    attentionScratchShape({ numHeads, headDim, numTokens, maxLength: maxLength ?? capacity }),
  );
  return gpu.compute([T, numHeads * headDim], (pass, y) =>
    attention(pass, {
      q: gpu.tensor(q, [T, numHeads * headDim]),
      kv,
      state,
      y,
      numHeads,
      maxLength,
      scratch,
    }),
  );
}
