import { describe, expect, test } from 'vitest';
import { floatToBfloat, floatToHalf, halfToFloat } from '../../shared/half';
import { GROUP_SIZE, TILE_ROWS, tileBytes } from '../../shared/weightLayout';
import { encodeWeights } from '../../testing/randomWeights';
import { seeded } from '../../testing/random';
import type { FloatType } from '../file/ggmlTypes';
import { packRows } from './packer';
import { failureOf } from '../testKit';
import { unpackMatrix } from './tileReader';

/** One row per group, through the packer and the independent reader. */
function quantize(values: Float32Array, cols: number, type: FloatType = 'F32'): Float32Array {
  const rows = values.length / cols;
  const bytes = encodeWeights(type, values);
  const tile = new Uint8Array(tileBytes('q4', cols));
  packRows({ tensor: 'w', type, bytes, offset: 0, numRows: rows, firstRow: 0 }, 'q4', cols, tile);
  const packed = { name: 'w', kind: 'matrix' as const, format: 'q4' as const, interleaved: false };
  const unpacked = unpackMatrix({ ...packed, shape: [rows, cols], offset: 0, byteLength: tile.length }, tile);
  return unpacked.map((value) => value + 0); // no -0
}

/** llama.cpp's Q4_0 (ggml-quants.c, quantize_row_q4_0_ref) for one group, by definition. */
function roundToNearest(group: Float32Array): Float32Array {
  let peak = 0;
  for (const value of group) if (Math.abs(value) > Math.abs(peak)) peak = value;
  const scale = peak / -8;
  const stored = halfToFloat(floatToHalf(scale));
  return group.map((value) =>
    scale === 0 ? 0 : (Math.min(15, Math.trunc(value / scale + 8.5)) - 8) * stored,
  );
}

/** The least squared error of any (code - 8) · scale: a fine grid of scales, each with its best codes, in f64. */
function leastError(group: Float32Array): number {
  const peak = group.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let least = Infinity;
  for (let step = 300; step <= 1000; step += 5) {
    for (const scale of [(peak * 100) / step, (-peak * 100) / step]) {
      const codes = Array.from(group, (value) => Math.min(7, Math.max(-8, Math.round(value / scale))));
      let dot = 0;
      let norm = 0;
      codes.forEach((code, i) => {
        dot += code * group[i];
        norm += code * code;
      });
      const best = dot / norm;
      let error = 0;
      codes.forEach((code, i) => (error += (code * best - group[i]) ** 2));
      least = Math.min(least, error);
    }
  }
  return least;
}

function squaredError(got: Float32Array, want: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < got.length; i++) sum += (got[i] - want[i]) ** 2;
  return sum;
}

/** Typical and extreme weights: heavy tails, one huge weight, ties, one sign, tiny and large. */
function groupsOf(kind: string, numGroups: number): Float32Array {
  const random = seeded(kind.length * 97);
  const values = random.normal(numGroups * GROUP_SIZE);
  return values.map((value, i) => {
    if (kind === 'heavy tails') return 0.02 * value ** 3;
    if (kind === 'one outlier') return i % GROUP_SIZE === 11 ? 40 * value : 0.02 * value;
    if (kind === 'few values') return Math.round(value * 2) / 2;
    if (kind === 'one sign') return Math.abs(value) + 1;
    if (kind === 'large') return 300 * value;
    if (kind === 'tiny') return 1e-4 * value;
    return 0.02 * value;
  });
}

const KINDS = ['normal', 'heavy tails', 'one outlier', 'few values', 'one sign', 'large', 'tiny'];

describe('INT4 with a searched scale', () => {
  test.each(KINDS)('%s: no group is worse than Q4_0 rounded to nearest', (kind) => {
    const values = groupsOf(kind, 1024);
    const got = quantize(values, 1024);
    for (let first = 0; first < values.length; first += GROUP_SIZE) {
      const group = values.slice(first, first + GROUP_SIZE);
      const error = squaredError(got.slice(first, first + GROUP_SIZE), group);
      const plain = squaredError(roundToNearest(group), group);
      expect(error, `group ${first / GROUP_SIZE}`).toBeLessThanOrEqual(plain * (1 + 1e-4) + 1e-20);
    }
  });

  test('normal weights: close to the minimum error, and 10 % below rounding to nearest', () => {
    const values = groupsOf('normal', 128);
    const got = quantize(values, 128);
    let least = 0;
    let plain = 0;
    for (let first = 0; first < values.length; first += GROUP_SIZE) {
      const group = values.slice(first, first + GROUP_SIZE);
      least += leastError(group);
      plain += squaredError(roundToNearest(group), group);
    }
    const error = squaredError(got, values);
    expect(error).toBeLessThan(least * 1.006);
    expect(error).toBeLessThan(plain * 0.9);
  });

  test('values that fit 16 levels are restored exactly', () => {
    const random = seeded(5);
    const values = Float32Array.from({ length: 64 * GROUP_SIZE }, (_, i) => {
      const scale = [0.5, -0.25, 2 ** -7][(i >> 5) % 3];
      return i % GROUP_SIZE === 3 ? -8 * scale : (random.int(16) - 8) * scale;
    });
    expect(quantize(values, GROUP_SIZE)).toEqual(values.map((value) => value + 0));
  });

  test('zeros stay zero, also next to non-zero groups', () => {
    const values = new Float32Array(4 * GROUP_SIZE);
    values[2 * GROUP_SIZE] = 1;
    const want = values.slice();
    expect(quantize(values, 2 * GROUP_SIZE)).toEqual(want);
  });

  test.each(['F16', 'BF16'] as const)('%s rows give the same result as their values in F32', (type) => {
    const [round, back]: ((n: number) => number)[] =
      type === 'F16'
        ? [floatToHalf, halfToFloat]
        : [floatToBfloat, (bits) => new Float32Array(new Uint32Array([bits << 16]).buffer)[0]];
    const values = groupsOf('normal', 60).map((value) => back(round(value)));
    expect(quantize(values, 96, type)).toEqual(quantize(values, 96));
  });

  test('a weight too small for an f16 scale becomes 0, not NaN', () => {
    const values = new Float32Array(GROUP_SIZE).fill(1e-12);
    expect(quantize(values, GROUP_SIZE)).toEqual(new Float32Array(GROUP_SIZE));
  });

  test.each([
    ['a NaN', NaN],
    ['an infinity', -Infinity],
    ['a scale beyond f16', 1e5],
  ])('%s is reported at any position', async (_, value) => {
    for (const at of [0, 17, 31]) {
      const values = groupsOf('normal', TILE_ROWS);
      values[5 * GROUP_SIZE + at] = value;
      const { code, details } = await failureOf(() => quantize(values, GROUP_SIZE));
      expect(code).toBe('bad-values');
      expect(details).toEqual({ tensor: 'w' });
    }
  });
});
