import { AppError } from '../shared/errors';
import { assertShape } from '../shared/shape';
import { TILE_ROWS } from '../shared/weightLayout';
import type { Pass } from '../gpu/program';
import { arithmeticOf } from './activations';
import { matmul } from './matmul';
import { isMatvec, recordMatvecRope, type QkvRopeArgs } from './matvec';
import { ropeAppend } from './rope';

/**
 * Projects to Q, K and V, rotates Q and K, and appends K and V to the cache. One dispatch where the mat-vec kernel can;
 * otherwise matmul writes `qkv` and ropeAppend reads it.
 * @throws AppError 'bug' when shapes disagree.
 */
export function qkvRopeAppend(pass: Pass, args: QkvRopeArgs): void {
  const { x, weights, bias, qkv, q, kv, numHeads, table, label } = args;
  const width = (numHeads + 2 * kv.numKvHeads) * kv.headDim;
  if (weights.rows !== width)
    throw new AppError('bug', `${weights.label} has ${weights.rows} rows, not ${width}`);
  const minTiles = tilesOfPair(args);
  const numTokens = q.shape[0];
  if (!isMatvec(pass.tuning, numTokens) || minTiles === undefined || pass.tuning.separateRope) {
    matmul(pass, { x, weights, bias, y: qkv, label: label && `${label}.qkv` });
    ropeAppend(pass, args);
    return;
  }
  arithmeticOf('qkvRopeAppend x', x, weights.cols, numTokens);
  assertShape('qkvRopeAppend q', q, [numTokens, numHeads * kv.headDim]);
  assertShape('qkvRopeAppend table', table, [table.shape[0], table.shape[1]]);
  if (bias) assertShape('qkvRopeAppend bias', bias, [width]);
  recordMatvecRope(pass, args, minTiles);
}

/**
 * Tiles per workgroup so that both rows of every rotary pair belong to it: neighbours, or half a rotation apart.
 * Undefined where pairs span workgroups, and for int8 caches, whose scale needs the whole row.
 */
export function tilesOfPair({ kv, table, pairing, weights }: QkvRopeArgs): 1 | 2 | undefined {
  const { headDim, format } = kv;
  const ropeDims = table.shape[1];
  if ((format !== 'f16' && format !== 'f32') || headDim % 4 !== 0 || weights.interleaved) return undefined;
  if (pairing !== 'half') return 1;
  if (TILE_ROWS % headDim === 0 || (headDim % TILE_ROWS === 0 && ropeDims <= TILE_ROWS)) return 1;
  return headDim === 2 * TILE_ROWS ? 2 : undefined;
}
