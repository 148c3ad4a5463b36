// Shared by the matrix kernels for many tokens: their texts, params, and the dispatch of each chunk.
import output from '../../shaders/lib/matmul_output.wgsl?raw';
import type { Kernel, ParamType } from '../gpu/kernel';
import type { Tensor, WeightMatrix } from '../gpu/tensor';
import { AppError } from '../shared/errors';
import { isQuantised, WEIGHT_FORMATS, type WeightFormat } from '../shared/weightLayout';
import type { Arithmetic } from '../gpu/tuning';
import { arithmeticOf } from './activations';
import { perChunk, weightKernel } from './weights';

/** A checked call of matmul or matmulSwiglu. */
export interface MatmulCall {
  /** [T, cols], or a quantizedView() of it. */
  x: Tensor;
  weights: WeightMatrix;
  y: Tensor;
  bias?: Tensor;
  accumulate: boolean;
  swiglu: boolean;
  label?: string;
}

const PARAMS = {
  numGroups: 'u32',
  rows: 'u32',
  interleaved: 'u32',
  firstTile: 'u32',
  numTiles: 'u32',
  numTokens: 'u32',
  hasBias: 'u32',
  accumulate: 'u32',
} as const satisfies Record<string, ParamType>;

interface MatmulBodies {
  name: string;
  /** Library of both bodies. */
  library: string;
  /** Body for float activations and every weight format. */
  floats: string;
  /** Body for int8 activations and quantised weights. */
  int8: string;
  /** Libraries of the int8 body for 4-bit weights, and for 8-bit ones. */
  nibbles: string[];
  bytes: string[];
  /** A WGSL extension that both bodies enable. */
  extension?: 'subgroups';
}

/** Finds the kernel for weights and activations. @throws AppError 'bug' for float weights and int8 activations. */
export function matmulKernels(bodies: MatmulBodies): (call: MatmulCall) => Kernel<typeof PARAMS> {
  const kernels = new Map(
    WEIGHT_FORMATS.flatMap((format) =>
      (isQuantised(format) ? (['f32', 'dot4'] as const) : (['f32'] as const)).map(
        (arithmetic) => [`${format} ${arithmetic}`, kernelOf(format, arithmetic, bodies)] as const,
      ),
    ),
  );
  return ({ x, weights }) => {
    const { format, label, cols } = weights;
    const arithmetic = arithmeticOf(`${label} x`, x, cols);
    const kernel = kernels.get(`${format} ${arithmetic}`);
    if (!kernel) throw new AppError('bug', `${label}: no ${arithmetic} arithmetic for ${format} weights`);
    return kernel;
  };
}

function kernelOf(format: WeightFormat, arithmetic: Arithmetic, bodies: MatmulBodies) {
  const { name, library, floats, int8, nibbles, bytes, extension } = bodies;
  const codes = format.startsWith('q4') ? nibbles : bytes;
  const body = arithmetic === 'f32' ? [floats] : [...codes, int8];
  return weightKernel(format, {
    name: `${name}_${format}${arithmetic === 'f32' ? '' : '_int8'}`,
    body: [output, library, ...body].join('\n'),
    params: PARAMS,
    extension,
  });
}

/** A dispatch per chunk, without constants and workgroups. */
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
