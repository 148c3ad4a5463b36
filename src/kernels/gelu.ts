import geluLibrary from '../../shaders/lib/gelu.wgsl?raw';
import wgsl from '../../shaders/encoder/gelu.wgsl?raw';
import { defineKernel } from '../gpu/kernel';
import type { Pass } from '../gpu/program';
import type { Tensor } from '../gpu/tensor';
import { assertShape } from '../shared/shape';

const kernel = defineKernel({ name: 'gelu', wgsl: [geluLibrary, wgsl].join('\n'), params: { size: 'u32' } });
const WG = 64;

export interface GeluArgs {
  /** [T, F] */
  x: Tensor;
  /** [T, F], another buffer than x. */
  y: Tensor;
  label?: string;
}

/** y = GELU(x), by erf. @throws AppError 'bug' when shapes disagree. */
export function gelu(pass: Pass, { x, y, label }: GeluArgs): void {
  const [numTokens, size] = x.shape;
  assertShape('gelu y', y, [numTokens, size]);
  pass.dispatch(kernel, {
    label,
    params: { size },
    inputs: [x],
    outputs: [y],
    workgroups: [Math.ceil(size / WG), numTokens],
  });
}
