// The contents of a GLM GGUF: tensor names, shapes, types, and metadata. For the tiny models of the tests and the
// full-size random models of scripts/makeModel.ts.
import { f32, type GgmlType, type GgufMetadata, type GgufTensorInfo } from './gguf';
import { syntheticTokenizer, tokenizerMetadata } from './syntheticTokenizer';

export interface GlmShape {
  /** chatglm: glm-4-9b-chat and its relatives; glm4: GLM-4-0414, with two more norms per layer. */
  architecture: 'chatglm' | 'glm4';
  hiddenSize: number;
  numHeads: number;
  numKvHeads: number;
  headDim: number;
  /** Number of rotated dimensions of each head, starting at the first. */
  ropeDims: number;
  ropeBase: number;
  rmsEps: number;
  ffnSize: number;
  numLayers: number;
  vocabSize: number;
  /** Unused vocabulary rows at the end. */
  numPadding: number;
  contextTokens: number;
  /** attn_q, attn_k, attn_v instead of attn_qkv: files converted from the Hugging Face layout. */
  separateQkv: boolean;
  qkvBias: boolean;
  /** No output.weight: the head is the embedding. */
  tiedHead: boolean;
}

/** One type for every matrix, or llama.cpp's mixture Q4_K_M. */
export type TypeRecipe = GgmlType | 'Q4_K_M';

/** Values of `general.file_type`; informative only, readers use each tensor's type. */
const FILE_TYPES: Partial<Record<TypeRecipe, number>> = {
  F32: 0, F16: 1, Q4_0: 2, Q4_1: 3, Q8_0: 7, Q5_0: 8, Q5_1: 9, Q4_K: 14, Q4_K_M: 15, Q5_K: 16, Q6_K: 18, BF16: 32,
}; // prettier-ignore

/** llama.cpp's replacement if a row is not a multiple of 256 (llama-quant.cpp, tensor_type_fallback). */
const FALLBACK: Partial<Record<GgmlType, GgmlType>> = {
  Q4_K: 'Q5_0',
  Q5_K: 'Q5_1',
  Q6_K: 'Q8_0',
  Q2_K: 'Q4_0',
  Q3_K: 'Q4_0',
};

/** The tensors in file order. */
export function glmTensors(shape: GlmShape, recipe: TypeRecipe): GgufTensorInfo[] {
  const { hiddenSize: D, numHeads: H, numKvHeads: K, headDim: Dh, ffnSize: F, vocabSize: V } = shape;
  const matrix = (name: string, rows: number, cols: number, layer = 0): GgufTensorInfo => ({
    name: `${name}.weight`,
    shape: [rows, cols],
    type: matrixType(recipe, name, cols, layer, shape.numLayers),
  });
  const vector = (name: string, size: number): GgufTensorInfo => ({ name, shape: [size], type: 'F32' });

  const tensors = [matrix('token_embd', V, D)];
  for (let layer = 0; layer < shape.numLayers; layer++) {
    const at = (name: string): string => `blk.${layer}.${name}`;
    const projections: [name: string, rows: number][] = shape.separateQkv
      ? [['attn_q', H * Dh], ['attn_k', K * Dh], ['attn_v', K * Dh]] // prettier-ignore
      : [['attn_qkv', (H + 2 * K) * Dh]];
    tensors.push(vector(at('attn_norm.weight'), D));
    for (const [name, rows] of projections) {
      tensors.push(matrix(at(name), rows, D, layer));
      if (shape.qkvBias) tensors.push(vector(at(`${name}.bias`), rows));
    }
    tensors.push(matrix(at('attn_output'), D, H * Dh, layer));
    if (shape.architecture === 'glm4') tensors.push(vector(at('post_attention_norm.weight'), D));
    tensors.push(vector(at('ffn_norm.weight'), D));
    tensors.push(matrix(at('ffn_up'), 2 * F, D, layer)); // gate rows, then up rows
    tensors.push(matrix(at('ffn_down'), D, F, layer));
    if (shape.architecture === 'glm4') tensors.push(vector(at('post_ffw_norm.weight'), D));
  }
  tensors.push(vector('output_norm.weight', D));
  if (!shape.tiedHead) tensors.push(matrix('output', V, D));
  return tensors;
}

/** The metadata as written by llama.cpp's converter, with a synthetic tokenizer. */
export function glmMetadata(shape: GlmShape, recipe: TypeRecipe, name: string): GgufMetadata {
  const arch = shape.architecture;
  const explicitHeadDim = arch === 'glm4' || shape.headDim * shape.numHeads !== shape.hiddenSize;
  return {
    'general.architecture': arch,
    'general.type': 'model',
    'general.name': name,
    'general.file_type': FILE_TYPES[recipe] ?? 0,
    'general.quantization_version': 2,
    [`${arch}.context_length`]: shape.contextTokens,
    [`${arch}.embedding_length`]: shape.hiddenSize,
    [`${arch}.feed_forward_length`]: shape.ffnSize,
    [`${arch}.block_count`]: shape.numLayers,
    [`${arch}.attention.head_count`]: shape.numHeads,
    [`${arch}.attention.head_count_kv`]: shape.numKvHeads,
    ...(explicitHeadDim && {
      [`${arch}.attention.key_length`]: shape.headDim,
      [`${arch}.attention.value_length`]: shape.headDim,
    }),
    [`${arch}.attention.layer_norm_rms_epsilon`]: f32(shape.rmsEps),
    [`${arch}.rope.dimension_count`]: shape.ropeDims,
    [`${arch}.rope.freq_base`]: f32(shape.ropeBase),
    ...tokenizerMetadata(
      syntheticTokenizer(shape.vocabSize, shape.numPadding),
      arch === 'chatglm' ? 'chatglm-bpe' : 'glm4',
    ),
  };
}

function matrixType(
  recipe: TypeRecipe,
  name: string,
  cols: number,
  layer: number,
  numLayers: number,
): GgmlType {
  let type: GgmlType;
  if (recipe !== 'Q4_K_M') type = recipe;
  else if (name === 'output') type = 'Q6_K';
  else if (/attn_(qkv|v)$/.test(name)) type = name.endsWith('qkv') ? 'Q5_K' : 'Q6_K';
  else if (name.endsWith('ffn_down') && getsMoreBits(layer, numLayers)) type = 'Q6_K';
  else type = 'Q4_K';
  return cols % 256 ? (FALLBACK[type] ?? type) : type;
}

/** llama-quant.cpp, use_more_bits: the first and last eighth of the layers, and every third between. */
function getsMoreBits(layer: number, numLayers: number): boolean {
  const eighth = Math.floor(numLayers / 8);
  return layer < eighth || layer >= Math.floor((7 * numLayers) / 8) || (layer - eighth) % 3 === 2;
}
