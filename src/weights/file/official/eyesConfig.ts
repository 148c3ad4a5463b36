// The eyes in an original repository (GLM-4.1V, GLM-4.6V, GLM-OCR) → keys and tensor names of llama.cpp's mmproj files.
import type { Metadata } from '../../types';
import { badConfig, type Json } from './modelConfig';

const FILE = 'config.json';
/** OpenAI's CLIP: what all published models were trained with. */
const MEAN = [0.48145466, 0.4578275, 0.40821073];
const STD = [0.26862954, 0.26130258, 0.27577711];

/** Whether a repository has eyes beside its text model. */
export function hasEyes(config: Json): boolean {
  return typeof config.vision_config === 'object' && config.vision_config !== null;
}

/** The `clip.*` keys. @throws AppError bad-config */
export function eyesMetadata(config: Json, preprocessor: Json | undefined): Metadata {
  const vision = config.vision_config as Json;
  const number = (key: string): number => {
    const value = vision[key];
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
    throw badConfig(FILE, `vision_config.${key} is ${JSON.stringify(value) ?? 'missing'}`);
  };
  const three = (value: unknown, fallback: number[]) =>
    Array.isArray(value) && value.length === 3 && value.every(Number.isFinite)
      ? (value as number[])
      : fallback;
  return {
    'general.architecture': 'clip',
    'general.type': 'mmproj',
    'clip.has_vision_encoder': true,
    'clip.projector_type': 'glm4v',
    'clip.vision.embedding_length': number('hidden_size'),
    'clip.vision.block_count': number('depth'),
    'clip.vision.attention.head_count': number('num_heads'),
    'clip.vision.attention.layer_norm_epsilon': Math.fround(number('rms_norm_eps')),
    'clip.vision.patch_size': number('patch_size'),
    'clip.vision.spatial_merge_size': number('spatial_merge_size'),
    'clip.vision.image_mean': three(preprocessor?.image_mean, MEAN),
    'clip.vision.image_std': three(preprocessor?.image_std, STD),
  };
}

const PREFIX = 'model.visual.';
const OUTSIDE: Record<string, string> = {
  'patch_embed.proj': 'v.patch_embd',
  post_conv_layernorm: 'v.norm_embd',
  'embeddings.position_embedding': 'v.position_embd',
  post_layernorm: 'v.post_ln',
  downsample: 'mm.patch_merger',
  'merger.proj': 'mm.model.fc',
  'merger.post_projection_norm': 'mm.post_norm',
  'merger.gate_proj': 'mm.gate',
  'merger.up_proj': 'mm.up',
  'merger.down_proj': 'mm.down',
};
const IN_LAYER: Record<string, string> = {
  norm1: 'ln1',
  norm2: 'ln2',
  'attn.qkv': 'attn_qkv',
  'attn.proj': 'attn_out',
  'attn.q_norm': 'attn_q_norm',
  'attn.k_norm': 'attn_k_norm',
  'mlp.gate_proj': 'ffn_gate',
  'mlp.up_proj': 'ffn_up',
  'mlp.down_proj': 'ffn_down',
};

/** The name in an mmproj file; undefined for tensors of the text model. An unknown one keeps its name, to be refused. */
export function eyesName(name: string): string | undefined {
  if (!name.startsWith(PREFIX)) return undefined;
  const [, module, kind] = /^(.+)\.(weight|bias)$/.exec(name.slice(PREFIX.length)) ?? [];
  const [, layer, inLayer] = /^blocks\.(\d+)\.(.+)$/.exec(module ?? '') ?? [];
  if (layer !== undefined)
    return Object.hasOwn(IN_LAYER, inLayer) ? `v.blk.${layer}.${IN_LAYER[inLayer]}.${kind}` : name;
  return Object.hasOwn(OUTSIDE, module ?? '') ? `${OUTSIDE[module]}.${kind}` : name;
}
