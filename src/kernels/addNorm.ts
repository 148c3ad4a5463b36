import wgsl from '../../shaders/add_norm.wgsl?raw';
import { AppError } from '../shared/errors';
import type { Pass } from '../gpu/program';
import type { Tensor } from '../gpu/tensor';
import { assertShape } from '../shared/shape';
import { normKernels, normOutput } from './norms';

const kernels = normKernels({ name: 'add_norm', wgsl, params: { dim: 'u32', eps: 'f32' } });

export interface AddRmsNormArgs {
  /** [T, D], the residual stream: read and written. */
  x: Tensor;
  /** [T, D], what is normed and added; another buffer than x. */
  a: Tensor;
  /** [D], of what is added. */
  postGain: Tensor;
  /** [D], of the norm after it. */
  gain: Tensor;
  /** [T, D], the norm of the new x, or a quantizedView() of it. A third buffer. */
  y: Tensor;
  /** Added to the mean squares, before the root. */
  eps: number;
  label?: string;
}

/**
 * x += a / rms(a) · postGain, then y = x / rms(x) · gain.
 * @throws AppError 'bug' when shapes disagree.
 */
export function addRmsNorm(pass: Pass, { x, a, postGain, gain, y, eps, label }: AddRmsNormArgs): void {
  const [rows, dim] = x.shape;
  assertShape('addRmsNorm a', a, [rows, dim]);
  assertShape('addRmsNorm postGain', postGain, [dim]);
  assertShape('addRmsNorm gain', gain, [dim]);
  const output = normOutput('addRmsNorm y', y, dim);
  if (output.rows !== rows)
    throw new AppError('bug', `addRmsNorm y has ${output.rows} rows, expected ${rows}`);
  pass.dispatch(kernels[output.arithmetic], {
    label,
    params: { dim, eps },
    inputs: [a, postGain, gain],
    outputs: [x, y],
    workgroups: [rows],
  });
}
