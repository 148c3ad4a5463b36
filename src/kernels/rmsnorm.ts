import wgsl from '../../shaders/rmsnorm.wgsl?raw';
import { defineKernel } from '../gpu/kernel';
import type { Pass } from '../gpu/program';
import type { Tensor } from '../gpu/tensor';
import { assertShape } from '../gpu/tensor';

const kernel = defineKernel({ name: 'rmsnorm', wgsl, params: { dim: 'u32', eps: 'f32' } });

/**
 * RMSNorm over the last axis: y = x / rms(x) * gain (arXiv:1910.07467).
 * @param x [T, D]. `y` is another buffer: WebGPU rejects reading and writing one in the same dispatch.
 * @param gain [D].
 * @param eps added to the mean square, before the root.
 * @throws AppError 'bug' when shapes disagree.
 */
export function rmsNorm(pass: Pass, x: Tensor, gain: Tensor, y: Tensor, eps: number): void {
  const [rows, dim] = x.shape;
  assertShape('rmsNorm gain', gain, [dim]);
  assertShape('rmsNorm y', y, [rows, dim]);
  pass.dispatch(kernel, { params: { dim, eps }, inputs: [x, gain], outputs: [y], workgroups: [rows] });
}
