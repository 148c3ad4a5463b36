import matvecBody from '../../shaders/matvec.wgsl?raw';
import { AppError } from '../shared/errors';
import { TILE_ROWS } from '../shared/weightLayout';
import type { Pass } from '../gpu/program';
import type { Tensor, WeightMatrix } from '../gpu/tensor';
import { assertShape } from '../shared/shape';
import { chunkDispatches, matmulKernels, type MatmulCall } from './matmulCall';
import { recordTiled } from './matmulTiled';
import { tuning } from './tuning';

const matvecKernels = matmulKernels('matvec', matvecBody);

export interface MatmulArgs {
  /** [T, cols] */
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
 * y = x·Wᵀ (+ bias) (+ y). One token takes the mat-vec kernel, more the tiled one.
 * @throws AppError 'bug' when shapes disagree.
 */
export function matmul(pass: Pass, args: MatmulArgs): void {
  const { x, weights, y, bias, accumulate = false, label } = args;
  const numTokens = x.shape[0];
  assertShape('matmul x', x, [numTokens, weights.cols]);
  assertShape('matmul y', y, [numTokens, weights.rows]);
  if (bias) assertShape('matmul bias', bias, [weights.rows]);
  record(pass, { x, weights, y, bias, accumulate, swiglu: false, label });
}

export interface MatmulSwigluArgs {
  /** [T, D] */
  x: Tensor;
  /** [2F, D], interleaved: F rows of gate, then F rows of up. */
  weights: WeightMatrix;
  /** [T, F]; another buffer than x. */
  y: Tensor;
  label?: string;
}

/**
 * y = silu(x·W_gateᵀ) · (x·W_upᵀ), silu(z) = z / (1 + e^-z): SwiGLU (Shazeer 2020, arXiv:2002.05202) in one dispatch.
 * @throws AppError 'bug' when shapes disagree.
 */
export function matmulSwiglu(pass: Pass, { x, weights, y, label }: MatmulSwigluArgs): void {
  const numTokens = x.shape[0];
  assertShape('matmulSwiglu x', x, [numTokens, weights.cols]);
  assertShape('matmulSwiglu y', y, [numTokens, weights.rows / 2]);
  if (!weights.interleaved) throw new AppError('bug', `matmulSwiglu: ${weights.label} is not interleaved`);
  record(pass, { x, weights, y, accumulate: false, swiglu: true, label });
}

function record(pass: Pass, call: MatmulCall): void {
  if (call.x.shape[0] === 1) recordMatvec(pass, call);
  else recordTiled(pass, call);
}

function recordMatvec(pass: Pass, call: MatmulCall): void {
  const { matvecRows: ROWS, matvecSlices: SLICES, matvecTiles } = tuning();
  const TILES = call.swiglu ? Math.max(2, matvecTiles) : matvecTiles;
  for (const dispatch of chunkDispatches(call)) {
    pass.dispatch(matvecKernels[call.weights.format], {
      ...dispatch,
      constants: { ROWS, SLICES, TILES, SWIGLU: Number(call.swiglu) },
      workgroups: [Math.ceil(dispatch.params.numTiles / TILES) * (TILE_ROWS / ROWS)],
    });
  }
}
