import { describe, expect, test } from 'vitest';
import { floatToHalf, halfToFloat } from '../../shared/half';
import { TILE_ROWS, tileBytes } from '../../shared/weightLayout';
import { expectClose, rootMeanSquare } from '../../testing/expectClose';
import { tensorBytes, writeGguf, type GgmlType } from '../../testing/gguf';
import { seeded } from '../../testing/random';
import { randomBlocks } from '../../testing/randomWeights';
import { dequantize } from '../file/dequantize';
import { rowBytes, SUPPORTED_TYPES, type SupportedType } from '../file/ggmlTypes';
import { packRows } from './packer';
import { failureOf, importBytes, reference, unpack } from '../testKit';

const random = seeded(4);

function tensor(
  name: string,
  type: GgmlType,
  shape: [number, number],
): { name: string; type: GgmlType; shape: number[]; data: Uint8Array } {
  const numBlocks =
    shape[0] * (tensorBytes(type, shape) / shape[0] / tensorBytes(type, [blockWeights(type)]));
  return { name, type, shape, data: randomBlocks(type, numBlocks, 0.02, random) };
}

function blockWeights(type: GgmlType): number {
  return type.endsWith('_K') ? 256 : type.startsWith('Q') ? 32 : 1;
}

/** Allowed error of packing relative to the dequantised source, as a share of its RMS. Types not listed are exact. */
const TOLERANCE: Partial<Record<SupportedType, number>> = {
  Q4_K: 5e-3, // d·scale and dmin·min rounded to f16: 2^-12 of values several times the RMS
  Q5_K: 5e-3,
  Q6_K: 3e-2, // one scale per 32 instead of 16
};

describe('rows → tiles → rows', () => {
  test.each(SUPPORTED_TYPES)('%s keeps its values, also in a partial last tile', async (type) => {
    const weights = tensor('w', type, [TILE_ROWS * 2 + 3, 512]);
    const plan = [{ name: 'w', kind: 'matrix' as const, shape: weights.shape }];
    const { manifest, image } = await importBytes(writeGguf({ metadata: {}, tensors: [weights] }), plan);
    const want = reference(type, weights.data, 131 * 512);
    expectClose(unpack(manifest, image, 'w'), want, { ofRms: TOLERANCE[type] ?? 0 });
  });

  test('interleaved halves alternate tile by tile', async () => {
    const up = tensor('up', 'Q4_0', [2 * (TILE_ROWS + 6), 96]);
    const plan = [{ name: 'up', kind: 'matrix' as const, shape: up.shape, interleaved: true }];
    const { manifest, image } = await importBytes(writeGguf({ metadata: {}, tensors: [up] }), plan);
    expect(image.length).toBe(4 * tileBytes('q4', 96)); // each half padded to two tiles
    expectClose(unpack(manifest, image, 'up'), reference('Q4_0', up.data, 140 * 96));
    // the first row of tile 1 is the first row of the second half
    const scale = new DataView(image.buffer).getUint16(2 * tileBytes('q4', 96) - 3 * 64 * 2, true);
    const rowOfUp = new DataView(up.data.buffer).getUint16(70 * 54, true);
    expect(halfToFloat(scale) / 256).toBe(halfToFloat(rowOfUp));
  });

  const stacks: [SupportedType[], string][] = [
    [['Q4_0', 'Q4_0', 'Q4_0'], 'q4'],
    [['Q4_0', 'Q4_1'], 'q4m'],
    [['Q4_0', 'Q5_0', 'Q8_0'], 'q8'],
    [['Q4_0', 'Q5_1'], 'q8m'],
    [['Q4_K', 'Q4_0'], 'q4m'],
    [['Q4_K', 'Q6_K', 'Q5_K'], 'q8m'],
    [['Q8_0', 'Q4_1'], 'q8m'],
    [['F16', 'F16'], 'f16'],
    [['F16', 'BF16'], 'f32'],
    [['Q4_0', 'F16', 'Q5_K'], 'f32'],
  ];
  test.each(stacks)('stacked %j become %s', async (types, format) => {
    const parts = types.map((type, i) => tensor(`p${i}`, type, [50, 256])); // seams inside tiles
    const plan = [
      {
        name: 'qkv',
        kind: 'matrix' as const,
        shape: [50 * types.length, 256],
        parts: parts.map(({ name }) => name),
      },
    ];
    const { manifest, image } = await importBytes(writeGguf({ metadata: {}, tensors: parts }), plan);
    expect(manifest.tensors[0].format).toBe(format);
    const got = unpack(manifest, image, 'qkv');
    parts.forEach(({ data }, i) => {
      const want = reference(types[i], data, 50 * 256);
      const ofRms = format === 'f32' ? 0 : (TOLERANCE[types[i]] ?? 0);
      expectClose(got.subarray(i * 50 * 256, (i + 1) * 50 * 256), want, { ofRms });
    });
  });

  test('Q6_K: the half-group with the larger scale is exact but for the f16 scale', () => {
    const block = randomBlocks('Q6_K', 1, 0.02, random);
    const want = dequantize('Q6_K', block, 0, 256);
    const tile = packOne('Q6_K', block, 'q8', 256);
    for (let half = 0; half < 16; half++) {
      const scales = new Int8Array(block.buffer, block.byteOffset + 192, 16);
      if (Math.abs(scales[half]) < Math.abs(scales[half ^ 1])) continue;
      expectClose(tile.subarray(half * 16, half * 16 + 16), want.subarray(half * 16, half * 16 + 16), {
        rel: 2 ** -11,
      });
    }
  });

  test('Q6_K: packing adds less error than its own quantisation: RMS under 0.6 % of the weights', () => {
    const blocks = randomBlocks('Q6_K', 64, 0.02, random);
    const want = dequantize('Q6_K', blocks, 0, 64 * 256);
    const got = packOne('Q6_K', blocks, 'q8', 64 * 256);
    const error = rootMeanSquare(got.map((value, i) => value - want[i]));
    expect(error / rootMeanSquare(want)).toBeLessThan(0.006);
  });

  test('an all-zero Q6_K block stays zero', () => {
    expect(packOne('Q6_K', new Uint8Array(210), 'q8', 256).every((value) => value === 0)).toBe(true);
  });
});

describe('bad values', () => {
  test.each([
    ['Q4_0', 'q4', 0x7c00],
    ['Q4_0', 'q4', 0x7e00],
    ['Q8_0', 'q8', 0xfc00],
    ['Q5_1', 'q8m', 0x7c00],
    ['Q4_0', 'q4', floatToHalf(256)], // infinite after the division by SCALE_UNIT
    ['F16', 'f16', 0x7c01],
  ] as const)('%s → %s with scale bits %i', async (type, format, bits) => {
    const bytes = new Uint8Array(rowBytes(type, 32));
    new DataView(bytes.buffer).setUint16(0, bits, true);
    const { code, details } = await failureOf(() => packOne(type, bytes, format, 32));
    expect(code).toBe('bad-values');
    expect(details).toEqual({ tensor: 'w' });
  });

  test('f16 subnormal scales survive: the stored scale is 256 times larger', () => {
    const bytes = new Uint8Array(18).fill(0xff);
    new DataView(bytes.buffer).setUint16(0, 3, true); // 3 · 2^-24
    expect(packOne('Q4_0', bytes, 'q4', 32)[0]).toBe(7 * 3 * 2 ** -24);
  });
});

/** One row through the packer and the independent reader. */
function packOne(
  type: SupportedType,
  bytes: Uint8Array,
  format: 'q4' | 'q8' | 'q8m' | 'f16',
  cols: number,
): Float32Array {
  const tile = new Uint8Array(tileBytes(format, cols));
  packRows({ tensor: 'w', type, bytes, offset: 0, numRows: 1, firstRow: 0 }, format, cols, tile);
  const packed = {
    name: 'w',
    kind: 'matrix' as const,
    shape: [1, cols],
    format,
    interleaved: false,
    offset: 0,
    byteLength: tile.length,
  };
  return unpack({ tensors: [packed] } as Parameters<typeof unpack>[0], tile, 'w');
}
