// int8 activations one value at a time, from the description in shaders/lib/quantize.wgsl and the layouts there.
import { QUANTIZED_WORDS, type Int8Arithmetic } from './activations';

const GROUP = 32;
/** First weights of the pairs in the four blocks of a group: shaders/lib/pairs_activations.wgsl. */
const PAIR_OFFSETS = [0, 4, 1, 5];

export interface QuantizedReference {
  codes: Int8Array;
  /** One per group. */
  scales: Float32Array;
  /** What the codes stand for. */
  values: Float64Array;
}

/** scale = peak / 127, code = value / scale rounded to the nearest, per group of 32. */
export function quantizeReference(x: Float32Array): QuantizedReference {
  const codes = new Int8Array(x.length);
  const scales = new Float32Array(x.length / GROUP);
  for (let group = 0; group < scales.length; group++) {
    const values = x.subarray(group * GROUP, (group + 1) * GROUP);
    const peak = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    scales[group] = peak / 127;
    values.forEach((value, i) => {
      codes[group * GROUP + i] = peak > 1e-30 ? Math.round((value * 127) / peak) : 0;
    });
  }
  const values = Float64Array.from(codes, (code, i) => code * scales[Math.floor(i / GROUP)]);
  return { codes, scales, values };
}

/** The words of a quantised vector: [groups, QUANTIZED_WORDS]. */
export function packQuantized(
  { codes, scales }: QuantizedReference,
  arithmetic: Int8Arithmetic,
): Uint32Array {
  const words = QUANTIZED_WORDS[arithmetic];
  const packed = new Uint32Array(scales.length * words);
  const view = new DataView(packed.buffer);
  scales.forEach((scale, group) => {
    const at = group * words * 4;
    const own = codes.subarray(group * GROUP, (group + 1) * GROUP);
    if (arithmetic === 'dot4') own.forEach((code, i) => view.setInt8(at + i, code));
    else {
      PAIR_OFFSETS.forEach((offset, block) => {
        for (let j = 0; j < 4; j++) {
          const first = 8 * j + offset;
          view.setInt32(at + (block * 4 + j) * 4, own[first] * 65536 + own[first + 2], true);
        }
      });
    }
    view.setFloat32(at + (words - 4) * 4, scale, true);
    view.setInt32(
      at + (words - 3) * 4,
      own.reduce((sum, code) => sum + code, 0),
      true,
    );
  });
  return packed;
}

/** Back to codes and scales. @throws Error when a group's stored sum is not that of its codes. */
export function unpackQuantized(packed: Uint32Array, arithmetic: Int8Arithmetic): QuantizedReference {
  const words = QUANTIZED_WORDS[arithmetic];
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const codes = new Int8Array((packed.length / words) * GROUP);
  const scales = new Float32Array(packed.length / words);
  scales.forEach((_, group) => {
    const at = group * words * 4;
    const own = codes.subarray(group * GROUP, (group + 1) * GROUP);
    scales[group] = view.getFloat32(at + (words - 4) * 4, true);
    if (arithmetic === 'dot4') own.forEach((_code, i) => (own[i] = view.getInt8(at + i)));
    else {
      PAIR_OFFSETS.forEach((offset, block) => {
        for (let j = 0; j < 4; j++) {
          const word = view.getInt32(at + (block * 4 + j) * 4, true);
          own[8 * j + offset + 2] = (word << 16) >> 16;
          own[8 * j + offset] = (word - own[8 * j + offset + 2]) / 65536;
        }
      });
    }
    const sum = view.getInt32(at + (words - 3) * 4, true);
    if (sum !== own.reduce((total, code) => total + code, 0))
      throw new Error(`group ${group} has codes ${own}, but ${sum} as their sum`);
  });
  return {
    codes,
    scales,
    values: Float64Array.from(codes, (code, i) => code * scales[Math.floor(i / GROUP)]),
  };
}
