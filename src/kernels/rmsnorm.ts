import wgsl from '../../shaders/rmsnorm.wgsl?raw';
import { AppError } from '../shared/errors';
import type { Pass } from '../gpu/program';
import type { Tensor, WeightMatrix } from '../gpu/tensor';
import { assertShape } from '../shared/shape';
import { asReadBy } from './activations';
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
  /** The matrix that reads y: decides between floats and int8 codes. Default: y as it is. */
  reader?: WeightMatrix;
  /** Added to the mean square, before the root. */
  eps: number;
  /** Default 0. */
  firstRow?: number;
  label?: string;
}

/**
 * RMSNorm over the last axis: y = x / rms(x) * gain (arXiv:1910.07467).
 * @returns y as it is stored: what its reader takes.
 * @throws AppError 'bug' when shapes disagree.
 */
export function rmsNorm(pass: Pass, args: RmsNormArgs): Tensor {
  const { x, gain, reader, eps, firstRow = 0, label } = args;
  const dim = x.shape[1];
  const y = asReadBy(reader, args.y, pass.tuning);
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
  return y;
}
