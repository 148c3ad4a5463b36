import geluLibrary from '../../shaders/lib/gelu.wgsl?raw';
import wgsl from '../../shaders/layer_norm.wgsl?raw';
import { defineKernel } from '../gpu/kernel';
import type { Pass } from '../gpu/program';
import type { Tensor } from '../gpu/tensor';
import { assertShape } from '../shared/shape';

const kernel = defineKernel({
  name: 'layer_norm',
  wgsl: [geluLibrary, wgsl].join('\n'),
  params: { dim: 'u32', eps: 'f32' },
});

export interface LayerNormArgs {
  /** [T, D] */
  x: Tensor;
  /** [D] */
  gain: Tensor;
  /** [D] */
  bias: Tensor;
  /** [T, D], another buffer than x. */
  y: Tensor;
  /** Added to the variance, before the root. */
  eps: number;
  /** GELU of the norm instead of the norm; default false. */
  gelu?: boolean;
  label?: string;
}

/**
 * LayerNorm over the last axis (arXiv:1607.06450), with GELU behind it on request.
 * @throws AppError 'bug' when shapes disagree.
 */
export function layerNorm(pass: Pass, { x, gain, bias, y, eps, gelu = false, label }: LayerNormArgs): void {
  const [rows, dim] = x.shape;
  assertShape('layerNorm gain', gain, [dim]);
  assertShape('layerNorm bias', bias, [dim]);
  assertShape('layerNorm y', y, [rows, dim]);
  pass.dispatch(kernel, {
    label,
    params: { dim, eps },
    constants: { GELU: Number(gelu) },
    inputs: [x, gain, bias],
    outputs: [y],
    workgroups: [rows],
  });
}
