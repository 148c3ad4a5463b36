// A check of kernels on the user's device: dispatches at a small, ragged shape, and what they should give.
import type { Pass } from '../../gpu/program';
import type { Tensor, WeightMatrix } from '../../gpu/tensor';
import type { WeightFormat } from '../../shared/weightLayout';
import { arithmeticFor, QUANTIZED_WORDS } from '../activations';
import type { KvFormat } from '../kv';
import { noise } from '../noise';
import { packQuantized, quantizeReference } from '../quantize.reference';
import type { PackedMatrix, PackedShape } from '../weights.reference';
import type { Comparison } from './compare';

/** What a model asks of its kernels: pipelines depend on nothing else. */
export interface ModelFacts {
  /** Formats of its matrices. */
  formats: readonly WeightFormat[];
  kvFormat: KvFormat;
  numHeads: number;
  numKvHeads: number;
  headDim: number;
  ropeDims: number;
  ropePairing: 'interleaved' | 'half';
}

/** A weight matrix of a case, cut into several chunks. */
export interface CaseMatrix {
  weights: WeightMatrix;
  values(): PackedMatrix;
}

/** Makes the tensors of a case: on the GPU, or shapes only, where data is never asked for. */
export interface CaseTensors {
  floats(shape: number[], data: () => Float32Array<ArrayBuffer>): Tensor;
  words(shape: number[], data: () => Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>): Tensor;
  zeros(shape: number[], dtype?: 'f32' | 'u32'): Tensor;
  /** Random weights near 1 / √cols, off centre, so that mins matter. */
  matrix(shape: PackedShape): CaseMatrix;
}

/** An output to be read back, and its distance from the reference. */
export interface Outcome {
  output: Tensor;
  compare(bytes: ArrayBuffer): Comparison;
}

export interface KernelCase {
  /** 'matmul q4, 67 tokens' */
  name: string;
  /** Records the dispatches under the pass's tuning. */
  record(pass: Pass, tensors: CaseTensors): Outcome[];
}

/**
 * Activations like GLM-4's: noise, one channel in 29 ×30, one ×500, in the rows from `outliersFrom` on. The rows before it
 * are smooth: outliers hide lost bits.
 */
export function activations(
  numTokens: number,
  cols: number,
  seed: number,
  outliersFrom = 1,
): Float32Array<ArrayBuffer> {
  const x = noise(numTokens * cols, seed);
  for (let t = outliersFrom; t < numTokens; t++) {
    for (let col = 5; col < cols; col += 29) x[t * cols + col] *= 30;
    x[t * cols + 17] *= 500;
  }
  return x;
}

/** x in the form that its product with these weights reads, and the exact values of that form. */
export function readable(
  pass: Pass,
  tensors: CaseTensors,
  weights: WeightMatrix,
  [numTokens, cols]: [number, number],
  data: () => Float32Array<ArrayBuffer>,
): { x: Tensor; values: () => Float32Array } {
  if (arithmeticFor(pass.tuning, numTokens, weights) === 'f32')
    return { x: tensors.floats([numTokens, cols], data), values: data };
  const shape = [numTokens, cols / 32, QUANTIZED_WORDS];
  const codes = () => quantizeReference(data());
  return {
    x: tensors.words(shape, () => packQuantized(codes()) as Uint32Array<ArrayBuffer>),
    values: () => Float32Array.from(codes().values),
  };
}
