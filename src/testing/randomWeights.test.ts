import { describe, expect, test } from 'vitest';
import { dequantize } from '../weights/file/dequantize';
import { expectClose, rootMeanSquare } from './expectClose';
import { GGML_TYPES } from './gguf';
import { seeded } from './random';
import { encodeWeights, randomBlocks, roundedTo, SIMPLE_TYPES } from './randomWeights';

const RANDOM_TYPES = [...SIMPLE_TYPES, 'Q4_K', 'Q5_K', 'Q6_K'] as const;
/** Largest rounding error of normal weights, relative to the largest weight in a block: half a step. */
const HALF_STEP = {
  F32: 1e-7,
  F16: 5e-4,
  BF16: 4e-3,
  Q8_0: 1 / 250,
  Q4_0: 1 / 7.9,
  Q4_1: 1 / 14,
  Q5_0: 1 / 15.9,
  Q5_1: 1 / 30,
};

describe.for(SIMPLE_TYPES)('encodeWeights to %s', (type) => {
  test('rounds each weight by half a step at most', () => {
    const values = seeded(5).normal(4096);
    values[40] = 6; // an outlier: its block has a coarser scale
    const decoded = dequantize(type, encodeWeights(type, values), 0, values.length);
    for (let at = 0; at < values.length; at += 32) {
      const block = values.slice(at, at + 32);
      expectClose(decoded.slice(at, at + 32), block, {
        abs: Math.max(...block.map(Math.abs)) * HALF_STEP[type],
      });
    }
  });

  test('keeps a block of zeros', () => {
    const decoded = dequantize(type, encodeWeights(type, new Float32Array(64)), 0, 64);
    expect(decoded.every((value) => value === 0)).toBe(true);
  });
});

test.for(RANDOM_TYPES)('random %s blocks have mean 0 and the requested spread', (type) => {
  const [, blockWeights, blockBytes] = GGML_TYPES[type];
  const numBlocks = 65536 / blockWeights;
  const bytes = randomBlocks(type, numBlocks, 0.02, seeded(9));
  expect(bytes.length).toBe(numBlocks * blockBytes);
  const values = dequantize(type, bytes, 0, 65536);
  expect(rootMeanSquare(values) / 0.02).toBeCloseTo(1, 0.9);
  expect(Math.abs(values.reduce((sum, value) => sum + value, 0) / 65536)).toBeLessThan(0.001);
});

test('an F32 twin holds exactly the values of the 16-bit file', () => {
  const values = seeded(6).normal(1000);
  for (const type of ['F16', 'BF16'] as const) {
    expect(roundedTo(type, values)).toEqual(dequantize(type, encodeWeights(type, values), 0, 1000));
  }
});
