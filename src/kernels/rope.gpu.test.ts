import { describe, expect, test } from 'vitest';
import { expectClose } from '../testing/expectClose';
import type { TestGpu } from '../testing/gpuTest';
import { gpuTest } from '../testing/gpuTest';
import { seeded } from '../testing/random';
import { halfToFloat } from '../shared/half';
import type { KvFormat, KvLayer } from './kv';
import { kvTensorShape } from './kv';
import { decodeI8 } from './kv.reference';
import { ropeAppend, ropeFrequencies, ropeTable } from './rope';
import type { RopeReferenceArgs } from './rope.reference';
import { ropeReference } from './rope.reference';
import { encodeState } from './state';

interface RopeCase extends Omit<RopeReferenceArgs, 'qkv'> {
  T: number;
  format: KvFormat;
  capacity: number;
  /** Rows of the table before `position` stay zero. */
  tableCapacity?: number;
}

const glm9b = { numHeads: 32, numKvHeads: 2, headDim: 128, ropeDims: 64, base: 5e6 };
const cases: RopeCase[] = [
  { ...glm9b, T: 1, position: 70, format: 'f16', capacity: 128 },
  { ...glm9b, T: 17, position: 100, format: 'f32', capacity: 128 },
  { ...glm9b, numKvHeads: 4, base: 1e8, T: 2, position: 3, format: 'f16', capacity: 8 },
  {
    numHeads: 16,
    numKvHeads: 4,
    headDim: 128,
    ropeDims: 128,
    base: 1e4,
    T: 3,
    position: 0,
    format: 'f32',
    capacity: 5,
  },
  {
    numHeads: 4,
    numKvHeads: 2,
    headDim: 64,
    ropeDims: 32,
    base: 1e4,
    T: 5,
    position: 1,
    format: 'f16',
    capacity: 9,
  },
  {
    numHeads: 6,
    numKvHeads: 2,
    headDim: 32,
    ropeDims: 16,
    base: 1e4,
    T: 5,
    position: 1,
    format: 'f32',
    capacity: 9,
  },
  {
    numHeads: 4,
    numKvHeads: 2,
    headDim: 20,
    ropeDims: 10,
    base: 1e4,
    T: 5,
    position: 1,
    format: 'f16',
    capacity: 9,
  },
  { ...glm9b, T: 17, position: 100, format: 'i8', capacity: 128 },
  {
    numHeads: 4,
    numKvHeads: 2,
    headDim: 20,
    ropeDims: 10,
    base: 1e4,
    T: 5,
    position: 1,
    format: 'i8',
    capacity: 9,
  },
  { ...glm9b, T: 2, position: 20, format: 'f32', capacity: 32, pairing: 'half' },
  { ...glm9b, T: 2, position: 20, format: 'f16', capacity: 32, pairing: 'half', ropeDims: 128 },
];

describe('ropeAppend', () => {
  gpuTest.for(cases)(
    'T=$T at $position, $numHeads/$numKvHeads heads of $headDim, $ropeDims rotated, $format',
    async (args, { gpu }) => {
      await compare(gpu, args);
    },
  );

  gpuTest('position 100,000 is as exact as position 0', async ({ gpu }) => {
    const base = 1e4;
    const args = { numHeads: 2, numKvHeads: 1, headDim: 64, ropeDims: 64, base, T: 3, position: 100_000 };
    await compare(gpu, { ...args, format: 'f32', capacity: 100_003 });
  });

  gpuTest('rows beyond the capacity are dropped, and nothing else changes', async ({ gpu }) => {
    const args = { numHeads: 4, numKvHeads: 2, headDim: 32, ropeDims: 16, base: 1e4 };
    const qkv = seeded(3).normal(3 * 8 * 32);
    const { kv, state, table } = setUp(gpu, {
      ...args,
      T: 3,
      position: 3,
      format: 'f32',
      capacity: 4,
      tableCapacity: 6,
    });
    await gpu.run((pass) => {
      const q = gpu.zeros([3, 128]);
      ropeAppend(pass, { qkv: gpu.tensor(qkv, [3, 256]), table, state, q, kv, numHeads: 4 });
    });
    for (const tensor of [kv.k, kv.v]) {
      const rows = await gpu.readF32(tensor);
      const written = Array.from({ length: 8 }, (_, row) =>
        rows.subarray(row * 32, row * 32 + 32).some((x) => x !== 0),
      );
      expect(written).toEqual([false, false, false, true, false, false, false, true]);
    }
  });

  gpuTest('f16 keeps |k| = 1e4 and saturates beyond 65504', async ({ gpu }) => {
    const qkv = new Float32Array(3 * 32);
    qkv.set([1e4, -1e4, 1e6, -1e6, 65504], 32 + 16); // K, behind the rotated dims
    qkv.set([7e4, -3e38], 64); // V
    const args = { numHeads: 1, numKvHeads: 1, headDim: 32, ropeDims: 16, base: 1e4, T: 1, position: 0 };
    const { kv, state, table } = setUp(gpu, { ...args, format: 'f16', capacity: 1 });
    await gpu.run((pass) => {
      ropeAppend(pass, {
        qkv: gpu.tensor(qkv, [1, 96]),
        table,
        state,
        q: gpu.zeros([1, 32]),
        kv,
        numHeads: 1,
      });
    });
    const [k, v] = await readKv(gpu, kv);
    expect([...k.subarray(16, 22)]).toEqual([1e4, -1e4, 65504, -65504, 65504, 0]);
    expect([...v.subarray(0, 3)]).toEqual([65504, -65504, 0]);
  });
});

describe('ropeAppend to an i8 cache', () => {
  gpuTest('each row has its own scale: 0 for zeros, 1e30 beside 1e-3', async ({ gpu }) => {
    const qkv = new Float32Array(2 * 3 * 32);
    qkv.fill(1e-3, 64, 96); // V of token 0
    qkv.fill(-1e30, 96 + 64, 96 + 96); // V of token 1; K is zero
    const args = { numHeads: 1, numKvHeads: 1, headDim: 32, ropeDims: 16, base: 1e4, T: 2, position: 0 };
    const { kv, state, table } = setUp(gpu, { ...args, format: 'i8', capacity: 2 });
    const q = gpu.zeros([2, 32]);
    await gpu.run((pass) =>
      ropeAppend(pass, { qkv: gpu.tensor(qkv, [2, 96]), table, state, q, kv, numHeads: 1 }),
    );
    const [k, v] = await readKv(gpu, kv);
    expect(k.every((x) => x === 0)).toBe(true);
    expectClose(v.subarray(0, 32), new Float32Array(32).fill(1e-3), { rel: 1e-6 });
    expectClose(v.subarray(32), new Float32Array(32).fill(-1e30), { rel: 1e-6 });
  });
});

describe('ropeTable', () => {
  // glm-4-9b, -chat, -1m and the edge models: base, rotated dims, frequencies 0, 1, 2, 16 and 31
  test.for([
    [1e4, 64, [1, 0.749894209, 0.562341325, 0.01, 1.33352143e-4]],
    [5e5, 64, [1, 0.663601238, 0.440366603, 1.41421356e-3, 3.01385815e-6]],
    [5e6, 64, [1, 0.617528758, 0.381341767, 4.47213595e-4, 3.23871556e-7]],
    [1e8, 64, [1, 0.562341325, 0.316227766, 1e-4, 1.77827941e-8]],
    [1e4, 128, [1, 0.865964323, 0.749894209, 0.1, 0.0115478198]],
  ] as const)('frequencies at base %d over %d dims', ([base, ropeDims, want]) => {
    const got = ropeFrequencies({ base, ropeDims });
    expectClose(
      [0, 1, 2, 16, 31].map((i) => got[i]),
      want,
      { rel: 1e-8 },
    );
  });

  test('YaRN keeps fast pairs, stretches slow pairs and interpolates between', () => {
    const args = { base: 1e4, ropeDims: 64 };
    const yarn = { factor: 4, originalContext: 32768 };
    const plain = ropeFrequencies(args);
    const scaled = ropeFrequencies({ ...args, yarn });
    expectClose(scaled.subarray(0, 18), plain.subarray(0, 18)); // pair 17 still turns 32 times
    expectClose(
      scaled.subarray(30),
      plain.subarray(30).map((f) => f / 4),
      { rel: 1e-15 },
    );
    expect(scaled[20] / plain[20]).toBeCloseTo(1 - (3 / 13) * 0.75, 12);
    const row = ropeTable({ capacity: 1, ...args, yarn });
    expect(row[0]).toBeCloseTo(1.1386294, 6); // 0.1 ln 4 + 1
  });
});

function setUp(gpu: TestGpu, args: RopeCase) {
  const { capacity, numKvHeads, headDim, ropeDims, base, position, format, tableCapacity = capacity } = args;
  const { shape } = kvTensorShape(args);
  const kv: KvLayer = {
    k: gpu.zeros(shape, 'k'),
    v: gpu.zeros(shape, 'v'),
    format,
    capacity,
    numKvHeads,
    headDim,
  };
  const state = gpu.tensor(encodeState({ slot: position, counter: 0 }), [8]);
  const table = gpu.tensor(ropeTable({ capacity: tableCapacity, ropeDims, base }), [tableCapacity, ropeDims]);
  return { kv, state, table };
}

async function readKv(gpu: TestGpu, kv: KvLayer): Promise<Float32Array[]> {
  return Promise.all(
    [kv.k, kv.v].map(async (tensor) => {
      if (kv.format === 'f32') return gpu.readF32(tensor);
      if (kv.format === 'i8') return decodeI8(await gpu.gpu.read(tensor), kv.headDim);
      return Float32Array.from(new Uint16Array((await gpu.readU32(tensor)).buffer), halfToFloat);
    }),
  );
}

async function compare(gpu: TestGpu, args: RopeCase): Promise<void> {
  const { T, numHeads, numKvHeads, headDim, position, format, capacity, pairing } = args;
  const width = (numHeads + 2 * numKvHeads) * headDim;
  const qkv = seeded(T * width + position).normal(T * width);
  const { kv, state, table } = setUp(gpu, args);
  const q = await gpu.compute([T, numHeads * headDim], (pass, out) =>
    ropeAppend(pass, { qkv: gpu.tensor(qkv, [T, width]), table, state, q: out, kv, numHeads, pairing }),
  );
  const want = ropeReference({ ...args, qkv });
  expectClose(q, want.q, { abs: 1e-6, rel: 1e-6 });
  const [k, v] = await readKv(gpu, kv);
  const tolerance = format === 'f16' ? { abs: 1e-6, rel: 2 ** -11 } : { abs: 1e-6, rel: 1e-6 };
  for (const [got, rows] of [
    [k, inCache(want.k)],
    [v, inCache(want.v)],
  ] as const) {
    if (format !== 'i8') expectClose(got, rows, tolerance);
    for (let at = 0; format === 'i8' && at < rows.length; at += headDim) {
      const row = rows.subarray(at, at + headDim);
      const halfStep = Math.max(...row.map(Math.abs)) / 127 / 2;
      expectClose(got.subarray(at, at + headDim), row, { abs: halfStep * 1.001 });
    }
  }

  /** [T, numKvHeads, headDim] placed into a zeroed [numKvHeads, capacity, headDim]. */
  function inCache(rows: Float32Array): Float32Array {
    const cache = new Float32Array(numKvHeads * capacity * headDim);
    for (let t = 0; t < T; t++) {
      for (let head = 0; head < numKvHeads; head++) {
        const from = (t * numKvHeads + head) * headDim;
        cache.set(rows.subarray(from, from + headDim), (head * capacity + position + t) * headDim);
      }
    }
    return cache;
  }
}
