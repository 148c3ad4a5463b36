// What the matrix kernels share: their params, and the dispatch of each chunk without constants and grid.
import output from '../../shaders/lib/matmul_output.wgsl?raw';
import type { Tensor, WeightMatrix } from '../gpu/tensor';
import { perChunk, weightKernels } from './weights';

/** A checked call of matmul or matmulSwiglu. */
export interface MatmulCall {
  x: Tensor;
  weights: WeightMatrix;
  y: Tensor;
  bias?: Tensor;
  accumulate: boolean;
  swiglu: boolean;
  label?: string;
}

/** A kernel per weight format of a body that needs lib/matmul_output.wgsl. */
export function matmulKernels(name: string, body: string) {
  return weightKernels({
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
  });
}

/** Everything of a chunk's dispatch but constants and workgroups. */
export function chunkDispatches({ x, weights, y, bias, accumulate, label }: MatmulCall) {
  return perChunk(weights, label).map(({ params, inputs, ...chunk }) => ({
    ...chunk,
    params: {
      ...params,
      numTokens: x.shape[0],
      interleaved: Number(weights.interleaved),
      hasBias: Number(bias !== undefined),
      accumulate: Number(accumulate),
    },
    inputs: [...inputs, x, bias ?? x],
    outputs: [y],
  }));
}
