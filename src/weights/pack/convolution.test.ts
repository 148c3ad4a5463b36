// Convolution kernels from a file to the matrix that the tower multiplies with.
import { expect, test } from 'vitest';
import { writeGguf } from '../../testing/gguf';
import { seeded } from '../../testing/random';
import { encodeWeights } from '../../testing/randomWeights';
import { openGguf } from '../file/gguf';
import { bytesSource } from '../file/sources';
import { memoryCache } from '../stored/cache';
import { failureOf, readImage } from '../testKit';
import type { TensorPlan } from '../types';
import { importModel } from './importer';
import { unpackMatrix } from './tileReader';

async function packed(tensors: { name: string; shape: number[]; type: 'F32' | 'F16' }[], plan: TensorPlan[]) {
  const random = seeded(3);
  const values = tensors.map(({ shape }) => random.normal(shape.reduce((a, b) => a * b, 1)));
  const bytes = writeGguf({
    metadata: { 'general.architecture': 'clip' },
    tensors: tensors.map((tensor, i) => ({ ...tensor, data: encodeWeights(tensor.type, values[i]) })),
  });
  const gguf = await openGguf([bytesSource(bytes as Uint8Array<ArrayBuffer>)]);
  const cache = memoryCache();
  const manifest = await importModel({ id: 'x', name: 'x', origin: 'x', gguf, plan, cache });
  const image = await readImage(manifest, cache);
  const [tensor] = manifest.tensors;
  const own = image.subarray(tensor.offset, tensor.offset + tensor.byteLength);
  return {
    tensor,
    values,
    rows: tensor.kind === 'matrix' ? unpackMatrix(tensor, own) : new Float32Array(own.slice().buffer),
  };
}

test('two frames in two tensors are added up, and rows end in zeros', async () => {
  const shape = [70, 3, 2, 2];
  const { values, rows, tensor } = await packed(
    [{ name: 'a', shape, type: 'F16' }, { name: 'b', shape, type: 'F16' }],
    [{ name: 'w', kind: 'matrix', shape: [70, 32], parts: ['a', 'b'], convolution: { channels: 3, frames: 1, positions: 4 } }],
  ); // prettier-ignore
  expect(tensor.format).toBe('f32');
  expect(rows[69 * 32 + 5]).toBeCloseTo(values[0][69 * 12 + 5] + values[1][69 * 12 + 5], 2);
  expect([...rows.subarray(69 * 32 + 12)]).toEqual(new Array(20).fill(0));
});

test('two frames within a tensor are added up', async () => {
  const { values, rows } = await packed(
    [{ name: 'a', shape: [2, 3, 2, 4], type: 'F32' }],
    [
      {
        name: 'w',
        kind: 'matrix',
        shape: [2, 32],
        parts: ['a'],
        convolution: { channels: 3, frames: 2, positions: 4 },
      },
    ],
  );
  const [source] = values;
  expect(rows[32 + 4 + 1]).toBeCloseTo(source[24 + 8 + 1] + source[24 + 8 + 4 + 1], 6); // row 1, channel 1, position 1
});

test('a kernel of one frame keeps its type, its channels moved behind its positions', async () => {
  const { values, rows, tensor } = await packed(
    [{ name: 'w', shape: [65, 16, 2, 2], type: 'F16' }],
    [{ name: 'w', kind: 'matrix', shape: [65, 64], convolution: { channels: 16, frames: 1, positions: 4, channelsLast: true } }],
  ); // prettier-ignore
  expect(tensor.format).toBe('f16');
  expect(rows[64 * 64 + 3 * 16 + 7]).toBeCloseTo(values[0][64 * 64 + 7 * 4 + 3], 2);
});

test('a table becomes a vector; another number of values is refused', async () => {
  const table = { name: 't', shape: [3, 5], type: 'F32' as const };
  const { values, rows } = await packed([table], [{ name: 't', kind: 'vector', shape: [15], flat: true }]);
  expect([...rows]).toEqual([...values[0]]);
  const wrong = packed([table], [{ name: 't', kind: 'vector', shape: [16], flat: true }]);
  expect(await failureOf(() => wrong)).toMatchObject({ code: 'wrong-shape' });
});
