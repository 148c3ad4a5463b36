import { AppError } from '../shared/errors';
import type { Pass } from '../gpu/program';
import type { Tensor, WeightMatrix } from '../gpu/tensor';
import { assertShape } from '../shared/shape';
import { arithmeticOf, asReadBy } from './activations';
import { recordBroadcast } from './matmulBroadcast';
import type { MatmulCall } from './matmulCall';
import { recordTiled } from './matmulTiled';
import { isMatvec, recordMatvec } from './matvec';
import { quantizedFor } from './quantizeRows';

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
  /** [T, F], or where isMatvec() a quantizedView() of it; another buffer than x. */
  y: Tensor;
  /** The matrix that reads y: decides between floats and int8 codes. Default: y as it is. */
  reader?: WeightMatrix;
  /** u32, room for the codes of y: needed with a reader in passes that are no mat-vec. */
  codes?: Tensor;
  label?: string;
}

/**
 * y = silu(x·W_gateᵀ) · (x·W_upᵀ), silu(z) = z / (1 + e^-z): SwiGLU (Shazeer 2020, arXiv:2002.05202). One dispatch; in passes
 * that are no mat-vec a second one makes int8 codes, if the reader takes them.
 * @returns the output in the form that its reader takes: y, its codes in the same memory, or `codes`.
 * @throws AppError 'bug' when shapes disagree.
 */
export function matmulSwiglu(pass: Pass, args: MatmulSwigluArgs): Tensor {
  const { x, weights, reader, codes, label } = args;
  const numTokens = x.shape[0];
  const storesCodes = isMatvec(pass.tuning, numTokens);
  const y = storesCodes ? asReadBy(reader, args.y, pass.tuning) : args.y;
  arithmeticOf('matmulSwiglu x', x, weights.cols);
  if (storesCodes) arithmeticOf('matmulSwiglu y', y, weights.rows / 2, numTokens);
  else assertShape('matmulSwiglu y', y, [numTokens, weights.rows / 2]);
  if (!weights.interleaved) throw new AppError('bug', `matmulSwiglu: ${weights.label} is not interleaved`);
  record(pass, { x, weights, y, accumulate: false, swiglu: true, label });
  return storesCodes ? y : quantizedFor(pass, { floats: y, reader, codes, label });
}

function record(pass: Pass, call: MatmulCall): void {
  const { broadcastLanes, tokenLanes } = pass.tuning;
  if (isMatvec(pass.tuning, call.x.shape[0])) recordMatvec(pass, call);
  else if (broadcastLanes > 0) recordBroadcast(pass, call, broadcastLanes);
  else recordTiled(pass, call, tokenLanes);
}
