import bestLibrary from '../../shaders/lib/argmax_best.wgsl?raw';
import stateLibrary from '../../shaders/lib/state.wgsl?raw';
import wgsl from '../../shaders/argmax.wgsl?raw';
import finishWgsl from '../../shaders/argmax_finish.wgsl?raw';
import { defineKernel } from '../gpu/kernel';
import type { Pass } from '../gpu/program';
import type { Tensor } from '../gpu/tensor';
import { assertShape } from '../shared/shape';
import { assertState } from './state';

const slices = defineKernel({ name: 'argmax', wgsl: bestLibrary + wgsl, params: { numRealTokens: 'u32' } });
const finish = defineKernel({
  name: 'argmax_finish',
  wgsl: bestLibrary + stateLibrary + finishWgsl,
  params: { numGroups: 'u32', numTokens: 'u32' },
});

/** 1184 logits a workgroup at V = 151552. */
const NUM_GROUPS = 128;

/** Shape of argmax's scratch tensor, one (logit, id) pair per workgroup. */
export const ARGMAX_SCRATCH_SHAPE = [NUM_GROUPS, 2];

export interface ArgmaxArgs {
  /** [1, V] */
  logits: Tensor;
  /** Ids from here on are padding rows of the LM head and never chosen. */
  numRealTokens: number;
  /** Of {@link ARGMAX_SCRATCH_SHAPE}. */
  scratch: Tensor;
  /** Read and advanced: counter by one, position by numTokens. */
  state: Tensor;
  /** Out: tokens[0]. */
  tokens: Tensor;
  /** Out, u32 [R]: element counter mod R. */
  ring: Tensor;
  /** Tokens of this pass. */
  numTokens: number;
  label?: string;
}

/**
 * Greedy choice of the next token, of equal logits the lowest id; the faster twin of `sample` at temperature 0
 * without a penalty. It does not keep the bitset of seen tokens.
 * @throws AppError 'bug' when shapes disagree.
 */
export function argmax(pass: Pass, args: ArgmaxArgs): void {
  const { logits, numRealTokens, scratch, state, tokens, ring, numTokens, label } = args;
  assertShape('argmax scratch', scratch, ARGMAX_SCRATCH_SHAPE);
  assertState('argmax', state);
  pass.dispatch(slices, {
    label,
    params: { numRealTokens },
    inputs: [logits],
    outputs: [scratch],
    workgroups: [NUM_GROUPS],
  });
  pass.dispatch(finish, {
    label: label && `${label}.finish`,
    params: { numGroups: NUM_GROUPS, numTokens },
    inputs: [scratch],
    outputs: [state, tokens, ring],
    workgroups: [1],
  });
}
