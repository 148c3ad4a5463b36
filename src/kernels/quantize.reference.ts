// int8 activations one value at a time, from the description in shaders/lib/activations/quantize.wgsl and the layouts there.
import { QUANTIZED_WORDS } from './activations';

const GROUP = 32;

export interface QuantizedReference {
  codes: Int8Array;
  /** One per group. */
  scales: Float32Array;
  /** The values that the codes represent. */
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

/** The words of quantised values: [groups, QUANTIZED_WORDS]. */
export function packQuantized({ codes, scales }: QuantizedReference): Uint32Array {
  const packed = new Uint32Array(scales.length * QUANTIZED_WORDS);
  const view = new DataView(packed.buffer);
  scales.forEach((scale, group) => {
    const at = group * QUANTIZED_WORDS * 4;
    const own = codes.subarray(group * GROUP, (group + 1) * GROUP);
    own.forEach((code, i) => view.setInt8(at + i, code));
    view.setFloat32(at + GROUP, scale, true);
    view.setInt32(at + GROUP + 4, sumOf(own), true);
  });
  return packed;
}

/** Back to codes and scales. @throws Error when a group's stored sum is not that of its codes. */
export function unpackQuantized(packed: Uint32Array): QuantizedReference {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const scales = new Float32Array(packed.length / QUANTIZED_WORDS);
  const codes = new Int8Array(scales.length * GROUP);
  scales.forEach((_, group) => {
    const at = group * QUANTIZED_WORDS * 4;
    const own = codes.subarray(group * GROUP, (group + 1) * GROUP);
    own.forEach((_code, i) => (own[i] = view.getInt8(at + i)));
    scales[group] = view.getFloat32(at + GROUP, true);
    const sum = view.getInt32(at + GROUP + 4, true);
    if (sum !== sumOf(own)) throw new Error(`group ${group} has codes ${own}, but ${sum} as their sum`);
  });
  return {
    codes,
    scales,
    values: Float64Array.from(codes, (code, i) => code * scales[Math.floor(i / GROUP)]),
  };
}

function sumOf(codes: Int8Array): number {
  return codes.reduce((sum, code) => sum + code, 0);
}
