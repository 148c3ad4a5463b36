// Types of the weights pipeline: source → importer → packer → cache → uploader.
import type { WeightFormat } from '../shared/weightLayout';

/** Random access to the bytes of a model file, wherever it is stored. One loader reads every kind of source. */
export interface WeightSource {
  /** File name or URL, for messages. */
  readonly name: string;
  /** Total bytes; requested from the server once. @throws AppError not-found, access-denied, network… */
  byteLength(signal?: AbortSignal): Promise<number>;
  /** Exactly `length` bytes from `offset`. @throws AppError file-truncated, connection-lost, no-range-support… */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Restricts future reads to these ranges, sorted and without overlaps. A download keeps chunks until their bytes are
   * safe in the cache; it drops all other chunks and never fetches unneeded ones.
   */
  retain?(ranges: ByteRange[]): Promise<void>;
  /** Waits for the whole file if its digest is published, and compares it. @throws AppError 'hash-mismatch'. */
  verify?(signal?: AbortSignal): Promise<void>;
  /** Deletes all downloaded data: the import is complete or abandoned. */
  forget?(): Promise<void>;
}

/** Bytes [offset, offset + length). */
export interface ByteRange {
  offset: number;
  length: number;
}

/** A GGUF metadata value; 64-bit integers become numbers (they are counts and sizes, far below 2^53). */
export type MetadataValue = number | boolean | string | MetadataValue[];
export type Metadata = Record<string, MetadataValue>;

/** One tensor of an opened GGUF set. */
export interface GgufTensor {
  name: string;
  /** Upper-case ggml name: 'F32', 'Q4_0', 'Q6_K'… */
  type: string;
  /** PyTorch order: [rows, cols] for a matrix, [n] for a vector (GGUF stores the reverse). */
  shape: number[];
  source: WeightSource;
  /** Absolute offset in `source`. */
  offset: number;
  byteLength: number;
}

/** One tensor that the model needs: names and shapes only, independent of layers. */
export interface TensorPlan {
  /** Name in the packed model. */
  name: string;
  kind: 'matrix' | 'vector'; // a vector is plain f32 [n]
  shape: number[];
  /** GGUF tensors whose rows are stacked to form this one (separate Q, K, V); default [name]. */
  parts?: string[];
  /** The rows form two halves (gate, up) whose tiles alternate: src/shared/weightLayout.ts. */
  interleaved?: boolean;
  /** The rows are convolution kernels in the file; float types only, and never quantised. */
  convolution?: ConvolutionRows;
  /** Float rows stay floats where others are quantised on their way. */
  exact?: boolean;
  /** A vector that has more axes in the file. */
  flat?: boolean;
}

/**
 * Rows of [channels, frames, positions] in the file. The frames, those of all parts together, are added up: a still
 * picture is the same frame several times. Packed rows are wider where the plan says so, and end in zeros.
 */
export interface ConvolutionRows {
  channels: number;
  /** Per part. */
  frames: number;
  positions: number;
  /** Packed as [positions, channels], which is how vectors stand side by side; default [channels, positions]. */
  channelsLast?: boolean;
}

/** One tensor of a packed model: bytes [offset, offset + byteLength) of the packed image. */
export interface PackedTensor {
  name: string;
  kind: 'matrix' | 'vector';
  shape: number[];
  format: WeightFormat; // 'f32' for vectors
  interleaved: boolean;
  offset: number; // multiple of 256
  byteLength: number;
}

/** A packed model in the cache. Written last: its presence means that every shard is stored. */
export interface ModelManifest {
  layoutVersion: number;
  id: string;
  name: string;
  /** File name or URL, for display. */
  origin: string;
  sourceBytes: number;
  packedBytes: number;
  /** Every shard but the last has this many bytes; the packed image is their concatenation. */
  shardBytes: number;
  /** Per shard, SHA-256 in hex. */
  shardDigests: string[];
  /** Per shard, XXH64 in hex. Recorded by the first load, which compares SHA-256; later loads compare XXH64 only. */
  shardChecks?: string[];
  tensors: PackedTensor[];
  /** GGUF metadata; a redundant `tokenizer.ggml.merges` may be dropped. */
  metadata: Metadata;
  importedAt: number; // ms since 1970
  /** Where damaged shards can be fetched again; null for local files. */
  source?: SourceRecord | null;
  /** How to pack shards again; absent in models imported before repair existed. */
  recipe?: ImportRecipe;
  /** Imported from a .glmpack: nothing proves where its weights came from. */
  fromPack?: true;
  /** Files, in recipe order, from which every load reads the model; no shard is stored. */
  disk?: DiskFile[];
}

/** Identifies a file on disk between sessions. */
export interface DiskFile {
  name: string;
  bytes: number;
  modified: number; // ms since 1970
}

/** Remote files of a model: a ModelSource of src/protocol/models.ts without its token. */
export type SourceRecord =
  | { kind: 'url'; url: string; part?: 'text' | 'eyes' | 'embedder' }
  | {
      kind: 'remote';
      origin: string;
      name: string;
      files: SourceFile[];
      part?: 'text' | 'eyes' | 'embedder';
    };

/** One file of a record. */
export interface SourceFile {
  url: string;
  name: string;
  bytes?: number;
  sha256?: string;
}

/** A tensor of the source; `file` is an index into the SourceRecord. */
export type SourceTensor = Omit<GgufTensor, 'source'> & { file: number };

/** Everything needed to pack any shard again without reading a header. */
export interface ImportRecipe {
  /** In image order. */
  plan: TensorPlan[];
  /** Every tensor named by the plan. */
  tensors: SourceTensor[];
  /** Whether float matrices were quantised at import. */
  quantize?: 'q4';
}

/** State of an import. Stored from its start until the manifest is written. */
export interface ImportJournal {
  layoutVersion: number;
  id: string;
  name: string;
  origin: string;
  /** null for local files. */
  source: SourceRecord | null;
  /** Digest over everything that determines the image's bytes; an import with another key cannot be resumed. */
  planKey: string;
  shardBytes: number;
  packedBytes: number;
  /** Digests of the shards stored so far, from the first. */
  shardDigests: string[];
  /** Source bytes of planned tensors: in stored shards, and in total. */
  doneBytes: number;
  totalBytes: number;
  updatedAt: number; // ms since 1970
}

/** Progress of an import or a load, reported at most a few times a second. */
export interface WeightProgress {
  phase: 'header' | 'import' | 'verify' | 'upload';
  doneBytes: number;
  totalBytes: number;
}

/** Packed models, wherever they are stored. A model without a manifest does not exist, even if shards are present. */
export interface ModelCache {
  /** All manifests, newest first, including those of other layout versions. */
  list(): Promise<ModelManifest[]>;
  /** undefined for another layout version. */
  manifest(id: string): Promise<ModelManifest | undefined>;
  /** @throws AppError 'cache-damaged' when the shard is missing. The caller checks its bytes. */
  readShard(id: string, index: number): Promise<Blob>;
  /** @throws AppError 'storage-quota', 'storage-unavailable'. */
  writeShard(id: string, index: number, shard: Blob): Promise<void>;
  /** Indices of the stored shards, with or without a manifest. */
  storedShards(id: string): Promise<Set<number>>;
  /** Creates the model: stores manifest and origin, and deletes the journal. */
  writeManifest(manifest: ModelManifest): Promise<void>;
  /** Removes manifest, journal, origins and shards, in this order. Does nothing if the model does not exist. */
  deleteModel(id: string): Promise<void>;
  /** Unfinished imports, newest first. */
  journals(): Promise<ImportJournal[]>;
  journal(id: string): Promise<ImportJournal | undefined>;
  writeJournal(journal: ImportJournal): Promise<void>;
  /** Id of the model imported from this URL or file name; works offline. */
  idOfOrigin(origin: string): Promise<string | undefined>;
  /** Adds a second origin of a cached model (a mirror). */
  rememberOrigin(origin: string, id: string): Promise<void>;
  /** @throws AppError 'storage-quota' when that many more bytes will not fit. */
  ensureRoom(neededBytes: number): Promise<void>;
  /** Deletes shards without manifest or journal, except those of other tabs' imports. @returns how many. */
  sweep(): Promise<number>;
}
