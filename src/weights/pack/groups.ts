// Decodes GGUF blocks to groups of 32 weights: byte codes in order, and scales and mins as the tiles store them.
import { floatToHalf, halfToFloat } from '../../shared/half';
import { SCALE_UNIT, type WeightFormat } from '../../shared/weightLayout';
import { formatOf } from './formats';
import type { SupportedType } from '../file/ggmlTypes';

/** One decoded block: up to 8 groups. The object is reused, so that decoding allocates nothing. */
export interface Groups {
  /** [group][8]: 32 bytes in order. Unsigned 0..15 for q4, unsigned for q4m and q8m, signed for q8. */
  codes: Uint32Array;
  /** [group]: f16 of scale / SCALE_UNIT. */
  scales: Uint16Array;
  /** [group]: f16 of min / SCALE_UNIT; only for types with mins. */
  mins: Uint16Array;
}

export function newGroups(): Groups {
  return { codes: new Uint32Array(64), scales: new Uint16Array(8), mins: new Uint16Array(8) };
}

/** f16 bits → value. */
export const HALF = Float32Array.from({ length: 65536 }, (_, bits) => halfToFloat(bits));

const float = new Float32Array(1);
const floatBits = new Uint32Array(float.buffer);

/** A scale or min as stored in a tile: f16 of value / SCALE_UNIT, rounded to nearest. */
export function storeHalf(value: number): number {
  float[0] = value / SCALE_UNIT;
  const bits = floatBits[0];
  const magnitude = bits & 0x7fffffff;
  if (magnitude < 0x38800000 || magnitude >= 0x477ff000) return floatToHalf(value / SCALE_UNIT); // rare: no normal f16
  return ((bits >>> 16) & 0x8000) | ((magnitude + 0xfff + ((magnitude >>> 13) & 1) - 0x38000000) >>> 13);
}

/** f16 bits of a value → f16 bits of value / SCALE_UNIT. Exact, except that 256 and more become infinite. */
export const STORED_HALF = Uint16Array.from({ length: 65536 }, (_, bits) => storeHalf(halfToFloat(bits)));

type Decode = (view: DataView, at: number, out: Groups) => void;

const DECODERS: Partial<Record<SupportedType, { decode: Decode; groups: number }>> = {
  Q4_0: { decode: q4_0, groups: 1 },
  Q4_1: { decode: q4_1, groups: 1 },
  Q5_0: { decode: q5_0, groups: 1 },
  Q5_1: { decode: q5_1, groups: 1 },
  Q8_0: { decode: q8_0, groups: 1 },
  Q4_K: { decode: q4_k, groups: 8 },
  Q5_K: { decode: q5_k, groups: 8 },
  Q6_K: { decode: q6_k, groups: 8 },
};

/** The decoder of a quantised type, its groups per block, and the format of its codes. */
export function decoderOf(type: SupportedType): { decode: Decode; groups: number; format: WeightFormat } {
  const decoder = DECODERS[type];
  if (!decoder) throw new Error(`decoderOf: ${type} is not quantised`); // unreachable from packRows
  return { ...decoder, format: formatOf(type) };
}

const LOW = 0x0f0f0f0f; // the low nibble of each of four bytes

/** 16 bytes of nibbles: byte i holds weight i in the low nibble, weight i + 16 in the high one. */
function splitNibbles(view: DataView, at: number, codes: Uint32Array): void {
  for (let i = 0; i < 4; i++) {
    const word = view.getUint32(at + 4 * i, true);
    codes[i] = word & LOW;
    codes[i + 4] = (word >>> 4) & LOW;
  }
}

/** Spreads four bits to bit 4 of four bytes. */
function fifthBits(bits: number): number {
  return ((bits & 1) << 4) | ((bits & 2) << 11) | ((bits & 4) << 18) | ((bits & 8) << 25);
}

function q4_0(view: DataView, at: number, out: Groups): void {
  out.scales[0] = STORED_HALF[view.getUint16(at, true)];
  splitNibbles(view, at + 2, out.codes);
}

function q4_1(view: DataView, at: number, out: Groups): void {
  out.scales[0] = STORED_HALF[view.getUint16(at, true)];
  out.mins[0] = STORED_HALF[view.getUint16(at + 2, true)];
  splitNibbles(view, at + 4, out.codes);
}

function q5_0(view: DataView, at: number, out: Groups): void {
  out.scales[0] = STORED_HALF[view.getUint16(at, true)];
  splitNibbles(view, at + 6, out.codes);
  const high = view.getUint32(at + 2, true);
  for (let i = 0; i < 8; i++) {
    const code = out.codes[i] | fifthBits(high >>> (4 * i));
    out.codes[i] = ((code | 0x80808080) - 0x10101010) ^ 0x80808080; // four bytes minus 16, signed
  }
}

function q5_1(view: DataView, at: number, out: Groups): void {
  out.scales[0] = STORED_HALF[view.getUint16(at, true)];
  out.mins[0] = STORED_HALF[view.getUint16(at + 2, true)];
  splitNibbles(view, at + 8, out.codes);
  const high = view.getUint32(at + 4, true);
  for (let i = 0; i < 8; i++) out.codes[i] |= fifthBits(high >>> (4 * i));
}

function q8_0(view: DataView, at: number, out: Groups): void {
  out.scales[0] = STORED_HALF[view.getUint16(at, true)];
  for (let i = 0; i < 8; i++) out.codes[i] = view.getUint32(at + 2 + 4 * i, true);
}

/** w = d·scale·code - dmin·min with 6-bit scales and mins; their layout is in dequantize.ts. */
function kScales(view: DataView, at: number, out: Groups): void {
  const d = HALF[view.getUint16(at, true)];
  const dmin = HALF[view.getUint16(at + 2, true)];
  for (let i = 0; i < 4; i++) {
    const a = view.getUint8(at + 4 + i);
    const b = view.getUint8(at + 8 + i);
    const c = view.getUint8(at + 12 + i);
    out.scales[i] = storeHalf(d * (a & 63));
    out.mins[i] = storeHalf(-dmin * (b & 63));
    out.scales[i + 4] = storeHalf(d * ((c & 15) | ((a >> 6) << 4)));
    out.mins[i + 4] = storeHalf(-dmin * ((c >> 4) | ((b >> 6) << 4)));
  }
}

function q4_k(view: DataView, at: number, out: Groups): void {
  kScales(view, at, out);
  for (let i = 0; i < 32; i++) {
    const word = view.getUint32(at + 16 + 4 * i, true);
    const to = (i >> 3) * 16 + (i & 7); // groups 2c (low nibbles) and 2c + 1 (high) share 32 bytes
    out.codes[to] = word & LOW;
    out.codes[to + 8] = (word >>> 4) & LOW;
  }
}

function q5_k(view: DataView, at: number, out: Groups): void {
  kScales(view, at, out);
  for (let i = 0; i < 32; i++) {
    const word = view.getUint32(at + 48 + 4 * i, true);
    const c = i >> 3;
    const high = view.getUint32(at + 16 + 4 * (i & 7), true) >>> (2 * c);
    const to = c * 16 + (i & 7);
    out.codes[to] = (word & LOW) | ((high & 0x01010101) << 4);
    out.codes[to + 8] = ((word >>> 4) & LOW) | ((high & 0x02020202) << 3);
  }
}

const sixBits = new Int8Array(32); // codes of one group, -32..31
const sixBitWords = new Uint32Array(sixBits.buffer);
const eightBits = new Int8Array(32);
const eightBitWords = new Uint32Array(eightBits.buffer);

/**
 * Q6_K has one scale per 16 weights, the packed format one per 32. The half with the larger scale stays exact: a step
 * of scale / k turns its codes into integers (· k), with k as large as int8 allows, at least 4. The other half is
 * rounded to that step, and the step itself to f16.
 */
function q6_k(view: DataView, at: number, out: Groups): void {
  const d = HALF[view.getUint16(at + 208, true)];
  for (let g = 0; g < 8; g++) {
    const n = g >> 2;
    const t = g & 3;
    const low = at + 64 * n + 32 * (t & 1);
    const high = at + 128 + 32 * n;
    for (let i = 0; i < 8; i++) {
      const nibbles = (view.getUint32(low + 4 * i, true) >>> (2 * (t & 2))) & LOW;
      const code = nibbles | (((view.getUint32(high + 4 * i, true) >>> (2 * t)) & 0x03030303) << 4);
      sixBitWords[i] = ((code | 0x80808080) - 0x20202020) ^ 0x80808080; // four bytes minus 32, signed
    }
    const left = view.getInt8(at + 192 + 8 * n + 2 * t);
    const right = view.getInt8(at + 193 + 8 * n + 2 * t);
    const scale = Math.max(Math.abs(left), Math.abs(right), 1);
    const k = Math.min(largestFactor(left / scale, 0), largestFactor(right / scale, 16));
    multiply((left * k) / scale, 0);
    multiply((right * k) / scale, 16);
    out.scales[g] = storeHalf((d * scale) / k);
    for (let i = 0; i < 8; i++) out.codes[g * 8 + i] = eightBitWords[i];
  }
}

/** The largest integer k such that the 16 codes from `first`, times ratio · k, stay in -128..127. */
function largestFactor(ratio: number, first: number): number {
  let most = 1;
  let least = -1;
  for (let l = first; l < first + 16; l++) {
    most = Math.max(most, sixBits[l]);
    least = Math.min(least, sixBits[l]);
  }
  const top = (ratio < 0 ? least : most) * ratio;
  const bottom = (ratio < 0 ? most : least) * ratio;
  return ratio === 0 ? 127 : Math.floor(Math.min(127 / top, 128 / -bottom));
}

function multiply(factor: number, first: number): void {
  for (let l = first; l < first + 16; l++) {
    eightBits[l] = ((sixBits[l] * factor + 256.5) | 0) - 256; // Math.round without its handling of -0 and infinities
  }
}
