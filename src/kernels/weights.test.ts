import { describe, expect, it } from 'vitest';
import { WEIGHT_FORMATS, tileBytes } from '../shared/weightLayout';
import { expectClose } from '../testing/expectClose';
import { seeded } from '../testing/random';
import { packValues } from './weights.reference';

// Tests the reference packer used by the GPU tests: rounding error, and bytes computed by hand.
const ROUNDING = { q4: 0.3, q4m: 0.12, q8: 0.02, q8m: 0.01, f16: 5e-4, bf16: 4e-3, f32: 0 };

describe.each(WEIGHT_FORMATS)('the reference packer, %s', (format) => {
  it.each([false, true])('packing and unpacking are inverse, interleaved %s', (interleaved) => {
    const [rows, cols] = [2 * 70, 96];
    const values = seeded(1).normal(rows * cols);
    const matrix = packValues({ format, rows, cols, interleaved }, values);
    for (let row = 0; row < rows; row++) {
      expectClose(matrix.row(row), values.subarray(row * cols, (row + 1) * cols), {
        abs: ROUNDING[format] * 2,
      });
    }
  });
});

it('places nibbles as the layout specifies', () => {
  const values = new Float32Array(65 * 64);
  values[64 * 64 + 32 + 13] = 7; // row 64, second group, weight 13
  const { bytes } = packValues({ format: 'q4', rows: 65, cols: 64 }, values);
  const block = tileBytes('q4', 64) + 64 * 16; // tile 1, block 1 of row 0
  // weight 13 is in word 1 (8..15), the high nibble (12..15) of byte 1; code 15, the others 8
  expect([...bytes.subarray(block + 4, block + 8)]).toEqual([0x88, 0xf8, 0x88, 0x88]);
});
