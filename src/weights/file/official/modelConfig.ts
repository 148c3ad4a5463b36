// config.json of an original repository → the metadata that llama.cpp's converter would write. Only keys present in
// the repository are used: the converter itself falls back to wrong values for the -hf layout.
import { AppError } from '../../../shared/errors';
import type { Metadata } from '../../types';

export type Json = Record<string, unknown>;

/** model_type → GGUF architecture. */
const ARCHITECTURES: Record<string, 'chatglm' | 'glm4'> = {
  chatglm: 'chatglm',
  glm: 'chatglm',
  glm4: 'glm4',
  glm4v: 'glm4',
  glm46v: 'glm4',
  glm_ocr: 'glm4',
};
const CONFIG = 'config.json';

/**
 * The `general.*` and `{architecture}.*` keys of a GGUF.
 * @param config config.json
 * @throws AppError unsupported-architecture, bad-config.
 */
export function configMetadata(config: Json): Metadata {
  const modelType = String(config.model_type ?? 'none');
  const architecture = ARCHITECTURES[modelType];
  if (!architecture) {
    const supported = Object.keys(ARCHITECTURES).join(', ');
    const message = `This repository holds a "${modelType}" model; this app reads ${supported} (the GLM-4 family).`;
    throw new AppError('unsupported-architecture', message, { architecture: modelType, supported });
  }
  if (config.quantization_config !== undefined) {
    const method = String((config.quantization_config as Json | null)?.quant_method ?? 'unknown');
    throw badConfig(
      CONFIG,
      `its weights are already quantised (${method}); choose the BF16 repository or a GGUF`,
    );
  }
  const keys = modelType === 'chatglm' ? thudmKeys(config) : hfKeys(textConfig(config));
  const metadata: Metadata = { 'general.architecture': architecture };
  for (const [key, value] of Object.entries(keys)) {
    if (value !== undefined) metadata[`${architecture}.${key}`] = value;
  }
  return metadata;
}

/** The text half of a model with eyes; the whole configuration of any other. */
export function textConfig(config: Json): Json {
  return { ...config, ...(config.text_config as Json | undefined) };
}

/** AppError 'bad-config': the file and its problem. */
export function badConfig(name: string, why: string, cause?: unknown): AppError {
  const message = `${name} cannot be used: ${why}. Take the file from the model's original repository.`;
  return new AppError('bad-config', message, { name, why }, cause);
}

type Keys = Record<string, number | string | boolean | number[] | undefined>;

/** Keys of glm-4-9b and its fine-tunes, codegeex4, LongWriter. */
function thudmKeys(config: Json): Keys {
  if (config.original_rope === false)
    throw badConfig(CONFIG, 'original_rope is false, another pairing of rotary dimensions than GLM-4 has');
  const numHeads = positive(config, 'num_attention_heads');
  const headDim = positive(config, 'kv_channels', positive(config, 'hidden_size') / numHeads);
  const grouped = config.multi_query_attention !== false;
  return {
    context_length: positive(config, 'seq_length'),
    embedding_length: positive(config, 'hidden_size'),
    feed_forward_length: positive(config, 'ffn_hidden_size'),
    block_count: positive(config, 'num_layers'),
    'attention.head_count': numHeads,
    'attention.head_count_kv': grouped ? positive(config, 'multi_query_group_num') : numHeads,
    'attention.key_length': headDim,
    'attention.value_length': headDim,
    'attention.layer_norm_rms_epsilon': Math.fround(positive(config, 'layernorm_epsilon')),
    'rope.dimension_count': headDim / 2,
    'rope.freq_base': 10000 * positive(config, 'rope_ratio', 1),
  };
}

/** Keys of the -hf repositories, GLM-Edge (`glm`), GLM-4-0414 and Z1 (`glm4`). */
function hfKeys(config: Json): Keys {
  const numHeads = positive(config, 'num_attention_heads');
  const headDim = positive(config, 'head_dim', positive(config, 'hidden_size') / numHeads);
  const rope = (config.rope_parameters ?? {}) as Json; // transformers 5 nests these keys here
  const rotary = positive({ ...config, ...rope }, 'partial_rotary_factor', 0.5);
  return {
    context_length: positive(config, 'max_position_embeddings'),
    embedding_length: positive(config, 'hidden_size'),
    feed_forward_length: positive(config, 'intermediate_size'),
    block_count: positive(config, 'num_hidden_layers'),
    'attention.head_count': numHeads,
    'attention.head_count_kv': positive(config, 'num_key_value_heads'),
    'attention.key_length': headDim,
    'attention.value_length': headDim,
    'attention.layer_norm_rms_epsilon': Math.fround(positive(config, 'rms_norm_eps')),
    'rope.dimension_count': headDim * rotary,
    'rope.freq_base': positive({ ...config, ...rope }, 'rope_theta', 10000),
    ...scalingKeys((config.rope_scaling as Json | null) ?? rope),
    ...sectionKeys({ ...(config.rope_scaling as Json | null), ...rope }),
  };
}

/** M-RoPE: pairs by axis. Rows keep neighbours together, which llama.cpp's converter would not. */
function sectionKeys({ mrope_section: sections }: Json): Keys {
  if (sections === undefined) return {};
  if (!Array.isArray(sections) || sections.length !== 3 || !sections.every(Number.isInteger))
    throw badConfig(CONFIG, `mrope_section is ${JSON.stringify(sections)}`);
  return { 'rope.dimension_sections': [...(sections as number[]), 0], 'rope.interleaved': true };
}

function scalingKeys(scaling: Json): Keys {
  const type = String(scaling.rope_type ?? scaling.type ?? 'default');
  if (type === 'default') return {};
  if (type === 'linear')
    return { 'rope.scaling.type': type, 'rope.scaling.factor': positive(scaling, 'factor') };
  if (type !== 'yarn')
    throw badConfig(CONFIG, `rope_scaling of type "${type}" is not supported; linear and yarn are`);
  for (const key of ['attention_factor', 'mscale', 'mscale_all_dim']) {
    if (scaling[key] != null) throw badConfig(CONFIG, `rope_scaling has ${key}, which is not supported`);
  }
  const optional = (key: string) => (scaling[key] == null ? undefined : positive(scaling, key));
  return {
    'rope.scaling.type': 'yarn',
    'rope.scaling.factor': positive(scaling, 'factor'),
    'rope.scaling.original_context_length': optional('original_max_position_embeddings'),
    'rope.scaling.yarn_beta_fast': optional('beta_fast'),
    'rope.scaling.yarn_beta_slow': optional('beta_slow'),
  };
}

function positive(config: Json, key: string, fallback?: number): number {
  const value = config[key] ?? fallback;
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw badConfig(CONFIG, value === undefined ? `${key} is missing` : `${key} is ${JSON.stringify(value)}`);
}
