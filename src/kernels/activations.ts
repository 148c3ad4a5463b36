// The activations of a matrix product: floats, or int8 codes in groups of 32 with a scale each. A producer is told which
// matrix reads its output and stores the form that matrix takes: norms always, SwiGLU and attention in passes of a few
// tokens; in longer passes these two leave floats, and quantizeRows makes the codes.
import quantize from '../../shaders/lib/activations/quantize.wgsl?raw';
import quantizeDot4 from '../../shaders/lib/activations/quantize_dot4.wgsl?raw';
import { AppError } from '../shared/errors';
import { GROUP_SIZE, isQuantised } from '../shared/weightLayout';
import type { Tensor, WeightMatrix } from '../gpu/tensor';
import type { Arithmetic, KernelTuning } from '../gpu/tuning';
import { sizeOf } from '../shared/shape';
import { GROUPS_LIBRARY } from './weights';

/** In passes of up to this many tokens each rounds as it would alone, so that drafts change no answer; more is prefill. */
export const FEW_TOKENS = 8;

/** Words of a quantised group; layout in shaders/lib/activations/dot4_activations.wgsl. */
export const QUANTIZED_WORDS = 12;

/** WGSL of `store_quantized`, for producers; they declare `y`, an array<vec4u>. */
export const QUANTIZE_LIBRARY = [GROUPS_LIBRARY, quantize, quantizeDot4].join('\n');

/** The first columns of a float tensor's memory [T, cols] as quantised rows: u32 [T, cols / 32, words of a group]. */
export function quantizedView(vector: Tensor): Tensor {
  const [numTokens, cols] = vector.shape;
  const shape = [numTokens, cols / GROUP_SIZE, QUANTIZED_WORDS];
  if (cols % GROUP_SIZE !== 0)
    throw new AppError('bug', `${vector.label} has ${cols} columns, not whole groups of ${GROUP_SIZE}`);
  return { ...vector, dtype: 'u32', shape, byteLength: sizeOf(shape) * 4 };
}

/** The form of a tensor [T, cols]. @throws AppError 'bug' for another number of columns or tokens. */
export function arithmeticOf(what: string, vector: Tensor, cols: number, numTokens?: number): Arithmetic {
  const { dtype, shape } = vector;
  if (numTokens === undefined || shape[0] === numTokens) {
    if (dtype === 'f32' && shape.length === 2 && shape[1] === cols) return 'f32';
    const isGrouped = shape.length === 3 && shape[1] * GROUP_SIZE === cols && shape[2] === QUANTIZED_WORDS;
    if (dtype === 'u32' && isGrouped) return 'dot4';
  }
  throw new AppError(
    'bug',
    `${what} has shape [${shape}] ${dtype}, expected [${numTokens ?? 'T'},${cols}] f32 or int8 groups`,
  );
}

/** The form in which a product of numTokens tokens with these weights reads its activations. Float weights take floats. */
export function arithmeticFor(tuning: KernelTuning, numTokens: number, { format }: WeightMatrix): Arithmetic {
  if (!isQuantised(format)) return 'f32';
  if (numTokens > FEW_TOKENS) return tuning.prefill;
  return format.startsWith('q4') ? tuning.nibbles : tuning.bytes;
}

/**
 * Float activations [T, D] viewed in the form that the product with `reader` takes; unchanged without a reader.
 */
export function asReadBy(
  reader: WeightMatrix | undefined,
  activations: Tensor,
  tuning: KernelTuning,
): Tensor {
  if (!reader || arithmeticFor(tuning, activations.shape[0], reader) === 'f32') return activations;
  return quantizedView(activations);
}
