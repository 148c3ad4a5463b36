import body from '../../shaders/embed.wgsl?raw';
import { AppError } from '../shared/errors';
import type { Pass } from '../gpu/program';
import type { Tensor, WeightMatrix } from '../gpu/tensor';
import { assertShape } from '../shared/shape';
import { perChunk, weightKernels } from './weights';

const kernels = weightKernels({
  name: 'embed',
  body,
  params: { numGroups: 'u32', rows: 'u32', firstTile: 'u32', numTiles: 'u32' },
});

export interface EmbedArgs {
  /** Token ids, u32, numTokens or more; an id of V or more reads row 0. */
  tokens: Tensor;
  numTokens: number;
  /** [V, D], any format, not interleaved. */
  table: WeightMatrix;
  /** [T, D] */
  y: Tensor;
  /** y += instead of y =: a second embedding of the same tokens. */
  add?: boolean;
  label?: string;
}

/**
 * Looks up the rows of the table at these token ids, dequantised.
 * @throws AppError 'bug' when shapes disagree.
 */
export function embedTokens(pass: Pass, { tokens, numTokens, table, y, add, label }: EmbedArgs): void {
  assertShape('embedTokens y', y, [numTokens, table.cols]);
  if (tokens.dtype !== 'u32' || tokens.byteLength < numTokens * 4) {
    throw new AppError(
      'bug',
      `embedTokens needs ${numTokens} u32 ids, got ${tokens.dtype} [${tokens.shape}]`,
    );
  }
  if (table.interleaved) throw new AppError('bug', `embedTokens: ${table.label} is interleaved`);
  for (const { inputs, ...chunk } of perChunk(table, label)) {
    pass.dispatch(kernels[table.format], {
      ...chunk,
      ...(add && { constants: { ADD: 1 } }),
      inputs: [...inputs, tokens],
      outputs: [y],
      workgroups: [numTokens],
    });
  }
}
