import { expect, test } from 'vitest';
import { dequantize } from './dequantize';
import type { SupportedType } from './ggmlTypes';

/** A block with the given bytes set. */
function block(size: number, set: Record<number, number>): Uint8Array {
  const bytes = new Uint8Array(size);
  for (const [at, byte] of Object.entries(set)) bytes[Number(at)] = byte;
  return bytes;
}
const ONE = 0x3c; // high byte of f16 1.0
const TWO = 0x40;

function one(type: SupportedType, bytes: Uint8Array, count: number): Float32Array {
  return dequantize(type, bytes, 0, count);
}

// Computed by hand from the block definitions in ggml's src/ggml-common.h.
test('Q4_0: low nibbles first, then high ones', () => {
  const y = one('Q4_0', block(18, { 1: ONE, 2: 0xf0 }), 32);
  expect([y[0], y[16], y[1], y[17]]).toEqual([-8, 7, -8, -8]);
});

test('Q4_1 adds its min', () => {
  const y = one('Q4_1', block(20, { 1: ONE, 3: TWO, 4: 0x51 }), 32);
  expect([y[0], y[16], y[1]]).toEqual([3, 7, 2]);
});

test('Q5_0: bit j of qh belongs to weight j', () => {
  const y = one('Q5_0', block(22, { 1: ONE, 2: 1, 4: 2, 6: 0x21 }), 32);
  expect([y[0], y[16], y[1], y[17]]).toEqual([1, -14, -16, 0]);
});

test('Q5_1 has no offset of -16', () => {
  const y = one('Q5_1', block(24, { 1: ONE, 3: TWO, 4: 1, 6: 2, 8: 0x21 }), 32);
  expect([y[0], y[16], y[1], y[17]]).toEqual([19, 4, 2, 18]);
});

test('Q8_0 is signed', () => {
  const y = one('Q8_0', block(34, { 1: TWO, 2: 0xff, 33: 127 }), 32);
  expect([y[0], y[1], y[31]]).toEqual([-2, 0, 254]);
});

test('Q4_K: six-bit scales and mins in two places', () => {
  // sub-block 0: scale 3, min 2; sub-block 5: scale 5 | 2<<4 = 37, min 6 | 1<<4 = 22
  const scales = { 4: 3, 8: 2, 5: 2 << 6, 9: 1 << 6, 13: 5 | (6 << 4) };
  const y = one('Q4_K', block(144, { 1: ONE, 3: ONE, ...scales, 16: 0x0f, 80: 0x40 }), 256);
  expect([y[0], y[1]]).toEqual([3 * 15 - 2, -2]);
  expect([y[160], y[161]]).toEqual([37 * 4 - 22, -22]);
});

test('Q5_K: bit i of qh[l] belongs to sub-block i', () => {
  const y = one('Q5_K', block(176, { 1: ONE, 3: ONE, 4: 3, 7: 2, 16: 0b1001, 48: 0x07 }), 256);
  expect([y[0], y[1]]).toEqual([3 * 23, 0]);
  expect([y[96], y[97]]).toEqual([2 * 16, 0]); // sub-block 3
});

test('Q6_K: two high bits per weight, a scale per 16', () => {
  const y = one(
    'Q6_K',
    block(210, { 0: 0x5a, 128: 0b11_10_01_00, 192: 2, 193: 3, 196: 0xff, 209: ONE }),
    256,
  );
  expect(y[0]).toBe(2 * (0xa - 32));
  expect(y[16]).toBe(3 * -32);
  expect(y[64]).toBe(-1 * (0x5 + 32 - 32)); // high bits 2
  expect(Math.abs(y[32])).toBe(0); // scale 0
});

test('float types', () => {
  expect(one('F16', block(4, { 1: ONE, 3: 0xc0 }), 2)).toEqual(new Float32Array([1, -2]));
  expect(one('BF16', block(2, { 0: 0x80, 1: 0x3f }), 1)).toEqual(new Float32Array([1]));
  expect(one('F32', block(4, { 2: 0x80, 3: 0x3f }), 1)).toEqual(new Float32Array([1]));
});
