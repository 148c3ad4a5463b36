import bestLibrary from '../../shaders/lib/argmax_best.wgsl?raw';
import finiteLibrary from '../../shaders/lib/finite.wgsl?raw';
import stateLibrary from '../../shaders/lib/state.wgsl?raw';
import wgsl from '../../shaders/argmax.wgsl?raw';
import finishWgsl from '../../shaders/argmax_finish.wgsl?raw';
import { defineKernel } from '../gpu/kernel';
import type { Pass } from '../gpu/program';
import type { Tensor } from '../gpu/tensor';
import { assertShape, firstRows } from '../shared/shape';
import { assertState } from './state';

const slices = defineKernel({
  name: 'argmax',
  wgsl: finiteLibrary + bestLibrary + wgsl,
  params: { numRealTokens: 'u32', vocabSize: 'u32' },
});
const finish = defineKernel({
  name: 'argmax_finish',
  wgsl: finiteLibrary + bestLibrary + stateLibrary + finishWgsl,
  params: { numGroups: 'u32', numTokens: 'u32', numRows: 'u32' },
});

/** 1184 logits a workgroup at V = 151552. */
const NUM_GROUPS = 128;

/** Shape of argmax's scratch tensor, a (logit, id) pair per row and workgroup; one for more rows also serves fewer. */
export function argmaxScratchShape(numRows: number): number[] {
  return [numRows, NUM_GROUPS, 2];
}

export interface ArgmaxArgs {
  /** [rows, V], of a token and the drafts after it: as in `sample`. */
  logits: Tensor;
  /** Ids from here on are padding rows of the LM head and never chosen. */
  numRealTokens: number;
  /** Shape: {@link argmaxScratchShape}. */
  scratch: Tensor;
  /** Read and advanced for every chosen token: counter by one, slot by numTokens. */
  state: Tensor;
  /** In: drafts from tokens[1] on. Out: tokens[0], the last chosen one. */
  tokens: Tensor;
  /** Out, u32 [R]: element counter mod R. */
  ring: Tensor;
  /** 1; 0 for the first token of an answer, whose pass has moved the slot already. */
  numTokens: number;
  label?: string;
}

/**
 * Greedy choice of the next token: the largest logit, and the lowest id among equal ones. Gives the token of `sample` at
 * temperature 0 without penalties and mask, faster. Does not count the tokens in `seen`. NaN and infinity: as in `sample`.
 * @throws AppError 'bug' when shapes disagree.
 */
export function argmax(pass: Pass, args: ArgmaxArgs): void {
  const { logits, numRealTokens, scratch, state, tokens, ring, numTokens, label } = args;
  const [numRows, vocabSize] = logits.shape;
  assertShape('argmax scratch', firstRows(scratch, numRows), argmaxScratchShape(numRows));
  assertState('argmax', state);
  pass.dispatch(slices, {
    label,
    params: { numRealTokens, vocabSize },
    inputs: [logits],
    outputs: [scratch],
    workgroups: [NUM_GROUPS, numRows],
  });
  pass.dispatch(finish, {
    label: label && `${label}.finish`,
    params: { numGroups: NUM_GROUPS, numTokens, numRows },
    inputs: [scratch],
    outputs: [state, tokens, ring],
    workgroups: [1],
  });
}
