import silu from '../../shaders/lib/silu.wgsl?raw';
import wgsl from '../../shaders/swiglu.wgsl?raw';
import { defineKernel } from '../gpu/kernel';
import type { Pass } from '../gpu/program';
import type { Tensor } from '../gpu/tensor';
import { assertShape } from '../shared/shape';

const kernel = defineKernel({ name: 'swiglu', wgsl: [silu, wgsl].join('\n'), params: { size: 'u32' } });
const WG = 64;

export interface SwigluArgs {
  /** [T, 2F]: gate, then up. */
  x: Tensor;
  /** [T, F] */
  y: Tensor;
  label?: string;
}

/**
 * y = silu(gate) · up. Where the projections have no bias, matmulSwiglu does all of it in one dispatch.
 * @throws AppError 'bug' when shapes disagree.
 */
export function swiglu(pass: Pass, { x, y, label }: SwigluArgs): void {
  const [numTokens, size] = y.shape;
  assertShape('swiglu x', x, [numTokens, 2 * size]);
  pass.dispatch(kernel, {
    label,
    params: { size },
    inputs: [x],
    outputs: [y],
    workgroups: [Math.ceil(size / WG), numTokens],
  });
}
