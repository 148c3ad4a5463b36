import wgsl from '../../shaders/inject.wgsl?raw';
import { AppError } from '../shared/errors';
import { defineKernel } from '../gpu/kernel';
import type { Pass } from '../gpu/program';
import type { Tensor } from '../gpu/tensor';
import { assertShape } from '../shared/shape';

const kernel = defineKernel({ name: 'inject', wgsl, params: { quads: 'u32', numRows: 'u32' } });
const WG = 64;

export interface InjectArgs {
  /** u32, T or more: 0 keeps the row of y, i > 0 overwrites it with row i − 1 of `rows`. */
  source: Tensor;
  /** [N, D] */
  rows: Tensor;
  /** [T, D], D a multiple of 4. */
  y: Tensor;
  label?: string;
}

/**
 * Overwrites rows of the embedded tokens: how an image or sound takes the place of tokens.
 * @throws AppError 'bug' when shapes disagree.
 */
export function injectRows(pass: Pass, { source, rows, y, label }: InjectArgs): void {
  const [numTokens, dim] = y.shape;
  const [numRows] = rows.shape;
  assertShape('injectRows rows', rows, [numRows, dim]);
  if (dim % 4 !== 0) throw new AppError('bug', `injectRows: rows of ${dim}, a multiple of 4 is needed`);
  if (source.dtype !== 'u32' || source.byteLength < numTokens * 4)
    throw new AppError(
      'bug',
      `injectRows needs ${numTokens} u32 sources, got ${source.dtype} [${source.shape}]`,
    );
  pass.dispatch(kernel, {
    label,
    params: { quads: dim / 4, numRows },
    constants: { WG },
    inputs: [source, rows],
    outputs: [y],
    workgroups: [numTokens],
  });
}
