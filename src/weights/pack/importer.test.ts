import { describe, expect, test } from 'vitest';
import { expectClose } from '../../testing/expectClose';
import { tensorBytes, writeGguf, type GgmlType } from '../../testing/gguf';
import { seeded } from '../../testing/random';
import { encodeWeights, randomBlocks } from '../../testing/randomWeights';
import { memoryCache } from '../stored/cache';
import { openGguf } from '../file/gguf';
import { importModel } from './importer';
import { SHARD_BYTES } from './shardWriter';
import { bytesSource } from '../file/sources';
import { failureOf, importBytes, readImage, reference, unpack } from '../testKit';
import type { TensorPlan, WeightProgress } from '../types';

const random = seeded(11);

function tensor(
  name: string,
  type: GgmlType,
  shape: number[],
  data?: Uint8Array,
): { name: string; type: GgmlType; shape: number[]; data: Uint8Array } {
  const count = tensorBytes(type, shape) / tensorBytes(type, [32]);
  return {
    name,
    type,
    shape,
    data: data ?? randomBlocks(type, type === 'F32' ? count * 32 : count, 0.02, random),
  };
}

/** Large enough for several batches, reads across tile edges and three shards. */
const counting = new Uint32Array(4163 * 2080);
for (let i = 0; i < counting.length; i++) counting[i] = i;
const big = tensor('big', 'F32', [4163, 2080], new Uint8Array(counting.buffer));
const norm = tensor('norm', 'F32', [96]);
const small = tensor('small', 'Q8_0', [5, 64]);
const file = writeGguf({ metadata: { 'general.name': 'Big' }, tensors: [big, norm, small] });
const plan: TensorPlan[] = [
  { name: 'norm', kind: 'vector', shape: [96] },
  { name: 'big', kind: 'matrix', shape: [4163, 2080] },
  { name: 'small', kind: 'matrix', shape: [5, 64] },
];

describe('importModel', () => {
  test('streams every tensor into 16 MiB shards, in file order at aligned offsets', async () => {
    const progress: WeightProgress[] = [];
    const source = bytesSource(file);
    const reads: number[] = [];
    const gguf = await openGguf([
      { ...source, read: (at, n, signal) => (reads.push(n), source.read(at, n, signal)) },
    ]);
    reads.length = 0;
    const cache = memoryCache();
    const manifest = await importModel({
      ...{ id: 'big', name: 'Big', origin: 'big.gguf', gguf, plan, cache },
      onProgress: (report) => progress.push(report),
    });
    expect(manifest.tensors.map(({ name, offset }) => [name, offset % 256])).toEqual([
      ['big', 0],
      ['norm', 0],
      ['small', 0],
    ]);
    expect(manifest.shardDigests.length).toBe(Math.ceil(manifest.packedBytes / SHARD_BYTES));
    expect(manifest.shardDigests.length).toBeGreaterThan(2);
    expect(Math.max(...reads)).toBeLessThanOrEqual(8 * 1024 * 1024);
    const image = await readImage(manifest, cache);
    expect(unpack(manifest, image, 'norm')).toEqual(new Float32Array(norm.data.slice().buffer));
    expectClose(unpack(manifest, image, 'big'), reference('F32', big.data, 4163 * 2080));
    expectClose(unpack(manifest, image, 'small'), reference('Q8_0', small.data, 5 * 64));
    expect(progress.at(-1)).toEqual({
      phase: 'import',
      doneBytes: big.data.length + 384 + 340,
      totalBytes: big.data.length + 724,
    });
    expect(await cache.idOfOrigin('big.gguf')).toBe('big');
    expect(manifest.metadata).toEqual({ 'general.name': 'Big' });
  });

  test('vectors of any type and of stacked parts become f32', async () => {
    const [a, b] = [random.normal(32), random.normal(32)];
    const parts = [
      tensor('a', 'F16', [32], encodeWeights('F16', a)),
      tensor('b', 'Q8_0', [32], encodeWeights('Q8_0', b)),
    ];
    const biases: TensorPlan[] = [{ name: 'qkv.bias', kind: 'vector', shape: [64], parts: ['a', 'b'] }];
    const { manifest, image } = await importBytes(writeGguf({ metadata: {}, tensors: parts }), biases);
    const got = unpack(manifest, image, 'qkv.bias');
    expectClose(got.subarray(0, 32), reference('F16', parts[0].data, 32));
    expectClose(got.subarray(32), reference('Q8_0', parts[1].data, 32));
  });

  const wrongPlans: [string, TensorPlan, object][] = [
    [
      'missing',
      { name: 'head', kind: 'matrix', shape: [5, 64] },
      { code: 'missing-tensor', details: { tensor: 'head' } },
    ],
    [
      'rows',
      { name: 'small', kind: 'matrix', shape: [6, 64] },
      { code: 'wrong-shape', details: { tensor: 'small', found: '[5, 64]', expected: '[6, 64]' } },
    ],
    [
      'kind',
      { name: 'small', kind: 'vector', shape: [5] },
      { code: 'wrong-shape', details: { found: '[5, 64]', expected: '[5]' } },
    ],
    [
      'stack',
      { name: 's', kind: 'matrix', shape: [11, 64], parts: ['small', 'small'] },
      { code: 'wrong-shape', details: { tensor: 's', found: '[10, 64]', expected: '[11, 64]' } },
    ],
    [
      'halves',
      { name: 'small', kind: 'matrix', shape: [5, 64], interleaved: true },
      { code: 'wrong-shape', details: { tensor: 'small' } },
    ],
  ];
  test.each(wrongPlans)('a wrong plan (%s) fails before anything is read', async (_, wrong, failure) => {
    expect(await failureOf(() => importBytes(file, [wrong]))).toMatchObject(failure);
  });

  test('rejects columns that are not a multiple of 32, and unsupported types', async () => {
    const odd = writeGguf({
      metadata: {},
      tensors: [{ name: 'w', type: 'F32', shape: [2, 33], data: new Uint8Array(264) }],
    });
    const matrix = (shape: number[]): TensorPlan[] => [{ name: 'w', kind: 'matrix', shape }];
    expect(await failureOf(() => importBytes(odd, matrix([2, 33])))).toMatchObject({
      code: 'wrong-shape',
      details: { tensor: 'w', found: '[2, 33]' },
    });
    const q2 = writeGguf({
      metadata: {},
      tensors: [{ name: 'w', type: 'Q2_K', shape: [1, 256], data: new Uint8Array(84) }],
    });
    const failure = await failureOf(() => importBytes(q2, matrix([1, 256])));
    expect(failure).toMatchObject({
      code: 'unsupported-tensor-type',
      details: { tensor: 'w', type: 'Q2_K' },
    });
    expect(failure.details?.supported).toContain('Q4_0');
  });

  test('rejects a vector that is not finite', async () => {
    const bad = tensor('norm', 'F32', [96], encodeWeights('F32', new Float32Array(96).fill(NaN)));
    const failure = await failureOf(() =>
      importBytes(writeGguf({ metadata: {}, tensors: [bad] }), [plan[0]]),
    );
    expect(failure).toMatchObject({ code: 'bad-values', details: { tensor: 'norm' } });
  });
});
