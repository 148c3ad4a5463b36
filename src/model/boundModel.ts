// What an architecture is to the rest of the engine: types that the registry (architecture.ts) and each entry share.
import type { Pass } from '../gpu/program';
import type { Tensor, TensorAllocator, WeightMatrix } from '../gpu/tensor';
import type { KernelTuning } from '../gpu/tuning';
import { FEW_TOKENS } from '../kernels/activations';
import type { KvLayer } from '../kernels/kv';
import type { Yarn } from '../kernels/rope';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Metadata, TensorPlan } from '../weights/types';
import type { ModelFamily } from './modelFamily';

/** What every architecture says about a model; each adds the numbers of its own forward pass. */
export interface ModelConfig {
  /** `general.architecture` of the file. */
  architecture: string;
  name: string;
  numLayers: number;
  hiddenSize: number;
  vocabSize: number;
  numHeads: number;
  numKvHeads: number;
  headDim: number;
  /** Rotated dims of a head. */
  ropeDims: number;
  /** half: files whose Q and K rows were permuted for M-RoPE (GLM-4.1V). */
  ropePairing: 'interleaved' | 'half';
  ropeBase: number;
  yarn?: Yarn;
  /** Linear scaling: rotary positions are divided by this; default 1. */
  ropeFactor?: number;
  /** M-RoPE: how many rotary pairs turn by time, row and column; without it images are positioned like text. */
  ropeSections?: readonly number[];
  trainedContextTokens: number;
  /** Repairs of the header, in English, for the model's details. */
  warnings: string[];
}

/** Sizes of a decoder without its weights, as the catalogue states them. */
export interface DecoderSizes {
  numLayers: number;
  hiddenSize: number;
  numHeads: number;
  numKvHeads: number;
  headDim: number;
  ffnSize: number;
  vocabSize: number;
}

/** Shapes of the tensors in a file, by name. */
export type TensorShapes = ReadonlyMap<string, { shape: number[] }>;

/** The tensors of a loaded model, by name. */
export interface NamedWeights {
  matrix(name: string): WeightMatrix;
  vector(name: string): Tensor;
}

/** A kind of model: from the header of a file to a forward pass, and how its chats are written. */
export interface Architecture<Config extends ModelConfig = ModelConfig> {
  readonly id: string;
  /** The values of `general.architecture` that it may read, for messages. */
  readonly names: readonly string[];
  /** Whether it reads a file with this header. */
  accepts(metadata: Metadata): boolean;
  /** @throws AppError bad-metadata, missing-tensor */
  readConfig(metadata: Metadata, tensors: TensorShapes): Config;
  /** A configuration of these sizes with a tied head, for benchmarks of zero weights. */
  configOf(sizes: DecoderSizes): Config;
  /** One configuration of every shape among the published models: all pipelines that they need follow from these. */
  readonly published: readonly Config[];
  /** The tensors to store, in the order in which the forward pass reads them. */
  planTensors(config: Config, tensors: TensorShapes): TensorPlan[];
  /** Picks the tensors of planTensors() out of a loaded model. */
  bind(config: Config, weights: NamedWeights): BoundModel;
  /** Prompt format, recommended sampling and licence. */
  family(metadata: Metadata): ModelFamily;
  /** @throws AppError bad-metadata */
  createTokenizer(metadata: Metadata): Tokenizer;
  /** Ids that end an answer, ascending. */
  stopIds(tokenizer: Tokenizer, metadata: Metadata): number[];
}

/** A pass leaves the logits of at most this many tokens: its last one, or all those of a checked draft. */
export const MAX_LOGIT_ROWS = FEW_TOKENS;

/** The buffers of one forward pass. An architecture adds those that only its own passes read. */
export interface Activations {
  /** u32 [T]: ids of the pass; the sampler writes the next one to [0]. */
  tokens: Tensor;
  /** [MAX_LOGIT_ROWS, V] */
  logits: Tensor;
  /** All tensors of the activations; their owner destroys the buffers. */
  tensors: readonly Tensor[];
}

export interface ActivationSizes {
  /** Tokens of the largest pass. */
  maxTokens: number;
  /** Positions that the KV cache may grow to. */
  maxLength: number;
}

/** Rows that take the place of token embeddings in a pass. */
export interface InjectedRows {
  /** u32 [T]: 0 keeps the token's embedding, i > 0 takes row i − 1 of `rows` instead. */
  source: Tensor;
  /** [N, D] */
  rows: Tensor;
}

/** One pass over tokens that follow those in the cache. */
export interface ForwardArgs<A extends Activations = Activations> {
  /** From createActivations() of the same model. */
  activations: A;
  /** By number of the layer. */
  kv: readonly KvLayer[];
  /** Cosines and sines of each cache slot, [capacity, ropeDims]. */
  ropeTable: Tensor;
  /** Cache slot of the first token and more: src/kernels/state.ts. */
  state: Tensor;
  /** Tokens in this pass. */
  numTokens: number;
  /** No slot of this pass is beyond this; decode records again when it grows. */
  maxLength: number;
  /** Leave the logits of this many last tokens, at most MAX_LOGIT_ROWS; 0 for chunks before the last. */
  logitRows: number;
  /** Embeddings of images or sound, for some of the tokens; default none. */
  injected?: InjectedRows;
  /** Run these layers only, in this order; default all. */
  layers?: readonly number[];
}

/** A model whose weights have their place on the GPU. */
export interface BoundModel<A extends Activations = Activations> {
  readonly config: ModelConfig;
  createActivations(gpu: TensorAllocator, sizes: ActivationSizes): A;
  /** Records one pass: K and V of its tokens are appended, the last tokens' logits are left in the activations. */
  record(pass: Pass, args: ForwardArgs<A>): void;
  /** The matrices that every token reads as a whole: those of the layers, then the head. */
  matrices(): WeightMatrix[];
  /** One layer of every kind: a pass over these compiles each pipeline that a pass over all layers needs. */
  distinctLayers(): number[];
  /** Whether each of a few tokens in one pass rounds as it would alone, so that a checked draft changes no answer. */
  roundsAlike(tuning: KernelTuning): boolean;
}

/** Parameters in all planned tensors. */
export function countParameters(plan: TensorPlan[]): number {
  return plan.reduce((sum, { shape }) => sum + shape.reduce((product, dim) => product * dim, 1), 0);
}
