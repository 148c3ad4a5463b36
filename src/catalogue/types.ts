// The catalogue as data: what a model is, where it lies, and in which forms. Nothing here fetches or renders.
import type { WeightFormat } from '../shared/weightLayout';

/** A sentence in both languages of the app. */
export interface Text {
  en: string;
  zh: string;
}

/** The numbers that memory and speed depend on; names as in the forward pass. */
export interface ModelShape {
  numLayers: number;
  hiddenSize: number;
  numHeads: number;
  numKvHeads: number;
  headDim: number;
  ffnSize: number;
  vocabSize: number;
}

/** A format, or two that take half of the layers each: what llama.cpp's "more bits" rule comes to. */
export type MixedFormat = WeightFormat | readonly [WeightFormat, WeightFormat];

/** Packed format of every kind of matrix. */
export interface WeightMix {
  embedding: WeightFormat;
  qkv: MixedFormat;
  attnOutput: MixedFormat;
  gateUp: MixedFormat;
  ffnDown: MixedFormat;
  head: WeightFormat;
}

/** Licences that the models come under (licences.ts). */
export type LicenceId = 'glm-4' | 'codegeex4' | 'glm-edge' | 'mit' | 'apache-2.0';

/** Naming authorities of repositories. A mirror of Hugging Face goes by Hugging Face's names. */
export type RepoHost = 'huggingface' | 'modelscope';

/** One form a model can be had in. */
export interface ModelVariant {
  /** Unique within its model: 'q4_k_m', 'q4_0', 'official'. */
  id: string;
  /** For people: 'Q4_K_M', 'BF16 → INT4'. */
  label: string;
  /** gguf: quantised already; safetensors: the original weights, quantised to INT4 while they stream in. */
  kind: 'gguf' | 'safetensors';
  /** What is fetched. */
  downloadBytes: number;
  /** downloadBytes is rounded or computed; the hub's listing has the exact number. */
  approximateSize: boolean;
  /** The repository's name on each host that has it. */
  repos: Partial<Record<RepoHost, string>>;
  /** GGUF parts in order; or configuration, tokenizer, index and shards of an original repository. */
  files: string[];
  /** Packed formats of its matrices: src/weights/README.md says what becomes of each GGUF type. */
  mix: WeightMix;
  /** Of the packed image: what the cache keeps and the GPU holds. Computed from shape and mix. */
  packedBytes: number;
  /** What one decode step reads of it: all but the embedding table. */
  decodeBytes: number;
  /** The one to offer first. */
  recommended?: boolean;
  /** What of this entry was derived from naming rules and not seen in a listing. */
  unverified?: string;
}

export interface CatalogueModel {
  id: string;
  /** Families are told apart by it (src/model/modelFamily.ts). */
  name: string;
  parameters: number;
  shape: ModelShape;
  /** Tokens it was made for. */
  trainedContextTokens: number;
  languages: Text;
  licence: LicenceId;
  goodFor: Text;
  /** Answers open with a chain of thought. */
  thinks?: boolean;
  /** Made for one purpose: chosen by people, never suggested. */
  specialist?: boolean;
  variants: ModelVariant[];
}
