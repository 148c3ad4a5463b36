import wgsl from '../../shaders/encoder/mean_rows.wgsl?raw';
import { defineKernel } from '../gpu/kernel';
import type { Pass } from '../gpu/program';
import type { Tensor } from '../gpu/tensor';
import { assertShape } from '../shared/shape';

const kernel = defineKernel({ name: 'mean_rows', wgsl, params: { dim: 'u32' } });
const WG = 64;

export interface MeanRowsArgs {
  /** [T, D] */
  x: Tensor;
  /** u32 [N, 2]: first row and number of rows of each range. */
  ranges: Tensor;
  /** [N, D] */
  y: Tensor;
  label?: string;
}

/** The mean of each range of rows. @throws AppError 'bug' when shapes disagree. */
export function meanRows(pass: Pass, { x, ranges, y, label }: MeanRowsArgs): void {
  const [numRanges, dim] = y.shape;
  assertShape('meanRows x', x, [x.shape[0], dim]);
  assertShape('meanRows ranges', ranges, [numRanges, 2]);
  pass.dispatch(kernel, {
    label,
    params: { dim },
    inputs: [x, ranges],
    outputs: [y],
    workgroups: [Math.ceil(dim / WG), numRanges],
  });
}
