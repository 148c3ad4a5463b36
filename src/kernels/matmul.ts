import { AppError } from '../shared/errors';
import type { Pass } from '../gpu/program';
import type { Tensor, WeightMatrix } from '../gpu/tensor';
import { assertShape } from '../shared/shape';
import { arithmeticOf } from './activations';
import { recordBroadcast } from './matmulBroadcast';
import type { MatmulCall } from './matmulCall';
import { recordTiled } from './matmulTiled';
import { isMatvec, recordMatvec } from './matvec';
import { tuning } from './tuning';

export interface MatmulArgs {
  /** [T, cols], or its int8 codes: quantizedView() of src/kernels/activations.ts. */
  x: Tensor;
  /** [rows, cols], any format. */
  weights: WeightMatrix;
  /** [T, rows]; another buffer than x. */
  y: Tensor;
  /** [rows], added to every token. */
  bias?: Tensor;
  /** y += instead of y =: the residual add. */
  accumulate?: boolean;
  label?: string;
}

/**
 * y = x·Wᵀ (+ bias) (+ y). One token takes the mat-vec kernel, as do a few on a GPU; more take a tiled one.
 * @throws AppError 'bug' when shapes disagree.
 */
export function matmul(pass: Pass, args: MatmulArgs): void {
  const { x, weights, y, bias, accumulate = false, label } = args;
  const numTokens = x.shape[0];
  arithmeticOf('matmul x', x, weights.cols);
  assertShape('matmul y', y, [numTokens, weights.rows]);
  if (bias) assertShape('matmul bias', bias, [weights.rows]);
  record(pass, { x, weights, y, bias, accumulate, swiglu: false, label });
}

export interface MatmulSwigluArgs {
  /** [T, D], or its int8 codes. */
  x: Tensor;
  /** [2F, D], interleaved: F rows of gate, then F rows of up. */
  weights: WeightMatrix;
  /** [T, F], or where isMatvec() a quantizedView() for the matmul after it; another buffer than x. */
  y: Tensor;
  label?: string;
}

/**
 * y = silu(x·W_gateᵀ) · (x·W_upᵀ), silu(z) = z / (1 + e^-z): SwiGLU (Shazeer 2020, arXiv:2002.05202) in one dispatch.
 * @throws AppError 'bug' when shapes disagree.
 */
export function matmulSwiglu(pass: Pass, { x, weights, y, label }: MatmulSwigluArgs): void {
  const numTokens = x.shape[0];
  arithmeticOf('matmulSwiglu x', x, weights.cols);
  if (isMatvec(numTokens)) arithmeticOf('matmulSwiglu y', y, weights.rows / 2, numTokens);
  else assertShape('matmulSwiglu y', y, [numTokens, weights.rows / 2]);
  if (!weights.interleaved) throw new AppError('bug', `matmulSwiglu: ${weights.label} is not interleaved`);
  record(pass, { x, weights, y, accumulate: false, swiglu: true, label });
}

function record(pass: Pass, call: MatmulCall): void {
  const { broadcastLanes, tokenLanes } = tuning();
  if (isMatvec(call.x.shape[0])) recordMatvec(pass, call);
  else if (broadcastLanes > 0) recordBroadcast(pass, call, broadcastLanes);
  else recordTiled(pass, call, tokenLanes);
}
