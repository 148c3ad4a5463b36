// An embedding model in its original repository (intfloat/multilingual-e5-small) → keys and tensor names of llama.cpp's GGUF.
import type { Metadata } from '../../types';
import { badConfig, type Json } from './modelConfig';
import { missingFile } from './shards';

const CONFIG = 'config.json';
const TOKENIZER = 'tokenizer.json';

/** The `bert.*` and `tokenizer.*` keys. @throws AppError bad-config, missing-file */
export function embedderMetadata(config: Json, tokenizer: Json | undefined): Metadata {
  if (config.model_type !== 'bert')
    throw badConfig(
      CONFIG,
      `model_type is ${JSON.stringify(config.model_type)}, an embedding model is "bert"`,
    );
  if (config.hidden_act !== undefined && config.hidden_act !== 'gelu')
    throw badConfig(CONFIG, `hidden_act is ${JSON.stringify(config.hidden_act)}`);
  const number = (key: string): number => {
    const value = config[key];
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
    throw badConfig(CONFIG, `${key} is ${JSON.stringify(value) ?? 'missing'}`);
  };
  return {
    'general.architecture': 'bert',
    'bert.context_length': number('max_position_embeddings'),
    'bert.embedding_length': number('hidden_size'),
    'bert.block_count': number('num_hidden_layers'),
    'bert.feed_forward_length': number('intermediate_size'),
    'bert.attention.head_count': number('num_attention_heads'),
    'bert.attention.layer_norm_epsilon': Math.fround(number('layer_norm_eps')),
    'bert.attention.causal': false,
    'bert.pooling_type': 1, // mean: what E5 was trained with
    ...unigramKeys(tokenizer),
  };
}

function unigramKeys(tokenizer: Json | undefined): Metadata {
  if (!tokenizer) throw missingFile(TOKENIZER);
  const { type, vocab, unk_id: unknown } = (tokenizer.model ?? {}) as Json;
  const isPiece = (entry: unknown): entry is [string, number] =>
    Array.isArray(entry) && typeof entry[0] === 'string' && Number.isFinite(entry[1]);
  if (type !== 'Unigram' || !Array.isArray(vocab) || !vocab.every(isPiece))
    throw badConfig(TOKENIZER, 'it has no unigram pieces');
  const tokens = vocab.map(([piece]) => piece);
  const idOf = (name: string): number => {
    const id = tokens.indexOf(name);
    if (id >= 0) return id;
    throw badConfig(TOKENIZER, `it has no ${name}`);
  };
  return {
    'tokenizer.ggml.model': 't5',
    'tokenizer.ggml.tokens': tokens,
    'tokenizer.ggml.scores': vocab.map(([, score]) => score),
    'tokenizer.ggml.bos_token_id': idOf('<s>'),
    'tokenizer.ggml.eos_token_id': idOf('</s>'),
    'tokenizer.ggml.unknown_token_id': typeof unknown === 'number' ? unknown : idOf('<unk>'),
  };
}

const OUTSIDE: Record<string, string> = {
  'embeddings.word_embeddings': 'token_embd',
  'embeddings.position_embeddings': 'position_embd',
  'embeddings.token_type_embeddings': 'token_types',
  'embeddings.LayerNorm': 'token_embd_norm',
};
const IN_LAYER: Record<string, string> = {
  'attention.self.query': 'attn_q',
  'attention.self.key': 'attn_k',
  'attention.self.value': 'attn_v',
  'attention.output.dense': 'attn_output',
  'attention.output.LayerNorm': 'attn_output_norm',
  'intermediate.dense': 'ffn_up',
  'output.dense': 'ffn_down',
  'output.LayerNorm': 'layer_output_norm',
};

/**
 * The GGUF name of a tensor; undefined for the numbers of positions and for the pooler, which means do not read. An unknown one
 * keeps its name, to be refused.
 */
export function embedderName(name: string): string | undefined {
  if (name === 'embeddings.position_ids' || name.startsWith('pooler.')) return undefined;
  const [, module = '', kind] = /^(.+)\.(weight|bias)$/.exec(name) ?? [];
  const [, layer, inLayer = ''] = /^encoder\.layer\.(\d+)\.(.+)$/.exec(module) ?? [];
  if (layer !== undefined)
    return Object.hasOwn(IN_LAYER, inLayer) ? `blk.${layer}.${IN_LAYER[inLayer]}.${kind}` : name;
  return Object.hasOwn(OUTSIDE, module) ? `${OUTSIDE[module]}.${kind}` : name;
}
