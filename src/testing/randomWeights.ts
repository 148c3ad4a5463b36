// Weight data for test models, in ggml's block formats (ggml-common.h, ggml-quants.c). encodeWeights
// rounds given values; randomBlocks draws valid blocks directly (K-quants, and files of gigabytes).
import { bfloatToFloat, floatToBfloat, floatToHalf, halfToFloat } from '../shared/half';
import { GGML_TYPES, type GgmlType } from './gguf';
import type { Random } from './random';

/** Types that {@link encodeWeights} can round to. */
export const SIMPLE_TYPES = ['F32', 'F16', 'BF16', 'Q4_0', 'Q4_1', 'Q5_0', 'Q5_1', 'Q8_0'] as const;
export type SimpleType = (typeof SIMPLE_TYPES)[number];

export function isSimple(type: GgmlType): type is SimpleType {
  return (SIMPLE_TYPES as readonly GgmlType[]).includes(type);
}

/** `values` rounded to `type`; quantised types need a multiple of 32. */
export function encodeWeights(type: SimpleType, values: Float32Array): Uint8Array {
  const [, blockWeights, blockBytes] = GGML_TYPES[type];
  const bytes = new Uint8Array((values.length / blockWeights) * blockBytes);
  const view = new DataView(bytes.buffer);
  for (let block = 0; block < values.length / blockWeights; block++) {
    const at = block * blockBytes;
    if (type === 'F32') view.setFloat32(at, values[block], true);
    else if (type === 'F16') view.setUint16(at, floatToHalf(values[block]), true);
    else if (type === 'BF16') view.setUint16(at, floatToBfloat(values[block]), true);
    else encodeBlock(type, values.subarray(block * blockWeights, (block + 1) * blockWeights), view, at);
  }
  return bytes;
}

/** Values rounded to a 16-bit type; an F32 file of these is an exact twin of the 16-bit file. */
export function roundedTo(type: 'F16' | 'BF16', values: Float32Array): Float32Array {
  return values.map((value) =>
    type === 'F16' ? halfToFloat(floatToHalf(value)) : bfloatToFloat(floatToBfloat(value)),
  );
}

type BlockType = Exclude<SimpleType, 'F32' | 'F16' | 'BF16'>;

/** Codes per type: number of levels, whether the zero point is fixed in the middle, whether a min is stored. */
function encodeBlock(type: BlockType, values: Float32Array, view: DataView, at: number): void {
  if (type === 'Q8_0') {
    const scale = storeHalf(view, at, Math.max(...values.map(Math.abs)) / 127);
    values.forEach((value, i) => view.setInt8(at + 2 + i, clamp(roundTo(value, scale), -127, 127)));
    return;
  }
  const levels = type.startsWith('Q5') ? 32 : 16;
  let codes: number[];
  let headBytes: number;
  if (type.endsWith('_0')) {
    // As in ggml, the value of largest magnitude becomes the lowest code, so the scale's sign varies.
    const extreme = values.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
    const scale = storeHalf(view, at, extreme / (-levels / 2));
    codes = Array.from(values, (value) => clamp(roundTo(value, scale) + levels / 2, 0, levels - 1));
    headBytes = 2;
  } else {
    const min = storeHalf(view, at + 2, Math.min(...values));
    const scale = storeHalf(view, at, (Math.max(...values) - min) / (levels - 1));
    codes = Array.from(values, (value) => clamp(roundTo(value - min, scale), 0, levels - 1));
    headBytes = 4;
  }
  if (levels === 32) {
    let high = 0;
    codes.forEach((code, i) => (high |= (code >> 4) << i));
    view.setUint32(at + headBytes, high, true);
    headBytes += 4;
  }
  for (let j = 0; j < 16; j++)
    view.setUint8(at + headBytes + j, (codes[j] & 15) | ((codes[j + 16] & 15) << 4));
}

/** Mean square of the scale factors drawn below, and the spread of uniform codes: w = d · factor · code. */
const SCALE_FACTORS = { low: 16, high: 63 }; // 6-bit scales of Q4_K and Q5_K: both their low and high bits vary
const FACTOR_RMS = uniformRms(SCALE_FACTORS.low, SCALE_FACTORS.high);
const Q6_FACTORS = { low: 20, high: 127 };
const Q6_FACTOR_RMS = uniformRms(Q6_FACTORS.low, Q6_FACTORS.high);
const uniformStd = (levels: number): number => Math.sqrt((levels ** 2 - 1) / 12);

/**
 * `numBlocks` random blocks whose weights have mean 0 and about the given standard deviation. Every code occurs, and
 * scales differ from block to block by up to a factor of 2.
 */
export function randomBlocks(type: GgmlType, numBlocks: number, std: number, random: Random): Uint8Array {
  const [, , blockBytes] = GGML_TYPES[type];
  if (type === 'F32' || type === 'F16' || type === 'BF16') {
    return encodeWeights(
      type,
      random.normal(numBlocks).map((value) => value * std),
    );
  }
  const bytes = random.bytes(numBlocks * blockBytes); // codes, and all fields not set below
  const view = new DataView(bytes.buffer);
  for (let block = 0; block < numBlocks; block++) {
    fillScales(type, view, block * blockBytes, std * (0.7 + 0.6 * random.uniform()), random);
  }
  return bytes;
}

function fillScales(type: GgmlType, view: DataView, at: number, std: number, random: Random): void {
  const sign = random.bits() & 1 ? -1 : 1; // codes 0..15 minus 8 have mean -0.5: a random sign cancels it
  switch (type) {
    case 'Q4_0':
      storeHalf(view, at, (sign * std) / uniformStd(16));
      return;
    case 'Q5_0':
      storeHalf(view, at, (sign * std) / uniformStd(32));
      return;
    case 'Q8_0':
      storeHalf(view, at, (sign * std) / uniformStd(256));
      return;
    case 'Q4_1':
    case 'Q5_1': {
      const levels = type === 'Q4_1' ? 16 : 32;
      const scale = storeHalf(view, at, std / uniformStd(levels));
      storeHalf(view, at + 2, -scale * ((levels - 1) / 2 + random.gauss()));
      return;
    }
    case 'Q4_K':
    case 'Q5_K': {
      const levels = type === 'Q4_K' ? 16 : 32;
      const scale = storeHalf(view, at, std / (uniformStd(levels) * FACTOR_RMS));
      storeHalf(view, at + 2, (scale * (levels - 1)) / 2); // min factors near the scale factors then centre the codes
      fillSixBitScales(view, at + 4, random);
      return;
    }
    case 'Q6_K':
      for (let i = 0; i < 16; i++) {
        const factor = Q6_FACTORS.low + random.int(Q6_FACTORS.high - Q6_FACTORS.low + 1);
        view.setInt8(at + 192 + i, random.bits() & 1 ? factor : -factor);
      }
      storeHalf(view, at + 208, std / (uniformStd(64) * Q6_FACTOR_RMS));
      return;
    default:
      throw new Error(`no random blocks of type ${type}`);
  }
}

/** The 12 bytes that hold eight 6-bit scales and eight 6-bit mins. */
function fillSixBitScales(view: DataView, at: number, random: Random): void {
  const scales = Array.from(
    { length: 8 },
    () => SCALE_FACTORS.low + random.int(SCALE_FACTORS.high - SCALE_FACTORS.low + 1),
  );
  const mins = scales.map((scale) => clamp(scale + random.int(7) - 3, 0, 63));
  for (let i = 0; i < 4; i++) {
    view.setUint8(at + i, scales[i] | ((scales[i + 4] >> 4) << 6));
    view.setUint8(at + 4 + i, mins[i] | ((mins[i + 4] >> 4) << 6));
    view.setUint8(at + 8 + i, (scales[i + 4] & 15) | ((mins[i + 4] & 15) << 4));
  }
}

/** Stores the nearest half float and returns its value, from which codes must be computed. */
function storeHalf(view: DataView, at: number, value: number): number {
  const bits = floatToHalf(value);
  view.setUint16(at, bits, true);
  return halfToFloat(bits);
}

function roundTo(value: number, scale: number): number {
  return scale === 0 ? 0 : Math.round(value / scale);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/** Root mean square of the whole numbers low..high. */
function uniformRms(low: number, high: number): number {
  let sumSq = 0;
  for (let n = low; n <= high; n++) sumSq += n * n;
  return Math.sqrt(sumSq / (high - low + 1));
}
