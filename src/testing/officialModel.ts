// The tiny test models as original repositories: safetensors with an index, config.json and tokenizer files, in THUDM's
// and in Hugging Face's naming.
import { unspellBytes } from '../shared/byteAlphabet';
import type { GgufTensorData } from './gguf';
import type { GlmShape } from './glmFile';
import { writeSafetensors, type SafetensorData } from './safetensors';
import { SPECIAL_TOKENS, syntheticTokenizer } from './syntheticTokenizer';
import type { TinyModel } from './tinyModel';

export type Layout = 'thudm' | 'hf';

export interface OfficialFile {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

const THUDM_NAMES: Record<string, string> = {
  token_embd: 'transformer.embedding.word_embeddings',
  output_norm: 'transformer.encoder.final_layernorm',
  output: 'transformer.output_layer',
  attn_norm: 'input_layernorm',
  attn_qkv: 'self_attention.query_key_value',
  attn_output: 'self_attention.dense',
  ffn_norm: 'post_attention_layernorm',
  ffn_up: 'mlp.dense_h_to_4h',
  ffn_down: 'mlp.dense_4h_to_h',
};

const HF_NAMES: Record<string, string> = {
  token_embd: 'model.embed_tokens',
  output_norm: 'model.norm',
  output: 'lm_head',
  attn_norm: 'input_layernorm',
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  post_attention_norm: 'post_self_attn_layernorm',
  ffn_norm: 'post_attention_layernorm',
  ffn_up: 'mlp.gate_up_proj',
  ffn_down: 'mlp.down_proj',
  post_ffw_norm: 'post_mlp_layernorm',
};

/** The files of the repository; the weights in `shards` files. */
export function officialModel(
  { file, shape, name }: TinyModel,
  { layout, shards = 2 }: { layout: Layout; shards?: number },
): OfficialFile[] {
  const tensors = file.tensors.flatMap((tensor) => originals(tensor, shape, layout));
  const fileNames = Array.from({ length: shards }, (_, i) => shardName(i + 1, shards));
  const fileOf = (i: number): string => fileNames[Math.floor((i * shards) / tensors.length)];
  const weightMap = Object.fromEntries(tensors.map((tensor, i) => [tensor.name, fileOf(i)]));
  return [
    jsonFile('config.json', layout === 'thudm' ? thudmConfig(shape, name) : hfConfig(shape)),
    jsonFile('generation_config.json', { eos_token_id: endIds(shape), temperature: 0.8 }),
    ...(layout === 'thudm' ? ranksFiles(shape) : [jsonFile('tokenizer.json', tokenizerJson(shape))]),
    jsonFile('model.safetensors.index.json', { metadata: { total_size: 1 }, weight_map: weightMap }),
    ...fileNames.map((fileName) => ({
      name: fileName,
      bytes: writeSafetensors(tensors.filter((tensor) => weightMap[tensor.name] === fileName)),
    })),
  ];
}

export function jsonFile(name: string, value: unknown): OfficialFile {
  return { name, bytes: new TextEncoder().encode(JSON.stringify(value)) };
}

function shardName(number: number, count: number): string {
  const digits = (n: number): string => String(n).padStart(5, '0');
  return `model-${digits(number)}-of-${digits(count)}.safetensors`;
}

/** A GGUF tensor under its original name; Hugging Face's layout keeps Q, K and V apart. */
function originals(
  { name, type, shape, data }: GgufTensorData,
  { numHeads, numKvHeads, headDim }: GlmShape,
  layout: Layout,
): SafetensorData[] {
  const dtype = type as SafetensorData['dtype'];
  const [, prefix = '', part, kind] = /^(blk\.\d+\.)?(.+)\.(weight|bias)$/.exec(name)!;
  const layer = prefix && `${layout === 'thudm' ? 'transformer.encoder' : 'model'}.layers.${prefix.slice(4)}`;
  const original = (gguf: string): string =>
    `${layer}${(layout === 'thudm' ? THUDM_NAMES : HF_NAMES)[gguf]}.${kind}`;
  if (layout === 'thudm' || part !== 'attn_qkv') return [{ name: original(part), dtype, shape, data }];
  const rowBytes = data.length / shape[0];
  let first = 0;
  return [numHeads, numKvHeads, numKvHeads].map((heads, i) => {
    const rows = heads * headDim;
    const slice = data.slice(first * rowBytes, (first + rows) * rowBytes);
    first += rows;
    return { name: original(`attn_${'qkv'[i]}`), dtype, shape: [rows, ...shape.slice(1)], data: slice };
  });
}

function thudmConfig(shape: GlmShape, name: string): unknown {
  return {
    _name_or_path: `THUDM/${name}`,
    architectures: ['ChatGLMModel'],
    model_type: 'chatglm',
    add_qkv_bias: shape.qkvBias,
    ffn_hidden_size: shape.ffnSize,
    hidden_size: shape.hiddenSize,
    kv_channels: shape.headDim,
    layernorm_epsilon: shape.rmsEps,
    multi_query_attention: true,
    multi_query_group_num: shape.numKvHeads,
    num_attention_heads: shape.numHeads,
    num_layers: shape.numLayers,
    original_rope: true,
    padded_vocab_size: shape.vocabSize,
    rope_ratio: shape.ropeBase / 10000,
    seq_length: shape.contextTokens,
    tie_word_embeddings: shape.tiedHead,
    eos_token_id: endIds(shape),
    pad_token_id: endIds(shape)[0],
  };
}

function hfConfig(shape: GlmShape): unknown {
  return {
    architectures: [shape.architecture === 'glm4' ? 'Glm4ForCausalLM' : 'GlmForCausalLM'],
    model_type: shape.architecture === 'glm4' ? 'glm4' : 'glm',
    attention_bias: shape.qkvBias,
    head_dim: shape.headDim,
    hidden_size: shape.hiddenSize,
    intermediate_size: shape.ffnSize,
    max_position_embeddings: shape.contextTokens,
    num_attention_heads: shape.numHeads,
    num_hidden_layers: shape.numLayers,
    num_key_value_heads: shape.numKvHeads,
    partial_rotary_factor: shape.ropeDims / shape.headDim,
    rms_norm_eps: shape.rmsEps,
    rope_theta: shape.ropeBase,
    rope_scaling: null,
    tie_word_embeddings: shape.tiedHead,
    vocab_size: shape.vocabSize,
    eos_token_id: endIds(shape),
    pad_token_id: endIds(shape)[0],
  };
}

function endIds({ vocabSize, numPadding }: GlmShape): number[] {
  const first = syntheticTokenizer(vocabSize, numPadding).numOrdinary;
  return ['<|endoftext|>', '<|user|>', '<|observation|>'].map(
    (token) => first + SPECIAL_TOKENS.findIndex((special) => special === token),
  );
}

/** tiktoken's ranks, and the special tokens beside them. */
function ranksFiles({ vocabSize, numPadding }: GlmShape): OfficialFile[] {
  const { tokens, numOrdinary } = syntheticTokenizer(vocabSize, numPadding);
  const lines = tokens.slice(0, numOrdinary).map((token, rank) => {
    const base64 = btoa(String.fromCharCode(...unspellBytes(token)!));
    return `${base64} ${rank}\n`;
  });
  const added = Object.fromEntries(
    SPECIAL_TOKENS.map((content, i) => [String(numOrdinary + i), { content, special: true, rstrip: false }]),
  );
  return [
    { name: 'tokenizer.model', bytes: new TextEncoder().encode(lines.join('')) },
    jsonFile('tokenizer_config.json', {
      added_tokens_decoder: added,
      chat_template: '[gMASK]<sop>{{ messages }}',
      tokenizer_class: 'ChatGLM4Tokenizer',
    }),
  ];
}

function tokenizerJson({ vocabSize, numPadding }: GlmShape): unknown {
  const { tokens, merges, numOrdinary } = syntheticTokenizer(vocabSize, numPadding);
  return {
    version: '1.0',
    added_tokens: SPECIAL_TOKENS.map((content, i) => ({ id: numOrdinary + i, content, special: true })),
    model: {
      type: 'BPE',
      ignore_merges: true,
      vocab: Object.fromEntries(tokens.slice(0, numOrdinary).map((token, id) => [token, id])),
      merges,
    },
  };
}
