// Types of the catalogue: models, repositories and variants. Nothing here fetches or renders.
import type { WeightFormat } from '../shared/weightLayout';

/** A sentence in both languages of the app. */
export interface Text {
  en: string;
  zh: string;
}

/** The dimensions that determine memory and speed; names as in the forward pass. */
export interface ModelShape {
  numLayers: number;
  hiddenSize: number;
  numHeads: number;
  numKvHeads: number;
  headDim: number;
  ffnSize: number;
  vocabSize: number;
}

/** One format, or two that cover half of the layers each: the effect of llama.cpp's "more bits" rule. */
export type MixedFormat = WeightFormat | readonly [WeightFormat, WeightFormat];

/** Packed format of each kind of matrix. */
export interface WeightMix {
  embedding: WeightFormat;
  qkv: MixedFormat;
  attnOutput: MixedFormat;
  gateUp: MixedFormat;
  ffnDown: MixedFormat;
  head: WeightFormat;
}

/** Licences of the models (licences.ts). */
export type LicenceId = 'glm-4' | 'codegeex4' | 'glm-edge' | 'mit' | 'apache-2.0' | 'model-card';

/** Hosts that define repository names. A mirror of Hugging Face uses Hugging Face's names. */
export type RepoHost = 'huggingface' | 'modelscope';

/** The content of a file, whichever hub or mirror serves it. */
export interface FilePin {
  bytes: number;
  /** 64 hex digits, lower case. */
  sha256: string;
}

/** One downloadable variant of a model. */
export interface ModelVariant {
  /** Unique within its model: 'q4_k_m', 'q4_0', 'official'. */
  id: string;
  /** For display: 'Q4_K_M', 'BF16 → INT4'. */
  label: string;
  /** gguf: already quantised; safetensors: the original weights, quantised to INT4 during the import. */
  kind: 'gguf' | 'safetensors';
  /** Download size. */
  downloadBytes: number;
  /** downloadBytes is rounded or computed; the hub's listing has the exact size. */
  approximateSize: boolean;
  /** Repository name on each host that has it. */
  repos: Partial<Record<RepoHost, string>>;
  /** GGUF parts in order; or configuration, tokenizer, index and shards of an original repository. */
  files: string[];
  /**
   * Size and SHA-256 of files, by name, from a publication other than the hub that serves them: README.md names it.
   * Every source must deliver these bytes. A file without a pin is held only against what its hub publishes.
   */
  pins?: Readonly<Record<string, FilePin>>;
  /** Packed formats of its matrices; src/weights/README.md maps each GGUF type. */
  mix: WeightMix;
  /** Bytes of the packed image, in the cache and on the GPU. Computed from shape and mix. */
  packedBytes: number;
  /** Bytes that one decode step reads: everything but the embedding table. */
  decodeBytes: number;
  /** The variant offered first. */
  recommended?: boolean;
  /** Which facts of this entry follow naming rules and were not checked against a listing. */
  unverified?: string;
}

/** Dimensions of an image tower and its merger, which determine the time of a picture. */
export interface EyesShape {
  numLayers: number;
  hiddenSize: number;
  ffnSize: number;
  mergerSize: number;
  /** Width of the rows: the hidden size of the text model. */
  outSize: number;
}

/** What sees for a model: a file of its own beside GGUF variants, a part of an original repository. */
export interface CatalogueEyes {
  /** Number of parameters of tower and merger together. */
  parameters: number;
  shape: EyesShape;
  /** Repository on Hugging Face. */
  repo: string;
  file: string;
  downloadBytes: number;
  approximateSize: boolean;
  unverified?: string;
}

export interface CatalogueModel {
  id: string;
  /** Determines the family (src/model/modelFamily.ts). */
  name: string;
  parameters: number;
  shape: ModelShape;
  /** Context length of the training. */
  trainedContextTokens: number;
  languages: Text;
  licence: LicenceId;
  goodFor: Text;
  /** Answers begin with a chain of thought. */
  thinks?: boolean;
  /** Made for one purpose: users can choose it, but it is never suggested. */
  specialist?: boolean;
  /** The model can see pictures with these. */
  eyes?: CatalogueEyes;
  variants: ModelVariant[];
}
