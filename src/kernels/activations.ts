// The activations of a mat-vec: floats, or int8 codes in groups of 32 with a scale each. Producers (norms, SwiGLU,
// attention's combining step) store what the mat-vec after them reads, so nothing is converted in a dispatch of its own.
import quantize from '../../shaders/lib/quantize.wgsl?raw';
import quantizeDot4 from '../../shaders/lib/quantize_dot4.wgsl?raw';
import quantizePairs from '../../shaders/lib/quantize_pairs.wgsl?raw';
import { AppError } from '../shared/errors';
import { GROUP_SIZE } from '../shared/weightLayout';
import type { Tensor } from '../gpu/tensor';
import { sizeOf } from '../shared/shape';
import { GROUPS_LIBRARY } from './weights';

/**
 * f32: floats. dot4: int8 for dot4I8Packed. pairs: int8 for products of 16-bit pairs, which devices without an integer
 * dot product run faster; its sums are the same integers.
 */
export type Arithmetic = 'f32' | 'dot4' | 'pairs';
export type Int8Arithmetic = Exclude<Arithmetic, 'f32'>;

/** Words of a quantised group: shaders/lib/dot4_activations.wgsl, pairs_activations.wgsl. */
export const QUANTIZED_WORDS: Record<Int8Arithmetic, number> = { dot4: 12, pairs: 20 };

/** WGSL of `store_quantized`, for producers; they declare `y`, an array<vec4u>. */
export const QUANTIZE_LIBRARY: Record<Int8Arithmetic, string> = {
  dot4: [GROUPS_LIBRARY, quantize, quantizeDot4].join('\n'),
  pairs: [GROUPS_LIBRARY, quantize, quantizePairs].join('\n'),
};

/** The first columns of a float vector's memory as a quantised vector: u32 [cols / 32, words of a group]. */
export function quantizedView(vector: Tensor, arithmetic: Int8Arithmetic): Tensor {
  const cols = sizeOf(vector.shape);
  const shape = [cols / GROUP_SIZE, QUANTIZED_WORDS[arithmetic]];
  if (cols % GROUP_SIZE !== 0)
    throw new AppError('bug', `${vector.label} has ${cols} columns, not whole groups of ${GROUP_SIZE}`);
  return { ...vector, dtype: 'u32', shape, byteLength: sizeOf(shape) * 4 };
}

/** What a vector holds. @throws AppError 'bug' when it is no vector of that many columns. */
export function arithmeticOf(what: string, vector: Tensor, cols: number): Arithmetic {
  const { dtype, shape } = vector;
  if (dtype === 'f32' && shape.length === 2 && shape[0] === 1 && shape[1] === cols) return 'f32';
  if (dtype === 'u32' && shape.length === 2 && shape[0] * GROUP_SIZE === cols) {
    if (shape[1] === QUANTIZED_WORDS.dot4) return 'dot4';
    if (shape[1] === QUANTIZED_WORDS.pairs) return 'pairs';
  }
  throw new AppError('bug', `${what} has shape [${shape}] ${dtype}, expected [1,${cols}] f32 or int8 groups`);
}
