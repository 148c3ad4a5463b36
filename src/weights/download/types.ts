// A resumable download: the records it stores between sessions, and its options.
import type { WireError } from '../../shared/errors';
import type { FileIdentity } from './http/fileIdentity';
import type { WeightSource } from '../types';
import type { DownloadPool } from './pool';
import type { RetryTiming } from './retry';

/** One file on a server; the `RemoteFile` of src/protocol/models.ts has this shape. */
export interface DownloadFile {
  url: string;
  /** Name in the repository, for messages. */
  name: string;
  /** Published size and SHA-256 (hex), if any; the download is checked against them. */
  bytes?: number;
  sha256?: string;
}

/** The server or the network is unavailable: the failure, the number of the next attempt, and its time. */
export interface RetryNotice {
  error: WireError;
  attempt: number;
  inSeconds: number;
}

export interface DownloadOptions {
  /** Sent as `Authorization: Bearer` to the origin of the file's URL only; never stored. */
  token?: string;
  /** Where chunks are kept until released: databaseStaging() in a browser, memoryStaging() elsewhere. */
  staging: ChunkStaging;
  /** Aborts every request of this download (pause, closed load). Staged chunks stay. */
  signal?: AbortSignal;
  /** Called when an attempt failed and another follows; with null when bytes flow again. */
  onRetry?: (retry: RetryNotice | null) => void;
  /** Called with the number of bytes received from the network. */
  onBytes?: (bytes: number) => void;
  /** Shared by the files of one model, so that they stay within its limits together. Default: a separate pool. */
  pool?: DownloadPool;
  /** Connections of the separate pool; default 4 (a browser allows 6 per host over HTTP/1.1). */
  connections?: number;
  /** Default 8 MiB. A value other than the earlier session's restarts the download. */
  chunkBytes?: number;
  /** Timeouts and limits, shortened by tests. */
  timing?: Partial<RetryTiming>;
}

/** Progress of a download in this session, and what it stores. */
export interface DownloadStats {
  /** Bytes received in this session, including failed attempts. */
  receivedBytes: number;
  /** Bytes of chunks on disk. */
  stagedBytes: number;
  /** Bytes covered by the running SHA-256; 0 if no digest is published. */
  hashedBytes: number;
  /** 0 while unknown. */
  totalBytes: number;
}

/** A {@link WeightSource} whose bytes are staged until `retain` releases them. */
export interface DownloadSource extends WeightSource {
  retain: NonNullable<WeightSource['retain']>;
  verify: NonNullable<WeightSource['verify']>;
  forget: NonNullable<WeightSource['forget']>;
  stats(): DownloadStats;
  /** Aborts every request; staged chunks stay. Later reads fail with an AbortError. */
  close(): void;
}

/** What a download stores besides its chunks; contains no URL and no token. */
export interface DownloadRecord {
  fileKey: string;
  name: string;
  totalBytes: number;
  chunkBytes: number;
  /** Validators of the file, and the server that sent them: a mirror's differ. */
  identity: FileIdentity & { server: string };
  /** Saved hasher state: SHA-256 over the first `chunks` chunks. */
  hash?: { chunks: number; state: Uint8Array };
  updatedAt: number; // ms since 1970
}

export interface StagedChunk {
  blob: Blob;
  /** SHA-256, hex: checked when the chunk is read back. */
  digest: string;
}

/** A download on disk, in use or abandoned. */
export interface StagedDownload {
  fileKey: string;
  /** Empty if the record is missing: left over from an interrupted deletion. */
  name: string;
  stagedBytes: number;
  totalBytes: number;
  updatedAt: number; // ms since 1970
}

/** Durable chunks and records. @throws AppError 'storage-quota', 'storage-unavailable' from every method. */
export interface ChunkStaging {
  record(fileKey: string): Promise<DownloadRecord | undefined>;
  putRecord(record: DownloadRecord): Promise<void>;
  /** Indices of the stored chunks; they take precedence over the record. */
  chunkIndices(fileKey: string): Promise<number[]>;
  chunk(fileKey: string, index: number): Promise<StagedChunk | undefined>;
  putChunk(fileKey: string, index: number, chunk: StagedChunk): Promise<void>;
  deleteChunks(fileKey: string, indices: number[]): Promise<void>;
  /** Deletes the record, then the chunks. Does nothing if the download does not exist. */
  deleteDownload(fileKey: string): Promise<void>;
  /** All staged downloads, newest first. */
  list(): Promise<StagedDownload[]>;
  /** Downloads whose key is not in `wanted`: no import will resume them. */
  orphans(wanted: Iterable<string>): Promise<StagedDownload[]>;
}
