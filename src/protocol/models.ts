// Models: where they come from, what is stored, what loading tells.
import type { WireError } from '../shared/errors';
import type { SamplingParams } from './chat';

/** One file of a model on a server. */
export interface RemoteFile {
  url: string;
  /** Its name in the repository: 'model-00001-of-00010.safetensors', 'tokenizer.json'. */
  name: string;
  /** Published size and SHA-256 (hex), where there are any: the download is held against them. */
  bytes?: number;
  sha256?: string;
}

/** A model the engine can load. */
export type ModelSource =
  | { kind: 'url'; url: string; part?: ModelPart } // also the built-in Nano; for a split set the URL of the first part
  /**
   * From the catalogue: GGUF parts, or the safetensors, configuration and tokenizer files of an original repository.
   * `origin` is the same whichever mirror serves the files. `token` goes to their servers and is not stored.
   */
  | { kind: 'remote'; origin: string; name: string; files: RemoteFile[]; token?: string; part?: ModelPart }
  | { kind: 'files'; files: File[]; part?: ModelPart } // one file or the parts of a split set; copied into the cache
  /**
   * Files that stay where they are and are read at every load; only a manifest is kept. `id`: the stored model that
   * they are expected to be.
   */
  | { kind: 'disk'; files: File[]; id?: string }
  | { kind: 'cached'; id: string }; // read from IndexedDB only, network off

/**
 * Eyes are stored apart from the model, also where one original repository holds both. An embedding model is asked for as one,
 * so that it is not taken for a model that answers. Default text.
 */
export type ModelPart = 'text' | 'eyes' | 'embedder';

export type KvFormat = 'f16' | 'f32' | 'i8';

/** What a resident model is for. There is room for one of each. */
export type ModelRole = 'chat' | 'vision' | 'speech' | 'embedder';

export interface LoadOptions {
  /** Default 'chat'. The model that had the role is unloaded; those of other roles stay. */
  role?: ModelRole;
  /**
   * A loaded model of this id, or any without an id, stays in place and is returned; the other options then have no
   * effect.
   */
  keep?: { id?: string };
  /**
   * The file of the model's eyes (mmproj), or the original repository that it came from: imported and linked to the model.
   * Default: the eyes that are linked to it already, or stored ones of the same name.
   */
  eyes?: ModelSource;
  /** Default: the model's own context, at most 32768, less where the GPU is known to hold less. */
  contextTokens?: number;
  /** Default f16 for quantised files, f32 for float ones. */
  kvFormat?: KvFormat;
}

export interface LoadProgress {
  /**
   * queued: other requests are served first; import: fetching, repacking and storing; verify: the last check of a download against its published digest;
   * upload: to the GPU; compile: pipelines.
   */
  phase: 'queued' | 'header' | 'import' | 'verify' | 'upload' | 'compile';
  doneBytes: number;
  totalBytes: number;
  /** Smoothed, bytes per second; 0 while unknown. */
  bytesPerSecond: number;
  /** Seconds; Infinity while unknown. */
  secondsLeft: number;
  /** The server or the network is away: why, and when it is tried again. */
  retry?: { error: WireError; attempt: number; inSeconds: number };
  /** Another tab imports this model; its progress is shown, and its work taken over should it close. */
  elsewhere?: boolean;
}

/** An import that was begun and is not finished: loading its source again goes on where it stopped. */
export interface PartialImport {
  id: string;
  name: string;
  origin: string;
  /** What to load to go on; null when the file has to be chosen again. Holds no token. */
  source: ModelSource | null;
  /** Bytes of the source read so far, and its size. */
  doneBytes: number;
  totalBytes: number;
  /** What it takes in IndexedDB now. */
  storedBytes: number;
  updatedAt: number; // ms since 1970
}

export interface ModelInfo {
  id: string;
  name: string;
  origin: string;
  /** As in {@link CachedModel}. */
  fromPack?: boolean;
  architecture: string;
  /** Which chat format: src/model/chatFormat.ts. */
  family: string;
  numLayers: number;
  hiddenSize: number;
  vocabSize: number;
  parameters: number;
  /** Tokens the loaded KV cache holds. */
  contextTokens: number;
  /** Tokens the model was made for. */
  trainedContextTokens: number;
  packedBytes: number;
  gpuBytes: number;
  /** How most weights are kept: 'INT4', 'INT4 + INT8', 'BF16'. */
  quantisation?: string;
  /** The model knows tools: those of a request are described to it, otherwise it is not told of any. */
  tools: boolean;
  /** The model may reason before it answers: a request can limit that, or switch it off. */
  thinks?: true;
  /** What sees for it; null: the file of its eyes is missing; absent: the model reads text alone. */
  eyes?: EyesInfo | null;
  /** Recommended by the model. */
  sampling: Omit<SamplingParams, 'seed'>;
  /** What the weights may be used for; `badge` is a sentence the licence wants shown, or ''. */
  licence: { name: string; badge: string; url: string };
  /** Header repairs and other remarks, in English. */
  warnings: string[];
}

/** The eyes of a model, which come to the GPU with the first picture. */
export interface EyesInfo {
  id: string;
  name: string;
  packedBytes: number;
}

export interface CachedModel {
  id: string;
  name: string;
  origin: string;
  packedBytes: number;
  sourceBytes: number;
  importedAt: number;
  /** Stored by an app with another byte layout: loading it imports it again, from its source if that is known. */
  outdated?: boolean;
  /** Imported from a .glmpack file: nothing proves where its weights came from. */
  fromPack?: boolean;
  /** The eyes of models: nothing that answers. */
  eyes?: true;
  /** An embedding model: it makes vectors of texts, and answers no chat. */
  embedder?: true;
  /** Read from these files at every load ('disk'): nothing of its weights is stored here. */
  disk?: { name: string; bytes: number }[];
}
