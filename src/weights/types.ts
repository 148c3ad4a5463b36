// What flows through the weights room: source → importer → packer → cache → uploader.
import type { WeightFormat } from '../shared/weightLayout';

/** Bytes of a model file, wherever they live. One loader reads every kind of source. */
export interface WeightSource {
  /** File name or URL, for messages. */
  readonly name: string;
  /** Total bytes; asks the server once and remembers. @throws AppError not-found, access-denied, network… */
  byteLength(signal?: AbortSignal): Promise<number>;
  /** Exactly `length` bytes from `offset`. @throws AppError file-truncated, connection-lost, no-range-support… */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Only these bytes will be read from now on. A download that keeps chunks until their bytes are safe in the cache
   * drops the others, and never fetches what nobody needs. Sorted, not overlapping.
   */
  retain?(ranges: ByteRange[]): Promise<void>;
  /** Waits for the whole file where its digest is published, and compares. @throws AppError 'hash-mismatch'. */
  verify?(signal?: AbortSignal): Promise<void>;
  /** The import is complete, or given up for good: nothing of the download is kept. */
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

/** What the model wants stored; it says names and shapes, the weights room knows nothing of layers. */
export interface TensorPlan {
  /** Name in the packed model. */
  name: string;
  kind: 'matrix' | 'vector'; // a vector is plain f32 [n]
  shape: number[];
  /** GGUF tensors whose rows are stacked to form this one (separate Q, K, V); default [name]. */
  parts?: string[];
  /** The rows are two halves (gate, up) whose tiles alternate: src/shared/weightLayout.ts. */
  interleaved?: boolean;
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

/** A packed model in the cache. Written last, so its presence means every shard is there. */
export interface ModelManifest {
  layoutVersion: number;
  id: string;
  name: string;
  /** Where it came from, for people: file name or URL. */
  origin: string;
  sourceBytes: number;
  packedBytes: number;
  /** Every shard but the last has this many bytes; the packed image is their concatenation. */
  shardBytes: number;
  /** Per shard, SHA-256 in hex. */
  shardDigests: string[];
  /** Per shard, XXH64 in hex, which is what loads compare: noted by the first one, that compared SHA-256. */
  shardChecks?: string[];
  tensors: PackedTensor[];
  /** GGUF metadata, perhaps without a redundant `tokenizer.ggml.merges`. */
  metadata: Metadata;
  importedAt: number; // ms since 1970
  /** Where damaged shards can be fetched again; null for local files. */
  source?: SourceRecord | null;
  /** How they are packed again; absent in models imported before there was repair. */
  recipe?: ImportRecipe;
  /** The model is read from these files at every load, in the order of the recipe: no shard is stored. */
  disk?: DiskFile[];
}

/** What tells that a file on disk is the one it was. */
export interface DiskFile {
  name: string;
  bytes: number;
  modified: number; // ms since 1970
}

/** Files on servers that a model came from: a ModelSource of src/protocol/models.ts, without its token. */
export type SourceRecord =
  { kind: 'url'; url: string } | { kind: 'remote'; origin: string; name: string; files: SourceFile[] };

/** One file of a record. */
export interface SourceFile {
  url: string;
  name: string;
  bytes?: number;
  sha256?: string;
}

/** A tensor of the source, `file` being the number of its file in the SourceRecord. */
export type SourceTensor = Omit<GgufTensor, 'source'> & { file: number };

/** What it takes to pack any shard again without reading a header. */
export interface ImportRecipe {
  /** In the order of the image. */
  plan: TensorPlan[];
  /** Every tensor that the plan names. */
  tensors: SourceTensor[];
  /** Float matrices were quantised on the way in. */
  quantize?: 'q4';
}

/** How far an import came. Kept from its first moment until its manifest is written. */
export interface ImportJournal {
  layoutVersion: number;
  id: string;
  name: string;
  origin: string;
  /** null for local files. */
  source: SourceRecord | null;
  /** Digest over everything the bytes of the image depend on: another one cannot be continued. */
  planKey: string;
  shardBytes: number;
  packedBytes: number;
  /** Of the shards stored so far, from the first. */
  shardDigests: string[];
  /** Of the source's planned tensors: those in stored shards, and all. */
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

/** Packed models, wherever they are kept. A model without a manifest does not exist, whatever shards lie around. */
export interface ModelCache {
  /** All manifests, those of another layout too, newest first. */
  list(): Promise<ModelManifest[]>;
  /** Only of this layout. */
  manifest(id: string): Promise<ModelManifest | undefined>;
  /** @throws AppError 'cache-damaged' when the shard is missing. Its bytes are checked by who reads them. */
  readShard(id: string, index: number): Promise<Blob>;
  /** @throws AppError 'storage-quota', 'storage-unavailable'. */
  writeShard(id: string, index: number, shard: Blob): Promise<void>;
  /** Numbers of the shards that are stored, whether or not a manifest owns them. */
  storedShards(id: string): Promise<Set<number>>;
  /** Makes the model exist, and its origin lead to it; its journal ends. */
  writeManifest(manifest: ModelManifest): Promise<void>;
  /** Removes manifest, journal, origins and shards, in this order. No such model is fine. */
  deleteModel(id: string): Promise<void>;
  /** Imports that were begun and not finished, newest first. */
  journals(): Promise<ImportJournal[]>;
  journal(id: string): Promise<ImportJournal | undefined>;
  writeJournal(journal: ImportJournal): Promise<void>;
  /** The model imported from this URL or file name; works with the network off. */
  idOfOrigin(origin: string): Promise<string | undefined>;
  /** A second origin of a cached model (a mirror). */
  rememberOrigin(origin: string, id: string): Promise<void>;
  /** @throws AppError 'storage-quota' when that many more bytes will not fit. */
  ensureRoom(neededBytes: number): Promise<void>;
  /** Deletes shards that neither a manifest nor a journal owns, except those of other tabs' imports. @returns how many. */
  sweep(): Promise<number>;
}
