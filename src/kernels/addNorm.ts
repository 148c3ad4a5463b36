import wgsl from '../../shaders/add_norm.wgsl?raw';
import { defineKernel } from '../gpu/kernel';
import type { Pass } from '../gpu/program';
import type { Tensor } from '../gpu/tensor';
import { assertShape } from '../shared/shape';

const kernel = defineKernel({ name: 'add_norm', wgsl, params: { dim: 'u32', eps: 'f32' } });

export interface AddRmsNormArgs {
  /** [T, D], the residual stream: read and written. */
  x: Tensor;
  /** [T, D], what is normed and added; another buffer than x. */
  a: Tensor;
  /** [D] */
  gain: Tensor;
  /** Added to the mean square, before the root. */
  eps: number;
  label?: string;
}

/**
 * x += a / rms(a) * gain.
 * @throws AppError 'bug' when shapes disagree.
 */
export function addRmsNorm(pass: Pass, { x, a, gain, eps, label }: AddRmsNormArgs): void {
  const [rows, dim] = x.shape;
  assertShape('addRmsNorm a', a, [rows, dim]);
  assertShape('addRmsNorm gain', gain, [dim]);
  pass.dispatch(kernel, { label, params: { dim, eps }, inputs: [a, gain], outputs: [x], workgroups: [rows] });
}
