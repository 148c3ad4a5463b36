// Shapes of the catalogue's models, and constructors for the two kinds of variant.
import { INT4_MIX, packedSizes } from './packing';
import type { ModelShape, ModelVariant, WeightMix } from './types';

/** glm-4-9b and its fine-tunes, GLM-4-9B-0414 (config.json of the repositories). */
export const NINE_B: ModelShape = {
  numLayers: 40,
  hiddenSize: 4096,
  numHeads: 32,
  numKvHeads: 2,
  headDim: 128,
  ffnSize: 13696,
  vocabSize: 151552,
};
/** glm-4-9b-chat-1m: 4 KV heads. */
export const MILLION: ModelShape = { ...NINE_B, numKvHeads: 4 };
// GLM-Edge: checked against the byte sizes of its published files; its config.json was not read.
export const EDGE_1_5B: ModelShape = {
  numLayers: 28,
  hiddenSize: 2048,
  numHeads: 16,
  numKvHeads: 4,
  headDim: 128,
  ffnSize: 6144,
  vocabSize: 59264,
};
export const EDGE_4B: ModelShape = {
  ...EDGE_1_5B,
  numLayers: 40,
  hiddenSize: 3072,
  numHeads: 24,
  numKvHeads: 6,
  ffnSize: 8192,
};

/** The text half of GLM-OCR. */
export const OCR: ModelShape = {
  numLayers: 16,
  hiddenSize: 1536,
  numHeads: 16,
  numKvHeads: 8,
  headDim: 128,
  ffnSize: 4608,
  vocabSize: 59392,
};

export type VariantFacts = Omit<ModelVariant, 'packedBytes' | 'decodeBytes' | 'kind'>;

/** A quantised GGUF file. */
export function gguf(shape: ModelShape, facts: VariantFacts): ModelVariant {
  return { ...facts, kind: 'gguf', ...packed(shape, facts.mix) };
}

/** The original repository: `shards` safetensors files, quantised to INT4 by this app. */
export function official(
  shape: ModelShape,
  { repo, parameters, shards, tokenizer, unverified }: OfficialFacts,
): ModelVariant {
  const part = (n: number) => `model-${pad(n)}-of-${pad(shards)}.safetensors`;
  const weights =
    shards === 1
      ? ['model.safetensors']
      : ['model.safetensors.index.json', ...Array.from({ length: shards }, (_, i) => part(i + 1))];
  return {
    id: 'official',
    label: 'BF16 → INT4',
    kind: 'safetensors',
    downloadBytes: parameters * 2,
    approximateSize: true,
    repos: { huggingface: `zai-org/${repo}`, modelscope: `ZhipuAI/${repo}` },
    files: ['config.json', 'generation_config.json', tokenizer, 'tokenizer_config.json', ...weights],
    mix: INT4_MIX,
    ...packed(shape, INT4_MIX),
    ...(unverified && { unverified }),
  };
}

export interface OfficialFacts {
  repo: string;
  parameters: number;
  shards: number;
  tokenizer: 'tokenizer.model' | 'tokenizer.json';
  unverified?: string;
}

const pad = (n: number) => String(n).padStart(5, '0');

function packed(shape: ModelShape, mix: WeightMix): Pick<ModelVariant, 'packedBytes' | 'decodeBytes'> {
  const { totalBytes, embeddingBytes } = packedSizes(shape, mix);
  return { packedBytes: totalBytes, decodeBytes: totalBytes - embeddingBytes };
}
