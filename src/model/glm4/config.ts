// From a GGUF header to the numbers of the forward pass, with the known bad headers repaired.
import { EDGE_1_5B, MILLION, NINE_B } from '../../catalogue/variants';
import { AppError } from '../../shared/errors';
import type { Metadata } from '../../weights/types';
import type { DecoderSizes, ModelConfig, TensorShapes } from '../boundModel';
import { rotarySections } from '../seeingFamilies';

/** `chatglm`: GLM-4-9B, its fine-tunes, GLM-Edge. `glm4`: GLM-4-0414, GLM-Z1, the text half of GLM-4.1V. */
export const GLM_NAMES = ['chatglm', 'glm4'] as const;
type GlmName = (typeof GLM_NAMES)[number];

export interface GlmConfig extends ModelConfig {
  architecture: GlmName;
  ffnSize: number;
  normEps: number;
  /** GLM-4-0414: RMSNorm on the output of attention and FFN as well. */
  postNorms: boolean;
  qkvBias: boolean;
  tiedHead: boolean;
  /** Layers behind the others that predict tokens further ahead, which this engine does not run; default 0. */
  predictingLayers?: number;
}

function bad(key: string, why: string): AppError {
  return new AppError(
    'bad-metadata',
    `The file's header has no usable ${key}: ${why}. Download the file again or take another conversion.`,
    { key, why },
  );
}

/** No count of a published model comes near; larger ones would overflow the 32-bit sizes of the kernels. */
const MAX_COUNT = 2 ** 31 - 1;

/** A finite number above zero. @throws AppError bad-metadata */
function positive(metadata: Metadata, key: string, fallback?: number): number {
  const value = metadata[key] ?? fallback;
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  const found =
    typeof value === 'object' ? `an array of ${value.length}` : JSON.stringify(value)?.slice(0, 80);
  throw bad(key, value === undefined ? 'it is missing' : `it is ${found}`);
}

/**
 * How the file wants rotary positions scaled, read as llama.cpp reads it: without a type, a factor means linear.
 * @throws AppError bad-metadata for a scaling that the engine does not compute.
 */
function readRopeScaling(metadata: Metadata, architecture: GlmName): Pick<GlmConfig, 'yarn' | 'ropeFactor'> {
  const name = (key: string) => `${architecture}.rope.${key}`;
  const optional = (key: string): number | undefined =>
    metadata[name(key)] === undefined ? undefined : positive(metadata, name(key));
  const type = metadata[name('scaling.type')] ?? 'linear';
  if (type === 'none') return {};
  const linear = metadata[name('scaling.factor')] === 0 ? undefined : optional('scaling.factor');
  if (type === 'linear') {
    const factor = linear ?? optional('scale_linear') ?? 1;
    return factor === 1 ? {} : { ropeFactor: factor };
  }
  if (type !== 'yarn') {
    const found = typeof type === 'string' ? type.slice(0, 80) : typeof type;
    throw bad(name('scaling.type'), `it is "${found}"; this engine computes none, linear and yarn`);
  }
  for (const key of ['scaling.attn_factor', 'scaling.yarn_attn_factor', 'scaling.yarn_ext_factor']) {
    const value = optional(key) ?? 1;
    if (value !== 1) throw bad(name(key), `it is ${value}; this engine computes 1 only`);
  }
  const context = positive(metadata, `${architecture}.context_length`);
  return {
    yarn: {
      factor: positive(metadata, name('scaling.factor')),
      originalContext: optional('scaling.original_context_length') ?? context,
      betaFast: optional('scaling.yarn_beta_fast'),
      betaSlow: optional('scaling.yarn_beta_slow'),
    },
  };
}

/**
 * Reads the configuration from the metadata and the tensors that exist.
 * @param metadata of an architecture in GLM_NAMES.
 * @throws AppError bad-metadata, missing-tensor
 */
export function readConfig(metadata: Metadata, tensors: TensorShapes): GlmConfig {
  const architecture = metadata['general.architecture'] as GlmName;
  const number = (key: string, fallback?: number): number =>
    positive(metadata, `${architecture}.${key}`, fallback);
  const count = (key: string, fallback?: number): number => {
    const value = number(key, fallback);
    if (Number.isInteger(value) && value <= MAX_COUNT) return value;
    throw bad(`${architecture}.${key}`, `it is ${value}, not a whole number up to ${MAX_COUNT}`);
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
  const hiddenSize = count('embedding_length');
  const numHeads = count('attention.head_count');
  const headDim = count('attention.key_length', hiddenSize / numHeads);
  const sections = rotarySections(metadata);
  // llama.cpp permutes Q and K to half-split pairs where it writes sections; original files keep neighbours together.
  const isPermuted =
    metadata[`${architecture}.rope.dimension_sections`] !== undefined &&
    metadata[`${architecture}.rope.interleaved`] !== true;
  const predicting = metadata[`${architecture}.nextn_predict_layers`];
  const predictingLayers = typeof predicting === 'number' ? predicting : 0;
  const config: GlmConfig = {
    architecture,
    name: typeof metadata['general.name'] === 'string' ? metadata['general.name'].slice(0, 200) : 'GLM',
    numLayers: number('block_count') - predictingLayers, // compared with the tensor table below
    hiddenSize,
    numHeads,
    numKvHeads: count('attention.head_count_kv', numHeads),
    headDim,
    ffnSize: count('feed_forward_length'),
    vocabSize: embedding.shape[0],
    normEps: number('attention.layer_norm_rms_epsilon'),
    ropeDims: count('rope.dimension_count', headDim),
    ropeBase: number('rope.freq_base', 10000),
    ropePairing: sections && isPermuted ? 'half' : 'interleaved',
    ...(sections && { ropeSections: sections }),
    ...(predictingLayers && { predictingLayers }),
    ...readRopeScaling(metadata, architecture),
    trainedContextTokens: count('context_length'),
    postNorms: architecture === 'glm4',
    qkvBias: tensors.has('blk.0.attn_qkv.bias') || tensors.has('blk.0.attn_q.bias'),
    tiedHead: !tensors.has('output.weight'),
    warnings: [],
  };
  checkAgainstTensors(config, metadata, tensors);
  const valueDim = count('attention.value_length', headDim);
  if (valueDim !== headDim)
    throw bad(`${architecture}.attention.value_length`, `values of ${valueDim} beside keys of ${headDim}`);
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
  const pairs = sections?.reduce((sum, pairs) => sum + pairs, 0) ?? 0;
  if (sections?.some((count) => !Number.isInteger(count) || count < 0) || 2 * pairs > config.ropeDims) {
    const why = `[${sections?.join(', ')}] are not pairs of ${config.ropeDims} rotary dimensions`;
    throw bad(`${architecture}.rope.dimension_sections`, why);
  }
  repair(config);
  return config;
}

/**
 * Compares the counts of the header with the tensor table, which the file's size bounds.
 * @throws AppError bad-metadata, with the key, its value and what the table holds.
 */
function checkAgainstTensors(config: GlmConfig, metadata: Metadata, tensors: TensorShapes): void {
  const { architecture, numLayers, predictingLayers = 0, hiddenSize, vocabSize } = config;
  const layers = new Set<string>();
  for (const name of tensors.keys()) {
    const layer = /^blk\.(\d+)\./.exec(name)?.[1];
    if (layer !== undefined) layers.add(layer);
  }
  const stated = numLayers + predictingLayers;
  const isStored = layers.size === numLayers; // the layers that predict further ahead are not stored
  if ((stated !== layers.size && !isStored) || numLayers < 1) {
    const why = `it is ${stated}, but the tensor table has ${layers.size} layers`;
    throw bad(`${architecture}.block_count`, why);
  }
  const width = tensors.get('token_embd.weight')?.shape[1];
  if (width !== hiddenSize)
    throw bad(`${architecture}.embedding_length`, `it is ${hiddenSize}, but embeddings have ${width} values`);
  const tokens = metadata['tokenizer.ggml.tokens'];
  if (Array.isArray(tokens) && tokens.length !== vocabSize) {
    const why = `it has ${tokens.length} tokens, but the embedding has ${vocabSize} rows`;
    throw bad('tokenizer.ggml.tokens', why);
  }
}

/** Repairs keys that published files are known to carry wrong. */
function repair(config: GlmConfig): void {
  // Conversions of GLM-4-0414 from April 2025 rotate all 128 dimensions (llama.cpp issue 12946). GLM-OCR does, and says so
  // by its sections.
  const pairs = config.ropeSections?.reduce((sum, count) => sum + count, 0);
  if (config.architecture === 'glm4' && config.headDim === 128 && config.ropeDims === 128 && pairs !== 64) {
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

const OCR: DecoderSizes = {
  numLayers: 16,
  hiddenSize: 1536,
  numHeads: 16,
  numKvHeads: 8,
  headDim: 128,
  ffnSize: 4608,
  vocabSize: 59392,
};

/** The shapes of published models, as far as they differ in heads, rotation or norms. */
export const PUBLISHED: readonly GlmConfig[] = [
  configOf(NINE_B),
  configOf(MILLION),
  { ...configOf(NINE_B), architecture: 'glm4', postNorms: true },
  { ...configOf(NINE_B), architecture: 'glm4', postNorms: true, ropePairing: 'half' }, // GLM-4.1V
  {
    ...configOf(OCR),
    architecture: 'glm4',
    postNorms: true,
    qkvBias: false,
    ropeDims: OCR.headDim,
    ropePairing: 'half',
  },
  { ...configOf(EDGE_1_5B), ropeDims: EDGE_1_5B.headDim, qkvBias: false },
  configOf(NANO),
];
