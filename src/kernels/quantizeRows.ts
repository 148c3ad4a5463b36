import wgsl from '../../shaders/quantize_rows.wgsl?raw';
import { defineKernel } from '../gpu/kernel';
import type { Pass } from '../gpu/program';
import type { Tensor, WeightMatrix } from '../gpu/tensor';
import { AppError } from '../shared/errors';
import { assertShape } from '../shared/shape';
import { GROUP_SIZE } from '../shared/weightLayout';
import { arithmeticOf, asReadBy, QUANTIZE_LIBRARY, quantizedView } from './activations';

const kernel = defineKernel({
  name: 'quantize_rows',
  wgsl: [QUANTIZE_LIBRARY, wgsl].join('\n'),
  params: { numGroups: 'u32' },
});
const WG = 64;
/** Workgroups in x: more go to y, since there may be 65,535 of them. */
const MAX_X = 4096;

export interface QuantizeRowsArgs {
  /** [T, D], D a multiple of 32. */
  x: Tensor;
  /** A quantizedView() of as many rows and columns, in another buffer. */
  y: Tensor;
  label?: string;
}

/**
 * int8 codes of a float matrix, a scale to every 32 columns, for the product after it.
 * @throws AppError 'bug' when shapes disagree.
 */
export function quantizeRows(pass: Pass, { x, y, label }: QuantizeRowsArgs): void {
  const [numTokens, cols] = x.shape;
  assertShape('quantizeRows x', x, [numTokens, cols]);
  if (arithmeticOf('quantizeRows y', y, cols, numTokens) === 'f32')
    throw new AppError('bug', 'quantizeRows: y has floats');
  const numGroups = (numTokens * cols) / GROUP_SIZE;
  const needed = Math.ceil(numGroups / WG);
  pass.dispatch(kernel, {
    label,
    params: { numGroups },
    constants: { WG },
    inputs: [x],
    outputs: [y],
    workgroups: [Math.min(needed, MAX_X), Math.ceil(needed / MAX_X)],
  });
}

export interface QuantizedForArgs {
  /** [T, D] */
  floats: Tensor;
  /** The matrix that reads them; default none. */
  reader?: WeightMatrix;
  /** u32, room for the codes of T rows or more. */
  codes?: Tensor;
  label?: string;
}

/**
 * Floats in the form that their reader takes: themselves, or int8 codes made in a dispatch of their own.
 * @throws AppError 'bug' when codes are wanted and there is no room for them.
 */
export function quantizedFor(pass: Pass, { floats, reader, codes, label }: QuantizedForArgs): Tensor {
  if (asReadBy(reader, floats, pass.tuning) === floats) return floats;
  if (!codes) throw new AppError('bug', `${label ?? floats.label}: no room for the int8 codes that are read`);
  const y = quantizedView({ ...codes, shape: floats.shape });
  quantizeRows(pass, { x: floats, y, label: label && `${label}.codes` });
  return y;
}
