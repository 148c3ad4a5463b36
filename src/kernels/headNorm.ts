import wgsl from '../../shaders/head_norm.wgsl?raw';
import { defineKernel } from '../gpu/kernel';
import type { Pass } from '../gpu/program';
import type { Tensor } from '../gpu/tensor';
import { assertShape } from '../shared/shape';

const kernel = defineKernel({
  name: 'head_norm',
  wgsl,
  params: { numHeads: 'u32', numKvHeads: 'u32', headDim: 'u32', eps: 'f32' },
});
const WG = 64;

export interface HeadNormArgs {
  /** [T, (numHeads + 2·numKvHeads)·headDim]: Q heads, then K heads, then V heads; read and written. */
  qkv: Tensor;
  /** [headDim] */
  qGain: Tensor;
  /** [headDim] */
  kGain: Tensor;
  numHeads: number;
  numKvHeads: number;
  /** Added to the mean square, before the root. */
  eps: number;
  label?: string;
}

/**
 * RMSNorm of each Q head and each K head, in place, before their rotation.
 * @throws AppError 'bug' when shapes disagree.
 */
export function headNorm(pass: Pass, args: HeadNormArgs): void {
  const { qkv, qGain, kGain, numHeads, numKvHeads, eps, label } = args;
  const [headDim] = qGain.shape;
  const [numTokens] = qkv.shape;
  assertShape('headNorm qkv', qkv, [numTokens, (numHeads + 2 * numKvHeads) * headDim]);
  assertShape('headNorm kGain', kGain, [headDim]);
  pass.dispatch(kernel, {
    label,
    params: { numHeads, numKvHeads, headDim, eps },
    inputs: [qGain, kGain],
    outputs: [qkv],
    workgroups: [Math.ceil((numHeads + numKvHeads) / WG), numTokens],
  });
}
