import wgsl from '../../shaders/quantize_rows.wgsl?raw';
import { defineKernel } from '../gpu/kernel';
import type { Pass } from '../gpu/program';
import type { Tensor } from '../gpu/tensor';
import { AppError } from '../shared/errors';
import { assertShape } from '../shared/shape';
import { GROUP_SIZE } from '../shared/weightLayout';
import { arithmeticOf, QUANTIZE_LIBRARY } from './activations';

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
