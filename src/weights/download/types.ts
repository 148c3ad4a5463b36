// A download that cannot be lost: what it keeps between sessions, and what its maker may be told.
import type { WireError } from '../../shared/errors';
import type { FileIdentity } from './http/fileIdentity';
import type { WeightSource } from '../types';
import type { DownloadPool } from './pool';
import type { RetryTiming } from './retry';

/** One file on a server; the `RemoteFile` of src/protocol/models.ts has this shape. */
export interface DownloadFile {
  url: string;
  /** Its name in the repository, for messages. */
  name: string;
  /** Published size and SHA-256 (hex), where there are any: the download is held against them. */
  bytes?: number;
  sha256?: string;
}

/** The server or the network is away; what failed, which try comes next, and when. */
export interface RetryNotice {
  error: WireError;
  attempt: number;
  inSeconds: number;
}

export interface DownloadOptions {
  /** Sent as `Authorization: Bearer` to the origin of the file's URL and to no other, and stored nowhere. */
  token?: string;
  /** Where chunks live until they are released: databaseStaging() in a browser, memoryStaging() elsewhere. */
  staging: ChunkStaging;
  /** Ends every request of this download at once (pause, closed load). What is staged stays. */
  signal?: AbortSignal;
  /** Called when a try failed and another follows; with null when bytes flow again. */
  onRetry?: (retry: RetryNotice | null) => void;
  /** Bytes that just came over the network. */
  onBytes?: (bytes: number) => void;
  /** Shared by the files of one model, so that together they keep within its limits. Default: a pool of its own. */
  pool?: DownloadPool;
  /** For the pool of its own; default 4 (a browser allows 6 to a host over HTTP/1.1). */
  connections?: number;
  /** Default 8 MiB. Another value than an earlier session's begins the download anew. */
  chunkBytes?: number;
  /** Times and limits that tests shorten. */
  timing?: Partial<RetryTiming>;
}

/** What a download did so far in this session, and what it holds. */
export interface DownloadStats {
  /** Over the network in this session, every try counted. */
  receivedBytes: number;
  /** Chunks on disk now. */
  stagedBytes: number;
  /** Of the file, covered by the running SHA-256; 0 where none is published. */
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
  /** Ends every request; what is staged stays. Reads fail with an AbortError from now on. */
  close(): void;
}

/** What a download remembers besides its chunks; no URL, no token. */
export interface DownloadRecord {
  fileKey: string;
  name: string;
  totalBytes: number;
  chunkBytes: number;
  /** Validators of the file, and the server they came from: those of a mirror differ. */
  identity: FileIdentity & { server: string };
  /** SHA-256 over the first `chunks` chunks, as a saved state of the hasher. */
  hash?: { chunks: number; state: Uint8Array };
  updatedAt: number; // ms since 1970
}

export interface StagedChunk {
  blob: Blob;
  /** SHA-256, hex: checked whenever the chunk is read back. */
  digest: string;
}

/** A download on disk, whether or not anybody still wants it. */
export interface StagedDownload {
  fileKey: string;
  /** Empty when the record is gone: leftovers of a download that was being deleted. */
  name: string;
  stagedBytes: number;
  totalBytes: number;
  updatedAt: number; // ms since 1970
}

/** Durable chunks and records. @throws AppError 'storage-quota', 'storage-unavailable' from every method. */
export interface ChunkStaging {
  record(fileKey: string): Promise<DownloadRecord | undefined>;
  putRecord(record: DownloadRecord): Promise<void>;
  /** Which chunks are there: the truth about a download. */
  chunkIndices(fileKey: string): Promise<number[]>;
  chunk(fileKey: string, index: number): Promise<StagedChunk | undefined>;
  putChunk(fileKey: string, index: number, chunk: StagedChunk): Promise<void>;
  deleteChunks(fileKey: string, indices: number[]): Promise<void>;
  /** Record first, then chunks. No such download is fine. */
  deleteDownload(fileKey: string): Promise<void>;
  /** Everything staged, newest first. */
  list(): Promise<StagedDownload[]>;
  /** Downloads whose key is not in `wanted`: no import will ask for them again. */
  orphans(wanted: Iterable<string>): Promise<StagedDownload[]>;
}
