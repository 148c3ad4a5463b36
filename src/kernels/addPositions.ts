import wgsl from '../../shaders/add_positions.wgsl?raw';
import { defineKernel } from '../gpu/kernel';
import type { Pass } from '../gpu/program';
import type { Tensor } from '../gpu/tensor';
import { AppError } from '../shared/errors';

const kernel = defineKernel({
  name: 'add_positions',
  wgsl,
  params: { side: 'u32', rows: 'u32', columns: 'u32', firstPatch: 'u32', dim: 'u32' },
});
const WG = 64;

export interface AddPositionsArgs {
  /** [side² · D]: a square grid of learned positions. */
  table: Tensor;
  /** [T, D], read and written: patches firstPatch … of the grid, in blocks of 2 × 2. */
  x: Tensor;
  firstPatch: number;
  /** Patches of the picture. */
  grid: { rows: number; columns: number };
  label?: string;
}

/**
 * Adds learned positions of a square table, sampled bicubically for a grid of another size.
 * @throws AppError 'bug' when shapes disagree.
 */
export function addPositions(pass: Pass, { table, x, firstPatch, grid, label }: AddPositionsArgs): void {
  const [numPatches, dim] = x.shape;
  const side = Math.sqrt(table.byteLength / 4 / dim);
  if (!Number.isInteger(side))
    throw new AppError('bug', `addPositions: ${table.label} is no square table of rows of ${dim}`);
  pass.dispatch(kernel, {
    label,
    params: { side, ...grid, firstPatch, dim },
    inputs: [table],
    outputs: [x],
    workgroups: [Math.ceil(dim / WG), numPatches],
  });
}
