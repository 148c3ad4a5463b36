// The toy models with eyes whose goldens scripts/oracle/eyes.py makes: as an original repository, and as the pair of GGUF
// files that llama.cpp's converter would write.
import { f32, writeGguf, type GgufMetadata, type GgufTensorData } from '../gguf';
import { encodeWeights } from '../randomWeights';
import { jsonFile, type OfficialFile } from '../officialModel';
import { writeSafetensors } from '../safetensors';
import { SPECIAL_TOKENS, syntheticTokenizer, tokenizerMetadata } from '../syntheticTokenizer';
import { randomValues } from './checkpoint';

export type EyesKind = 'glm-4.1v' | 'glm-4.6v' | 'glm-ocr';

const VOCAB = 320;
const NUM_PADDING = 5;
/** The first padding row: the placeholder of a picture. */
const IMAGE_TOKEN = '<|image|>';

interface Spec {
  modelType: string;
  vision: { hidden: number; heads: number; ffn: number; merger: number; isOcr: boolean };
  sections: [number, number, number];
  base: number;
  ropeDims: number;
  heads: number;
  kvHeads: number;
}

const TEXT = {
  hidden: 64,
  ffn: 96,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  headDim: 32,
  out: 64,
  depth: 2,
  tableSide: 8,
};
const SPECS: Record<EyesKind, Spec> = {
  'glm-4.1v': {
    modelType: 'glm4v', sections: [2, 3, 3], base: 10000, ropeDims: 16, heads: 2, kvHeads: 1,
    vision: { hidden: 64, heads: 2, ffn: 64, merger: 96, isOcr: false },
  },
  'glm-4.6v': {
    modelType: 'glm46v', sections: [2, 3, 3], base: 500000, ropeDims: 16, heads: 2, kvHeads: 1,
    vision: { hidden: 96, heads: 3, ffn: 64, merger: 96, isOcr: false },
  },
  'glm-ocr': {
    modelType: 'glm_ocr', sections: [4, 6, 6], base: 10000, ropeDims: 32, heads: 4, kvHeads: 2,
    vision: { hidden: 64, heads: 2, ffn: 128, merger: 192, isOcr: true },
  },
}; // prettier-ignore

interface Weights {
  name: string;
  shape: number[];
  values: Float32Array;
}

/** Every tensor of the checkpoint under transformers' names. */
function checkpoint(kind: EyesKind): Weights[] {
  const { vision, heads, kvHeads } = SPECS[kind];
  const { hidden: D, ffn: F, headDim } = TEXT;
  const tensors: Weights[] = [];
  const add = (name: string, ...shape: number[]) =>
    tensors.push({ name, shape, values: randomValues(name, shape) });
  const linear = (name: string, rows: number, cols: number, bias = false) => {
    add(`${name}.weight`, rows, cols);
    if (bias) add(`${name}.bias`, rows);
  };
  const text = 'model.language_model';
  add(`${text}.embed_tokens.weight`, VOCAB, D);
  for (let i = 0; i < TEXT.layers; i++) {
    const at = `${text}.layers.${i}`;
    for (const norm of ['input', 'post_attention', 'post_self_attn', 'post_mlp'])
      add(`${at}.${norm}_layernorm.weight`, D);
    linear(`${at}.self_attn.q_proj`, heads * headDim, D, !vision.isOcr);
    linear(`${at}.self_attn.k_proj`, kvHeads * headDim, D, !vision.isOcr);
    linear(`${at}.self_attn.v_proj`, kvHeads * headDim, D, !vision.isOcr);
    linear(`${at}.self_attn.o_proj`, D, heads * headDim);
    linear(`${at}.mlp.gate_up_proj`, 2 * F, D);
    linear(`${at}.mlp.down_proj`, D, F);
  }
  add(`${text}.norm.weight`, D);
  add('lm_head.weight', VOCAB, D);

  const { hidden: H, heads: visionHeads, ffn, merger, isOcr } = vision;
  const eyes = 'model.visual';
  add(`${eyes}.patch_embed.proj.weight`, H, 3, 2, 14, 14);
  add(`${eyes}.patch_embed.proj.bias`, H);
  if (!isOcr) {
    add(`${eyes}.embeddings.position_embedding.weight`, TEXT.tableSide ** 2, H);
    add(`${eyes}.post_conv_layernorm.weight`, H);
  }
  for (let i = 0; i < TEXT.depth; i++) {
    const at = `${eyes}.blocks.${i}`;
    add(`${at}.norm1.weight`, H);
    add(`${at}.norm2.weight`, H);
    linear(`${at}.attn.qkv`, 3 * H, H, isOcr);
    linear(`${at}.attn.proj`, H, H, isOcr);
    if (isOcr) for (const head of ['q', 'k']) add(`${at}.attn.${head}_norm.weight`, H / visionHeads);
    linear(`${at}.mlp.gate_proj`, ffn, H, isOcr);
    linear(`${at}.mlp.up_proj`, ffn, H, isOcr);
    linear(`${at}.mlp.down_proj`, H, ffn, isOcr);
  }
  add(`${eyes}.post_layernorm.weight`, H);
  add(`${eyes}.downsample.weight`, TEXT.out, H, 2, 2);
  add(`${eyes}.downsample.bias`, TEXT.out);
  linear(`${eyes}.merger.proj`, TEXT.out, TEXT.out);
  add(`${eyes}.merger.post_projection_norm.weight`, TEXT.out);
  add(`${eyes}.merger.post_projection_norm.bias`, TEXT.out);
  linear(`${eyes}.merger.gate_proj`, merger, TEXT.out);
  linear(`${eyes}.merger.up_proj`, merger, TEXT.out);
  linear(`${eyes}.merger.down_proj`, TEXT.out, merger);
  return tensors;
}

function vocabulary() {
  const tokenizer = syntheticTokenizer(VOCAB, NUM_PADDING);
  tokenizer.tokens[VOCAB - NUM_PADDING] = IMAGE_TOKEN;
  tokenizer.tokenTypes[VOCAB - NUM_PADDING] = 3; // control
  return tokenizer;
}

/** safetensors, configuration and tokenizer. */
export function eyesRepository(kind: EyesKind): OfficialFile[] {
  const { modelType, vision, sections, base, ropeDims, heads, kvHeads } = SPECS[kind];
  const { tokens, merges, numOrdinary } = vocabulary();
  const special = [
    ...SPECIAL_TOKENS.map((content, i) => ({ id: numOrdinary + i, content })),
    { id: VOCAB - NUM_PADDING, content: IMAGE_TOKEN },
  ];
  const text_config = {
    hidden_size: TEXT.hidden, intermediate_size: TEXT.ffn, num_hidden_layers: TEXT.layers, vocab_size: VOCAB,
    num_attention_heads: heads, num_key_value_heads: kvHeads, head_dim: TEXT.headDim, rms_norm_eps: 1e-5,
    max_position_embeddings: 1024, eos_token_id: null,
    rope_parameters: {
      rope_type: 'default', rope_theta: base, mrope_section: sections, partial_rotary_factor: ropeDims / TEXT.headDim,
    },
  }; // prettier-ignore
  const vision_config = {
    hidden_size: vision.hidden, depth: TEXT.depth, num_heads: vision.heads, rms_norm_eps: 1e-5, patch_size: 14,
    spatial_merge_size: 2,
  }; // prettier-ignore
  const tensors = checkpoint(kind).map(({ name, shape, values }) => ({
    name, shape, dtype: 'F32' as const, data: encodeWeights('F32', values),
  })); // prettier-ignore
  return [
    jsonFile('config.json', { model_type: modelType, text_config, vision_config, tie_word_embeddings: false }),
    jsonFile('generation_config.json', { eos_token_id: [numOrdinary] }),
    jsonFile('tokenizer.json', {
      added_tokens: special.map((token) => ({ ...token, special: true })),
      model: {
        type: 'BPE', ignore_merges: true, merges,
        vocab: Object.fromEntries(tokens.slice(0, numOrdinary).map((token, id) => [token, id])),
      },
    }),
    { name: 'model.safetensors', bytes: writeSafetensors(tensors) },
  ]; // prettier-ignore
}

const TEXT_NAMES: Record<string, string> = {
  input_layernorm: 'attn_norm', post_self_attn_layernorm: 'post_attention_norm',
  post_attention_layernorm: 'ffn_norm', post_mlp_layernorm: 'post_ffw_norm', 'self_attn.q_proj': 'attn_q',
  'self_attn.k_proj': 'attn_k', 'self_attn.v_proj': 'attn_v', 'self_attn.o_proj': 'attn_output',
  'mlp.gate_up_proj': 'ffn_up', 'mlp.down_proj': 'ffn_down', embed_tokens: 'token_embd', norm: 'output_norm',
}; // prettier-ignore
const EYES_NAMES: Record<string, string> = {
  norm1: 'ln1', norm2: 'ln2', 'attn.qkv': 'attn_qkv', 'attn.proj': 'attn_out', 'attn.q_norm': 'attn_q_norm',
  'attn.k_norm': 'attn_k_norm', 'mlp.gate_proj': 'ffn_gate', 'mlp.up_proj': 'ffn_up', 'mlp.down_proj': 'ffn_down',
  'patch_embed.proj': 'v.patch_embd', 'embeddings.position_embedding': 'v.position_embd',
  post_conv_layernorm: 'v.norm_embd', post_layernorm: 'v.post_ln', downsample: 'mm.patch_merger',
  'merger.proj': 'mm.model.fc', 'merger.post_projection_norm': 'mm.post_norm', 'merger.gate_proj': 'mm.gate',
  'merger.up_proj': 'mm.up', 'merger.down_proj': 'mm.down',
}; // prettier-ignore

export interface EyesPair {
  text: Uint8Array<ArrayBuffer>;
  eyes: Uint8Array<ArrayBuffer>;
}

/**
 * The two files of llama.cpp's converter.
 * @param options.type of the matrices of the eyes; convolutions, tables and vectors stay F32.
 */
export function eyesPair(kind: EyesKind, { type = 'F32' }: { type?: 'F32' | 'F16' | 'Q8_0' } = {}): EyesPair {
  const { vision, sections, base, ropeDims, heads, kvHeads } = SPECS[kind];
  const text: GgufTensorData[] = [];
  const eyes: GgufTensorData[] = [];
  for (const weights of checkpoint(kind)) {
    const { name, shape, values } = weights;
    const [, part, layer, module = '', suffix] =
      /^(?:model\.)?(language_model|visual|lm_head)\.?(?:(?:layers|blocks)\.(\d+)\.)?(.*?)\.?(weight|bias)$/.exec(
        name,
      ) ?? [];
    if (part === 'visual') {
      const into = (layer === undefined ? '' : `v.blk.${layer}.`) + EYES_NAMES[module];
      if (module === 'patch_embed.proj' && suffix === 'weight') eyes.push(...frames(weights));
      else {
        const own =
          suffix === 'weight' && shape.length === 2 && !into.startsWith('v.position') ? type : 'F32';
        eyes.push({ name: `${into}.${suffix}`, shape, type: own, data: encodeWeights(own, values) });
      }
    } else {
      const into =
        part === 'lm_head' ? 'output' : (layer === undefined ? '' : `blk.${layer}.`) + TEXT_NAMES[module];
      const permuted = /attn_[qk]$/.test(into) ? halfSplit(weights, ropeDims) : values;
      text.push({ name: `${into}.${suffix}`, shape, type: 'F32', data: encodeWeights('F32', permuted) });
    }
  }
  const name = `tiny ${kind}`;
  const textMetadata: GgufMetadata = {
    'general.architecture': 'glm4',
    'general.name': name,
    'glm4.context_length': 1024,
    'glm4.embedding_length': TEXT.hidden,
    'glm4.feed_forward_length': TEXT.ffn,
    'glm4.block_count': TEXT.layers,
    'glm4.attention.head_count': heads,
    'glm4.attention.head_count_kv': kvHeads,
    'glm4.attention.key_length': TEXT.headDim,
    'glm4.attention.value_length': TEXT.headDim,
    'glm4.attention.layer_norm_rms_epsilon': f32(1e-5),
    'glm4.rope.dimension_count': ropeDims,
    'glm4.rope.dimension_sections': [...sections, 0],
    'glm4.rope.freq_base': f32(base),
    ...tokenizerMetadata(vocabulary(), 'glm4'),
  };
  const eyesMetadata: GgufMetadata = {
    'general.architecture': 'clip',
    'general.type': 'mmproj',
    'general.name': name,
    'clip.has_vision_encoder': true,
    'clip.projector_type': 'glm4v',
    'clip.vision.image_size': 14 * TEXT.tableSide,
    'clip.vision.patch_size': 14,
    'clip.vision.embedding_length': vision.hidden,
    'clip.vision.feed_forward_length': vision.merger,
    'clip.vision.block_count': TEXT.depth,
    'clip.vision.projection_dim': TEXT.out,
    'clip.vision.attention.head_count': vision.heads,
    'clip.vision.attention.layer_norm_epsilon': f32(1e-5),
    'clip.vision.image_mean': { type: 'f32', value: [0.48145466, 0.4578275, 0.40821073] },
    'clip.vision.image_std': { type: 'f32', value: [0.26862954, 0.26130258, 0.27577711] },
    'clip.use_silu': true,
  };
  return {
    text: writeGguf({ metadata: textMetadata, tensors: text }) as Uint8Array<ArrayBuffer>,
    eyes: writeGguf({ metadata: eyesMetadata, tensors: eyes }) as Uint8Array<ArrayBuffer>,
  };
}

/** The two time slices of the patch embedding, which llama.cpp stores apart. */
function frames({ shape: [H], values }: Weights): GgufTensorData[] {
  return [0, 1].map((frame) => {
    const slice = Float32Array.from(
      { length: H * 3 * 196 },
      (_, i) => values[Math.floor(i / 196) * 392 + frame * 196 + (i % 196)],
    );
    const name = `v.patch_embd.weight${frame === 0 ? '' : '.1'}`;
    return { name, shape: [H, 3, 14, 14], type: 'F32', data: encodeWeights('F32', slice) };
  });
}

/** Rows of Q or K from neighbouring pairs to half-split ones, within the rotary dims of each head. */
function halfSplit({ shape, values }: Weights, ropeDims: number): Float32Array {
  const cols = values.length / shape[0];
  const out = new Float32Array(values.length);
  for (let row = 0; row < shape[0]; row++) {
    const inHead = row % TEXT.headDim;
    const half = ropeDims / 2;
    const from =
      inHead >= ropeDims ? row : row - inHead + (inHead < half ? 2 * inHead : 2 * (inHead - half) + 1);
    out.set(values.subarray(from * cols, (from + 1) * cols), row * cols);
  }
  return out;
}
