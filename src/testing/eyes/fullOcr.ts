// GLM-OCR at its real size, as the published pair of GGUF files (Q8_0): names, shapes, types and metadata.
// Source: the repository ggml-org/GLM-OCR-GGUF, whose files have 950,433,408 and 484,403,648 bytes.
import { EYES_OCR } from '../../model/eyes/variants';
import { f32, type GgufMetadata, type GgufTensorInfo } from '../gguf';
import { SPECIAL_TOKENS, syntheticTokenizer, tokenizerMetadata } from '../syntheticTokenizer';

export const OCR_TEXT = {
  hiddenSize: 1536,
  numHeads: 16,
  numKvHeads: 8,
  headDim: 128,
  ffnSize: 4608,
  /** With the layer that predicts a second token, which this engine leaves out. */
  numBlocks: 17,
  vocabSize: 59392,
  contextTokens: 131072,
};
/** Ordinary tokens; special ones and padding follow. */
const ORDINARY_TOKENS = 59246;
/** The placeholder of a picture in the real vocabulary. */
const IMAGE_TOKEN = { id: 59280, content: '<|image|>' };
const Q8_FILE = 7;

const matrix = (name: string, ...shape: number[]): GgufTensorInfo => ({
  name: `${name}.weight`,
  shape,
  type: 'Q8_0',
});
const vector = (name: string, size: number): GgufTensorInfo => ({ name, shape: [size], type: 'F32' });

interface Header {
  metadata: GgufMetadata;
  tensors: GgufTensorInfo[];
}

/** The tensors of the text half: 179, of which 16 predict a second token. */
export function ocrTextTensors(): GgufTensorInfo[] {
  const { hiddenSize: D, numHeads, numKvHeads, headDim, ffnSize: F, numBlocks, vocabSize } = OCR_TEXT;
  const tensors = [matrix('token_embd', vocabSize, D)];
  for (let block = 0; block < numBlocks; block++) {
    const at = (part: string): string => `blk.${block}.${part}`;
    tensors.push(
      vector(at('attn_norm.weight'), D),
      matrix(at('attn_q'), numHeads * headDim, D),
      matrix(at('attn_k'), numKvHeads * headDim, D),
      matrix(at('attn_v'), numKvHeads * headDim, D),
      matrix(at('attn_output'), D, numHeads * headDim),
      vector(at('post_attention_norm.weight'), D),
      vector(at('ffn_norm.weight'), D),
      matrix(at('ffn_up'), 2 * F, D),
      matrix(at('ffn_down'), D, F),
      vector(at('post_ffw_norm.weight'), D),
    );
  }
  const predicting = (part: string): string => `blk.${numBlocks - 1}.nextn.${part}`;
  tensors.push(
    matrix(predicting('eh_proj'), D, 2 * D),
    matrix(predicting('embed_tokens'), vocabSize, D),
    vector(predicting('enorm.weight'), D),
    vector(predicting('hnorm.weight'), D),
    matrix(predicting('shared_head_head'), vocabSize, D),
    vector(predicting('shared_head_norm.weight'), D),
    vector('output_norm.weight', D),
    matrix('output', vocabSize, D),
  );
  return tensors;
}

/** The text half. */
export function ocrText(name: string): Header {
  const { hiddenSize: D, numHeads, numKvHeads, headDim, ffnSize: F, numBlocks, vocabSize } = OCR_TEXT;
  const tokenizer = syntheticTokenizer(vocabSize, vocabSize - ORDINARY_TOKENS - SPECIAL_TOKENS.length);
  tokenizer.tokens[IMAGE_TOKEN.id] = IMAGE_TOKEN.content;
  tokenizer.tokenTypes[IMAGE_TOKEN.id] = 3; // control
  const metadata = {
    'general.architecture': 'glm4',
    'general.type': 'model',
    'general.name': name,
    'general.file_type': Q8_FILE,
    'general.quantization_version': 2,
    'glm4.context_length': OCR_TEXT.contextTokens,
    'glm4.embedding_length': D,
    'glm4.feed_forward_length': F,
    'glm4.block_count': numBlocks,
    'glm4.nextn_predict_layers': 1,
    'glm4.attention.head_count': numHeads,
    'glm4.attention.head_count_kv': numKvHeads,
    'glm4.attention.key_length': headDim,
    'glm4.attention.value_length': headDim,
    'glm4.attention.layer_norm_rms_epsilon': f32(1e-5),
    'glm4.rope.dimension_count': headDim,
    'glm4.rope.dimension_sections': [16, 24, 24, 0],
    'glm4.rope.freq_base': f32(10000),
    ...tokenizerMetadata(tokenizer, 'glm4'),
  };
  return { metadata, tensors: ocrTextTensors() };
}

/** The eyes. Convolutions are F32, as in the published file: its size says so. */
export function ocrEyes(name: string): Header {
  const { numLayers, hiddenSize: H, numHeads, headDim, ffnSize: F, outSize: D, mergerSize: M } = EYES_OCR;
  const convolution = (tensor: string, ...shape: number[]): GgufTensorInfo => ({
    name: tensor,
    shape,
    type: 'F32',
  });
  const tensors = [
    convolution('v.patch_embd.weight', H, 3, 14, 14),
    convolution('v.patch_embd.weight.1', H, 3, 14, 14),
    vector('v.patch_embd.bias', H),
  ];
  for (let layer = 0; layer < numLayers; layer++) {
    const linear = (part: string, rows: number, cols: number): GgufTensorInfo[] => [
      matrix(`v.blk.${layer}.${part}`, rows, cols),
      vector(`v.blk.${layer}.${part}.bias`, rows),
    ];
    const gain = (part: string, size: number) => vector(`v.blk.${layer}.${part}.weight`, size);
    tensors.push(
      gain('ln1', H),
      ...linear('attn_qkv', 3 * H, H),
      gain('attn_q_norm', headDim),
      gain('attn_k_norm', headDim),
      ...linear('attn_out', H, H),
      gain('ln2', H),
      ...linear('ffn_gate', F, H),
      ...linear('ffn_up', F, H),
      ...linear('ffn_down', H, F),
    );
  }
  tensors.push(
    vector('v.post_ln.weight', H),
    convolution('mm.patch_merger.weight', D, H, 2, 2),
    vector('mm.patch_merger.bias', D),
    matrix('mm.model.fc', D, D),
    vector('mm.post_norm.weight', D),
    vector('mm.post_norm.bias', D),
    matrix('mm.gate', M, D),
    matrix('mm.up', M, D),
    matrix('mm.down', D, M),
  );
  const metadata = {
    'general.architecture': 'clip',
    'general.type': 'mmproj',
    'general.name': name,
    'general.file_type': Q8_FILE,
    'general.quantization_version': 2,
    'clip.has_vision_encoder': true,
    'clip.projector_type': 'glm4v',
    'clip.vision.image_size': 336,
    'clip.vision.patch_size': 14,
    'clip.vision.embedding_length': H,
    'clip.vision.feed_forward_length': M,
    'clip.vision.block_count': numLayers,
    'clip.vision.projection_dim': D,
    'clip.vision.attention.head_count': numHeads,
    'clip.vision.attention.layer_norm_epsilon': f32(1e-5),
    'clip.vision.image_mean': { type: 'f32' as const, value: [0.48145466, 0.4578275, 0.40821073] },
    'clip.vision.image_std': { type: 'f32' as const, value: [0.26862954, 0.26130258, 0.27577711] },
    'clip.use_silu': true,
  };
  return { metadata, tensors };
}
