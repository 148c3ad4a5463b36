// The durable half of a download: its record, its chunks on disk, and the running SHA-256.
import { digestHex } from '../digest';
import { sourceChanged } from './http/httpErrors';
import type { ByteRange } from '../types';
import { ChunkPlan } from './chunkPlan';
import { FileHash } from './fileHash';
import type { ChunkStaging, DownloadRecord } from './types';

/** Chunks that arrive out of order wait in memory for the hash, up to this many; others are read back from disk. */
const EARLY_CHUNKS = 3;
/** Chunks between two saves of the hash state: at most this many are rehashed from disk after a kill. */
const SAVE_EVERY = 8;

/** A download on disk, opened for writing by one fetcher. */
export class StagedFile {
  readonly plan: ChunkPlan;
  private savedChunks: number;
  private readonly early = new Map<number, Uint8Array>();
  /** Digests of hashed chunks that turned out damaged: the refetched bytes must match. */
  private readonly expected = new Map<number, string>();
  private catchingUp: Promise<void> | undefined;
  private releasing: Promise<void> = Promise.resolve();
  private readonly writes = new Set<Promise<unknown>>();
  private isClosed = false;

  private constructor(
    private readonly staging: ChunkStaging,
    private record: DownloadRecord,
    private readonly hash: FileHash | undefined,
    private readonly url: string,
  ) {
    this.plan = new ChunkPlan(record.totalBytes, record.chunkBytes, hash?.chunks);
    this.savedChunks = hash?.chunks ?? 0;
  }

  /** Resumes the download of `record`, or creates it. The stored chunks take precedence over the record. */
  static async open(
    staging: ChunkStaging,
    record: DownloadRecord,
    { url, isHashed }: { url: string; isHashed: boolean },
  ): Promise<StagedFile> {
    const hash = isHashed ? await FileHash.create(record.hash) : undefined;
    const file = new StagedFile(staging, record, hash, url);
    for (const index of await staging.chunkIndices(record.fileKey)) {
      if (index < file.plan.count) file.plan.setStaged(index, true);
    }
    return file;
  }

  get hashedChunks(): number {
    return this.hash?.chunks ?? 0;
  }

  /** Hex SHA-256 of the chunks hashed so far. */
  digest(): string | undefined {
    return this.hash?.digest();
  }

  /** Loads a staged chunk and checks its digest. Returns undefined and marks it as not staged if missing or damaged. */
  async load(index: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const chunk = await this.staging.chunk(this.record.fileKey, index);
    const buffer = await chunk?.blob.arrayBuffer().catch(() => undefined); // fails if the browser lost the Blob's file
    const bytes = buffer && new Uint8Array(buffer);
    if (bytes?.length === this.plan.lengthOf(index) && (await digestHex(bytes)) === chunk?.digest)
      return bytes;
    if (chunk && index < this.plan.hashed && this.hash) this.expected.set(index, chunk.digest);
    this.plan.setStaged(index, false);
    await this.write(() => this.staging.deleteChunks(this.record.fileKey, [index]));
    return undefined;
  }

  /**
   * Stores an arriving chunk; it is durable on return, unless it is no longer needed.
   * @throws AppError 'storage-quota'; 'source-changed' when it replaces a damaged one and differs from it.
   */
  async keep(index: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const { plan, hash } = this;
    const isNext = index === hash?.chunks;
    if (hash && (isNext || (index > hash.chunks && this.early.size < EARLY_CHUNKS)))
      this.early.set(index, bytes);
    if (isNext && !plan.isNeeded(index)) {
      await this.catchUp(); // only the hash needs this chunk, so its state must be durable
      if (hash.chunks > index) return this.save();
    }
    if (plan.isKept(index)) {
      const digest = await digestHex(bytes);
      const expected = this.expected.get(index);
      if (expected !== undefined && expected !== digest) throw sourceChanged(this.url);
      this.expected.delete(index);
      await this.write(async () => {
        await this.staging.putChunk(this.record.fileKey, index, { blob: new Blob([bytes]), digest });
        plan.setStaged(index, true);
      });
    }
    void this.catchUpQuietly();
  }

  /** Hashes all consecutive chunks available. */
  catchUp(): Promise<void> {
    this.catchingUp ??= this.hashChunks().finally(() => (this.catchingUp = undefined));
    return this.catchingUp;
  }

  /**
   * Hashes in the background; verify() runs it again and reports errors. A separate method, because a closure created
   * in keep() would hold that chunk's bytes while the hash runs.
   */
  private async catchUpQuietly(): Promise<void> {
    await this.catchUp().catch(() => undefined);
  }

  /** Restricts future reads to these ranges: chunks that the hash does not need either are deleted. */
  retain(ranges: ByteRange[]): Promise<void> {
    this.plan.retain(ranges);
    return this.release();
  }

  /** Writes the record and the hash state. */
  async save(): Promise<void> {
    const record = { ...this.record, hash: this.hash?.save(), updatedAt: Date.now() };
    await this.write(() => this.staging.putRecord(record));
    this.record = record;
    this.savedChunks = record.hash?.chunks ?? 0;
  }

  /** Waits for pending writes; nothing is written afterwards. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.allSettled(this.writes);
  }

  private async hashChunks(): Promise<void> {
    const { hash, plan } = this;
    if (!hash) return;
    const isNext = (): boolean => this.early.has(hash.chunks) || plan.isStaged(hash.chunks);
    while (hash.chunks < plan.count && !this.isClosed) {
      const index = hash.chunks;
      const bytes = this.early.get(index) ?? (plan.isStaged(index) ? await this.load(index) : undefined);
      if (bytes) {
        this.early.delete(index);
        hash.append(bytes);
        plan.hashed = hash.chunks;
      }
      if (hash.chunks - this.savedChunks >= SAVE_EVERY || !isNext()) await this.release();
      if (!isNext()) return; // another chunk may have arrived during the save
    }
  }

  /** Deletes unneeded chunks. The hash state is saved first, because it cannot be recomputed without them. */
  private release(): Promise<void> {
    const run = async (): Promise<void> => {
      const unwanted = this.plan.droppable();
      const unsaved = this.hashedChunks - this.savedChunks;
      if (unsaved >= SAVE_EVERY || (unsaved > 0 && unwanted.length > 0)) await this.save();
      if (unwanted.length === 0) return;
      for (const index of unwanted) this.plan.setStaged(index, false);
      await this.write(() => this.staging.deleteChunks(this.record.fileKey, unwanted));
    };
    this.releasing = this.releasing.then(run, run); // serialised; each caller gets its own failure
    return this.releasing;
  }

  private async write(run: () => Promise<void>): Promise<void> {
    if (this.isClosed) return;
    const writing = run();
    this.writes.add(writing);
    await writing.finally(() => this.writes.delete(writing));
  }
}
