import matvecBody from '../../shaders/matvec.wgsl?raw';
import matmulBody from '../../shaders/matmul.wgsl?raw';
import output from '../../shaders/lib/matmul_output.wgsl?raw';
import { AppError } from '../shared/errors';
import { TILE_ROWS } from '../shared/weightLayout';
import type { Pass } from '../gpu/program';
import type { Tensor, WeightMatrix } from '../gpu/tensor';
import { assertShape } from '../shared/shape';
import { tuning } from './tuning';
import { perChunk, weightKernels } from './weights';

/** One body per algorithm: one token, many. */
const [matvecKernels, matmulKernels] = (
  [
    ['matvec', matvecBody],
    ['matmul', matmulBody],
  ] as const
).map(([name, body]) =>
  weightKernels({
    name,
    body: `${output}\n${body}`,
    params: {
      numGroups: 'u32',
      rows: 'u32',
      interleaved: 'u32',
      firstTile: 'u32',
      numTiles: 'u32',
      numTokens: 'u32',
      hasBias: 'u32',
      accumulate: 'u32',
    },
  }),
);

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

/** Of the tiled kernel. */
const TOKENS_PER_LANE = 8;

function record(pass: Pass, args: MatmulArgs & { swiglu: boolean }): void {
  const { x, weights, y, bias, accumulate, swiglu, label } = args;
  const numTokens = x.shape[0];
  const { matvecRows: ROWS, matvecSlices: SLICES, matvecTiles, tokenLanes } = tuning();
  const TILES = swiglu ? Math.max(2, matvecTiles) : matvecTiles;
  const TOKEN_LANES = numTokens <= 2 * TOKENS_PER_LANE ? Math.min(2, tokenLanes) : tokenLanes; // few pipelines
  const SWIGLU = Number(swiglu);
  for (const { params, inputs, ...chunk } of perChunk(weights, label)) {
    const dispatch = {
      ...chunk,
      params: {
        ...params,
        numTokens,
        interleaved: Number(weights.interleaved),
        hasBias: Number(bias !== undefined),
        accumulate: Number(accumulate),
      },
      inputs: [...inputs, x, bias ?? x],
      outputs: [y],
    };
    if (numTokens === 1) {
      pass.dispatch(matvecKernels[weights.format], {
        ...dispatch,
        constants: { ROWS, SLICES, TILES, SWIGLU },
        workgroups: [Math.ceil(params.numTiles / TILES) * (TILE_ROWS / ROWS)],
      });
    } else {
      pass.dispatch(matmulKernels[weights.format], {
        ...dispatch,
        constants: { TOKEN_LANES, SWIGLU },
        workgroups: [params.numTiles, Math.ceil(numTokens / (TOKENS_PER_LANE * TOKEN_LANES))],
      });
    }
  }
}
