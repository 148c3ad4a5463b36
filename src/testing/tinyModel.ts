// Small random GLMs as GGUF files, from which goldens are made. A spec gives the same bytes on every machine.
import {
  GGML_TYPES,
  tensorBytes,
  writeGguf,
  type GgufFile,
  type GgufTensorData,
  type GgufTensorInfo,
} from './gguf';
import { glmMetadata, glmTensors, type GlmShape, type TypeRecipe } from './glmFile';
import { seeded, type Random } from './random';
import { SPECIAL_TOKENS } from './syntheticTokenizer';
import { encodeWeights, isSimple, randomBlocks, roundedTo } from './randomWeights';

/** Absent fields have the values of {@link TINY_DEFAULTS}. */
export interface TinyModelSpec extends Partial<GlmShape> {
  architecture: GlmShape['architecture'];
  type: TypeRecipe;
  /** Write F32 tensors with the values that `type` (F16 or BF16) would hold: an exact twin of that file. */
  f32Twin?: boolean;
  seed?: number;
}

/** Widths are multiples of 256 or of 32 only, as in the real models, so that K-quant fallbacks occur. */
export const TINY_DEFAULTS = {
  hiddenSize: 256,
  numHeads: 4,
  numKvHeads: 2,
  headDim: 64,
  ropeDims: 32,
  ropeBase: 10000,
  rmsEps: 1.5625e-7,
  ffnSize: 352,
  numLayers: 2,
  vocabSize: 1003,
  numPadding: 5,
  contextTokens: 512,
  separateQkv: false,
  qkvBias: true,
  tiedHead: false,
} as const satisfies Omit<GlmShape, 'architecture'>;

export interface TinyModel {
  name: string;
  /** The whole file. */
  bytes: Uint8Array;
  /** The file's tensors and metadata: for splitGguf, or to corrupt one of them. */
  file: GgufFile;
  shape: GlmShape;
}

/** A random GLM: activations neither vanish nor explode, two channels are outliers, logits have a spread of about 2.5. */
export function tinyModel(spec: TinyModelSpec): TinyModel {
  const { type, f32Twin = false, seed = 1, ...given } = spec;
  const shape: GlmShape = { ...TINY_DEFAULTS, ...given };
  const name = `tiny-${shape.architecture}-${type.toLowerCase()}${f32Twin ? '-twin' : ''}`;
  const tensors = glmTensors(shape, type).map((info, index): GgufTensorData => {
    const random = seeded(seed * 1000 + index);
    if (info.shape.length === 1) return { ...info, data: randomVector(info, random) };
    if (f32Twin) return { ...info, type: 'F32', data: twinData(info, shape, random) };
    return { ...info, data: matrixData(info, shape, random) };
  });
  const metadata = glmMetadata(shape, f32Twin ? 'F32' : type, name);
  const file = { metadata, tensors };
  return { name, bytes: writeGguf(file), file, shape };
}

/** Token ids for a prompt: the prefix [gMASK]<sop>, then random ordinary tokens. */
export function randomPrompt({ vocabSize, numPadding }: GlmShape, numTokens: number, seed: number): number[] {
  const random = seeded(seed);
  const endOfText = vocabSize - numPadding - SPECIAL_TOKENS.length;
  return Array.from(
    { length: numTokens },
    (_, i) => [endOfText + 2, endOfText + 4][i] ?? random.int(endOfText),
  );
}

/** Hidden channels with large activations, as trained models have them. */
function outlierChannels({ hiddenSize }: GlmShape): number[] {
  return [hiddenSize >> 3, hiddenSize - 5];
}

/** F32 data of a vector: norm gains around 1, with two outliers; biases around 0. */
export function randomVector({ name, shape: [size] }: GgufTensorInfo, random: Random): Uint8Array {
  const values = random.normal(size);
  if (name.endsWith('bias'))
    return encodeWeights(
      'F32',
      values.map((value) => 0.3 * value),
    );
  const gains = values.map((value) => 1 + 0.2 * value);
  gains[size >> 2] = 3;
  gains[size - 9] = -2;
  return encodeWeights('F32', gains);
}

function matrixData(info: GgufTensorInfo, shape: GlmShape, random: Random): Uint8Array {
  const { type } = info;
  if (isSimple(type)) return encodeWeights(type, matrixValues(info, shape, random));
  const [rows, cols] = info.shape;
  const data = new Uint8Array(tensorBytes(type, info.shape));
  const rowBytes = data.length / rows;
  for (let row = 0; row < rows; row++) {
    data.set(
      randomBlocks(type, cols / GGML_TYPES[type][1], rowStd(info, shape, row), random),
      row * rowBytes,
    );
  }
  return data;
}

function twinData(info: GgufTensorInfo, shape: GlmShape, random: Random): Uint8Array {
  const { type } = info;
  if (type !== 'F16' && type !== 'BF16') throw new Error(`no exact F32 twin of ${type}`);
  return encodeWeights('F32', roundedTo(type, matrixValues(info, shape, random)));
}

function matrixValues(info: GgufTensorInfo, shape: GlmShape, random: Random): Float32Array {
  const [rows, cols] = info.shape;
  const values = random.normal(rows * cols);
  for (let row = 0; row < rows; row++) {
    const std = rowStd(info, shape, row);
    for (let col = 0; col < cols; col++) values[row * cols + col] *= std;
  }
  return values;
}

/** Standard deviation of a matrix: 1/√cols keeps the variance, times a gain per kind of matrix. */
export function weightStd({ name, shape: [, cols] }: GgufTensorInfo, { tiedHead }: GlmShape): number {
  const unit = 1 / Math.sqrt(cols);
  if (name === 'token_embd.weight') return tiedHead ? 2.5 * unit : 1;
  if (name === 'output.weight') return 2.5 * unit;
  if (name.endsWith('ffn_up.weight')) return 1.2 * unit;
  return writesHidden(name) ? 1.5 * unit : unit;
}

function rowStd(info: GgufTensorInfo, shape: GlmShape, row: number): number {
  const isOutlier = writesHidden(info.name) && outlierChannels(shape).includes(row);
  return weightStd(info, shape) * (isOutlier ? 6 : 1);
}

function writesHidden(name: string): boolean {
  return name.endsWith('attn_output.weight') || name.endsWith('ffn_down.weight');
}
