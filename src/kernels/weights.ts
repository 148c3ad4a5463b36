// Shared by all kernels that read a weight matrix: the text per format, and a dispatch per chunk.
import groups from '../../shaders/lib/groups.wgsl?raw';
import bf16 from '../../shaders/lib/weights/bf16.wgsl?raw';
import bytes from '../../shaders/lib/weights/bytes.wgsl?raw';
import f16 from '../../shaders/lib/weights/f16.wgsl?raw';
import f32 from '../../shaders/lib/weights/f32.wgsl?raw';
import nibbles from '../../shaders/lib/weights/nibbles.wgsl?raw';
import q4 from '../../shaders/lib/weights/q4.wgsl?raw';
import q4m from '../../shaders/lib/weights/q4m.wgsl?raw';
import q8 from '../../shaders/lib/weights/q8.wgsl?raw';
import q8m from '../../shaders/lib/weights/q8m.wgsl?raw';
import tiles from '../../shaders/lib/weights/tiles.wgsl?raw';
import { AppError } from '../shared/errors';
import { GROUP_SIZE, WEIGHT_FORMATS, type WeightFormat } from '../shared/weightLayout';
import { defineKernel, type Kernel, type ParamType } from '../gpu/kernel';
import type { Tensor, WeightMatrix } from '../gpu/tensor';

/** WGSL of `Group`. */
export const GROUPS_LIBRARY = groups;

const LIBRARIES: Record<WeightFormat, string[]> = {
  q4: [q4, nibbles],
  q4m: [q4m, nibbles],
  q8: [q8, bytes],
  q8m: [q8m, bytes],
  f16: [f16],
  bf16: [bf16],
  f32: [f32],
};

interface WeightKernelSpec<P extends Record<string, ParamType>> {
  name: string;
  body: string;
  params: P;
  /** A WGSL extension that the body enables. */
  extension?: 'subgroups';
}

/** A kernel for one weight format: the format's libraries, then the body. */
export function weightKernel<const P extends Record<string, ParamType>>(
  format: WeightFormat,
  { name, body, params, extension }: WeightKernelSpec<P>,
): Kernel<P> {
  const enabled = extension ? [`enable ${extension};`] : [];
  return defineKernel({
    name,
    wgsl: [...enabled, groups, ...LIBRARIES[format], tiles, body].join('\n'),
    params,
  });
}

/** A body's kernels by weight format. */
export function weightKernels<const P extends Record<string, ParamType>>(
  spec: WeightKernelSpec<P>,
): Record<WeightFormat, Kernel<P>> {
  const kernels = WEIGHT_FORMATS.map(
    (format) => [format, weightKernel(format, { ...spec, name: `${spec.name}_${format}` })] as const,
  );
  return Object.fromEntries(kernels) as Record<WeightFormat, Kernel<P>>;
}

/** Label, params and inputs of the dispatch that reads one chunk. */
export interface ChunkDispatch {
  label: string;
  params: { numGroups: number; rows: number; firstTile: number; numTiles: number };
  /** Bindings 1 and 2: the chunk as blocks and again as words. */
  inputs: [Tensor, Tensor];
}

/** One dispatch per chunk. @throws AppError 'bug' when the columns are not whole groups. */
export function perChunk(weights: WeightMatrix, label = weights.label): ChunkDispatch[] {
  const { rows, cols, chunks } = weights;
  if (cols % GROUP_SIZE !== 0) {
    throw new AppError('bug', `${weights.label} has ${cols} columns, not a multiple of ${GROUP_SIZE}`);
  }
  return chunks.map(({ firstTile, numTiles, tensor }) => ({
    label,
    params: { numGroups: cols / GROUP_SIZE, rows, firstTile, numTiles },
    inputs: [tensor, tensor],
  }));
}
