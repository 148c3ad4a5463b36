import wgsl from '../../shaders/add_norm.wgsl?raw';
import { AppError } from '../shared/errors';
import type { Pass } from '../gpu/program';
import type { Tensor, WeightMatrix } from '../gpu/tensor';
import { assertShape } from '../shared/shape';
import { asReadBy } from './activations';
import { normKernels, normOutput } from './norms';

const kernels = normKernels({ name: 'add_norm', wgsl, params: { dim: 'u32', firstRow: 'u32', eps: 'f32' } });

export interface AddRmsNormArgs {
  /** [S, D], the residual stream: read and written. */
  x: Tensor;
  /** [S, D], what is normed and added; another buffer than x. */
  a: Tensor;
  /** [D], gain of the norm of a. */
  postGain: Tensor;
  /** [D], gain of the norm of the new x. */
  gain: Tensor;
  /** [T, D], the norm of the new x from firstRow on, or a quantizedView() of it. A third buffer. Rows to spare stay. */
  y: Tensor;
  /** The matrix that reads y: decides between floats and int8 codes. Default: y as it is. */
  reader?: WeightMatrix;
  /** First row of x whose norm is wanted, up to S: none. Default 0. */
  firstRow?: number;
  /** Added to the mean squares, before the root. */
  eps: number;
  label?: string;
}

/**
 * x += a / rms(a) · postGain, then y = x / rms(x) · gain.
 * @returns y as it is stored: what its reader takes.
 * @throws AppError 'bug' when shapes disagree.
 */
export function addRmsNorm(pass: Pass, args: AddRmsNormArgs): Tensor {
  const { x, a, postGain, gain, reader, firstRow = 0, eps, label } = args;
  const [rows, dim] = x.shape;
  const y = asReadBy(reader, args.y, pass.tuning);
  assertShape('addRmsNorm a', a, [rows, dim]);
  assertShape('addRmsNorm postGain', postGain, [dim]);
  assertShape('addRmsNorm gain', gain, [dim]);
  const output = normOutput('addRmsNorm y', y, dim);
  if (output.rows < rows - firstRow)
    throw new AppError('bug', `addRmsNorm y has ${output.rows} rows, expected ${rows - firstRow}`);
  pass.dispatch(kernels[output.arithmetic], {
    label,
    params: { dim, firstRow, eps },
    inputs: [a, postGain, gain],
    outputs: [x, y],
    workgroups: [rows],
  });
  return y;
}
