// Byte sizes of a model in the packed layout (src/weights/README.md), from its shape and the formats of its matrices.
import { numTiles, tileBytes } from '../shared/weightLayout';
import type { MixedFormat, ModelShape, WeightMix } from './types';

/** Everything at 4 bits: the app's own quantisation of original weights. */
export const INT4_MIX: WeightMix = {
  embedding: 'q4',
  qkv: 'q4',
  attnOutput: 'q4',
  gateUp: 'q4',
  ffnDown: 'q4',
  head: 'q4',
};

/** llama.cpp's Q8_0 files. */
export const Q8_0_MIX: WeightMix = {
  embedding: 'q8',
  qkv: 'q8',
  attnOutput: 'q8',
  gateUp: 'q8',
  ffnDown: 'q8',
  head: 'q8',
};

/** llama.cpp's Q4_0 files, with a Q6_K head. */
export const Q4_0_MIX: WeightMix = { ...INT4_MIX, head: 'q8' };

/**
 * llama.cpp's Q4_K_M of the 9B models (llama.cpp's src/llama-quant.cpp): rows of 13696 are not a multiple of 256 and
 * cannot be K-quants, so `ffn_down` is Q8_0 and Q5_0; a fused attn_qkv is Q5_K.
 */
export const Q4_K_M_MIX: WeightMix = {
  embedding: 'q4m',
  qkv: 'q8m',
  attnOutput: 'q4m',
  gateUp: 'q4m',
  ffnDown: 'q8',
  head: 'q8',
};

/** As Q4_K_M_MIX with separate Q, K and V (GLM-4-0414): V is Q6_K in half of the layers, else all three are Q4_K. */
export const Q4_K_M_SPLIT_MIX: WeightMix = { ...Q4_K_M_MIX, qkv: ['q8m', 'q4m'] };

/** As Q4_K_M_SPLIT_MIX with every row a multiple of 256 (GLM-Edge): `ffn_down` is half Q6_K, half Q4_K. */
export const Q4_K_M_EDGE_MIX: WeightMix = { ...Q4_K_M_SPLIT_MIX, ffnDown: ['q8', 'q4m'] };

/** Bytes by use in a pass. */
export interface PackedSizes {
  embeddingBytes: number;
  /** All layers together, including norms and biases. */
  layersBytes: number;
  headBytes: number;
  totalBytes: number;
}

/** Number of weights in one layer's matrices. */
export function layerWeights({ hiddenSize: D, ffnSize: F, ...shape }: ModelShape): number {
  const heads = shape.numHeads * shape.headDim;
  return qkvRows(shape) * D + heads * D + 3 * F * D;
}

/** Rows of the fused Q, K and V. */
export function qkvRows({
  numHeads,
  numKvHeads,
  headDim,
}: Pick<ModelShape, 'numHeads' | 'numKvHeads' | 'headDim'>): number {
  return (numHeads + 2 * numKvHeads) * headDim;
}

/** Sums over all tensors, without the alignment gaps of up to 255 bytes each. */
export function packedSizes(shape: ModelShape, mix: WeightMix): PackedSizes {
  const { hiddenSize: D, ffnSize: F, vocabSize: V, numLayers } = shape;
  const heads = shape.numHeads * shape.headDim;
  const matrices: [MixedFormat, rows: number, cols: number, interleaved?: boolean][] = [
    [mix.qkv, qkvRows(shape), D],
    [mix.attnOutput, D, heads],
    [mix.gateUp, 2 * F, D, true],
    [mix.ffnDown, D, F],
  ];
  const vectorBytes = (4 * D + qkvRows(shape)) * 4; // upper bound for norms and bias
  const layerBytes = matrices.reduce(
    (sum, [format, rows, cols, interleaved]) => sum + matrixBytes(format, rows, cols, interleaved),
    vectorBytes,
  );
  const embeddingBytes = matrixBytes(mix.embedding, V, D);
  const headBytes = matrixBytes(mix.head, V, D);
  const layersBytes = numLayers * layerBytes;
  return { embeddingBytes, layersBytes, headBytes, totalBytes: embeddingBytes + layersBytes + headBytes };
}

/** Bytes of a matrix; the mean over the layers if it has two formats. */
function matrixBytes(format: MixedFormat, rows: number, cols: number, interleaved = false): number {
  const [one, other] = typeof format === 'string' ? [format, format] : format;
  return (numTiles(rows, interleaved) * (tileBytes(one, cols) + tileBytes(other, cols))) / 2;
}
