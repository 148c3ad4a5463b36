import wgsl from '../../shaders/rmsnorm.wgsl?raw';
import { AppError } from '../shared/errors';
import type { Pass } from '../gpu/program';
import type { Tensor } from '../gpu/tensor';
import { assertShape } from '../shared/shape';
import { normKernels, normOutput } from './norms';

const kernels = normKernels({ name: 'rmsnorm', wgsl, params: { dim: 'u32', firstRow: 'u32', eps: 'f32' } });

export interface RmsNormArgs {
  /** [S, D] */
  x: Tensor;
  /** [D] */
  gain: Tensor;
  /**
   * [T, D]: the norms of x's rows firstRow … firstRow + T − 1, or a quantizedView() of them. Another buffer than x:
   * WebGPU rejects both uses of one.
   */
  y: Tensor;
  /** Added to the mean square, before the root. */
  eps: number;
  /** Default 0. */
  firstRow?: number;
  label?: string;
}

/**
 * RMSNorm over the last axis: y = x / rms(x) * gain (arXiv:1910.07467).
 * @throws AppError 'bug' when shapes disagree.
 */
export function rmsNorm(pass: Pass, { x, gain, y, eps, firstRow = 0, label }: RmsNormArgs): void {
  const dim = x.shape[1];
  const { rows, arithmetic } = normOutput('rmsNorm y', y, dim);
  assertShape('rmsNorm gain', gain, [dim]);
  if (firstRow + rows > x.shape[0])
    throw new AppError('bug', `rmsNorm reads row ${firstRow + rows} of ${x.shape[0]}`);
  pass.dispatch(kernels[arithmetic], {
    label,
    params: { dim, firstRow, eps },
    inputs: [x, gain],
    outputs: [y],
    workgroups: [rows],
  });
}
