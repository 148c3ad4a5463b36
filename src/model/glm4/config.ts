// From a GGUF header to the numbers of the forward pass, with the known bad headers repaired.
import { EDGE_1_5B, MILLION, NINE_B } from '../../catalogue/variants';
import { AppError } from '../../shared/errors';
import type { Metadata } from '../../weights/types';
import type { DecoderSizes, ModelConfig, TensorShapes } from '../boundModel';

/** `chatglm`: GLM-4-9B, its fine-tunes, GLM-Edge. `glm4`: GLM-4-0414, GLM-Z1, the text half of GLM-4.1V. */
export const GLM_NAMES = ['chatglm', 'glm4'] as const;
type GlmName = (typeof GLM_NAMES)[number];

export interface GlmConfig extends ModelConfig {
  architecture: GlmName;
  numHeads: number;
  ffnSize: number;
  normEps: number;
  /** half: files whose Q and K rows were permuted for M-RoPE (GLM-4.1V). */
  ropePairing: 'interleaved' | 'half';
  /** GLM-4-0414: RMSNorm on the output of attention and FFN as well. */
  postNorms: boolean;
  qkvBias: boolean;
  tiedHead: boolean;
}

function bad(key: string, why: string): AppError {
  return new AppError(
    'bad-metadata',
    `The file's header has no usable ${key}: ${why}. Download the file again or take another conversion.`,
    { key, why },
  );
}

/**
 * Reads the configuration from the metadata and the tensors that exist.
 * @param metadata of an architecture in GLM_NAMES.
 * @throws AppError bad-metadata, missing-tensor
 */
export function readConfig(metadata: Metadata, tensors: TensorShapes): GlmConfig {
  const architecture = metadata['general.architecture'] as GlmName;
  const number = (key: string, fallback?: number): number => {
    const value = metadata[`${architecture}.${key}`] ?? fallback;
    if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) {
      throw bad(
        `${architecture}.${key}`,
        value === undefined ? 'it is missing' : `it is ${JSON.stringify(value)}`,
      );
    }
    return value;
  };
  const embedding = tensors.get('token_embd.weight');
  if (!embedding) {
    throw new AppError(
      'missing-tensor',
      'The file lacks the tensor token_embd.weight. It is not a complete model.',
      {
        tensor: 'token_embd.weight',
      },
    );
  }
  const hiddenSize = number('embedding_length');
  const numHeads = number('attention.head_count');
  const headDim = number('attention.key_length', hiddenSize / numHeads);
  const sections = metadata[`${architecture}.rope.dimension_sections`];
  const scaling = metadata[`${architecture}.rope.scaling.type`];
  const config: GlmConfig = {
    architecture,
    name: typeof metadata['general.name'] === 'string' ? metadata['general.name'] : 'GLM',
    numLayers: number('block_count'),
    hiddenSize,
    numHeads,
    numKvHeads: number('attention.head_count_kv', numHeads),
    headDim,
    ffnSize: number('feed_forward_length'),
    vocabSize: embedding.shape[0],
    normEps: number('attention.layer_norm_rms_epsilon'),
    ropeDims: number('rope.dimension_count', headDim),
    ropeBase: number('rope.freq_base', 10000),
    ropePairing: Array.isArray(sections) && sections.some((n) => Number(n) > 0) ? 'half' : 'interleaved',
    yarn:
      scaling === 'yarn'
        ? {
            factor: number('rope.scaling.factor'),
            originalContext: number('rope.scaling.original_context_length', number('context_length')),
          }
        : undefined,
    trainedContextTokens: number('context_length'),
    postNorms: architecture === 'glm4',
    qkvBias: tensors.has('blk.0.attn_qkv.bias') || tensors.has('blk.0.attn_q.bias'),
    tiedHead: !tensors.has('output.weight'),
    warnings: [],
  };
  if (config.numHeads % config.numKvHeads) {
    throw bad(
      `${architecture}.attention.head_count_kv`,
      `${config.numKvHeads} does not divide ${config.numHeads} heads`,
    );
  }
  for (const [key, value] of [
    ['embedding_length', config.hiddenSize],
    ['feed_forward_length', config.ffnSize],
    ['attention.head_count', config.numHeads * config.headDim],
  ] as const) {
    if (value % 32) throw bad(`${architecture}.${key}`, `rows of ${value} are not a multiple of 32`);
  }
  if (config.headDim > 128 || config.headDim % 4)
    throw bad(
      `${architecture}.attention.key_length`,
      `a head of ${config.headDim} is not a multiple of 4 up to 128`,
    );
  if (config.ropeDims > config.headDim || config.ropeDims % 2) {
    throw bad(
      `${architecture}.rope.dimension_count`,
      `${config.ropeDims} does not fit a head of ${config.headDim}`,
    );
  }
  repair(config);
  return config;
}

/** Repairs keys that published files are known to carry wrong. */
function repair(config: GlmConfig): void {
  // Conversions of GLM-4-0414 from April 2025 rotate all 128 dimensions (llama.cpp issue 12946).
  if (config.architecture === 'glm4' && config.headDim === 128 && config.ropeDims === 128) {
    config.ropeDims = 64;
    config.warnings.push('rope.dimension_count 128 repaired to 64');
  }
  // Conversions of the -hf repositories lack the keys the converter reads and get its fallbacks.
  const glm4NineB =
    config.architecture === 'chatglm' &&
    config.numLayers === 40 &&
    config.numHeads === 32 &&
    config.vocabSize === 151552;
  const chat = /chat/i.test(config.name);
  if (glm4NineB && config.ropeBase === 10000 && (config.trainedContextTokens <= 4096 || chat)) {
    const million = config.numKvHeads === 4;
    if (chat || million) {
      config.ropeBase = million ? 1e8 : 5e6;
      config.warnings.push(`rope.freq_base 10000 repaired to ${config.ropeBase}`);
    }
    if (config.normEps === 1e-5 || Math.fround(1e-5) === config.normEps) {
      config.normEps = 1.5625e-7;
      config.warnings.push('layer_norm_rms_epsilon 1e-5 repaired to 1.5625e-7');
    }
    if (config.trainedContextTokens <= 4096) {
      config.trainedContextTokens = million ? 1048576 : chat ? 131072 : 8192;
      config.warnings.push(`context_length repaired to ${config.trainedContextTokens}`);
    }
  }
}

/** GLM-4-9B's configuration at other sizes, with a tied head. */
export function configOf(sizes: DecoderSizes): GlmConfig {
  return {
    ...sizes,
    architecture: 'chatglm',
    name: 'sizes only',
    normEps: 1.5625e-7,
    ropeDims: sizes.headDim / 2,
    ropeBase: 5e6,
    ropePairing: 'interleaved',
    trainedContextTokens: 131072,
    postNorms: false,
    qkvBias: true,
    tiedHead: true,
    warnings: [],
  };
}

const NANO: DecoderSizes = {
  numLayers: 4,
  hiddenSize: 256,
  numHeads: 8,
  numKvHeads: 2,
  headDim: 32,
  ffnSize: 640,
  vocabSize: 4096,
};

/** The shapes of published models, as far as they differ in heads, rotation or norms. */
export const PUBLISHED: readonly GlmConfig[] = [
  configOf(NINE_B),
  configOf(MILLION),
  { ...configOf(NINE_B), architecture: 'glm4', postNorms: true },
  { ...configOf(NINE_B), architecture: 'glm4', postNorms: true, ropePairing: 'half' }, // GLM-4.1V
  { ...configOf(EDGE_1_5B), ropeDims: EDGE_1_5B.headDim, qkvBias: false },
  configOf(NANO),
];
