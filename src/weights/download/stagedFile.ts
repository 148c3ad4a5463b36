// The durable half of a download: its record, its chunks on disk, and the SHA-256 that runs over them.
import { digestHex } from '../digest';
import { sourceChanged } from './http/httpErrors';
import type { ByteRange } from '../types';
import { ChunkPlan } from './chunkPlan';
import { FileHash } from './fileHash';
import type { ChunkStaging, DownloadRecord } from './types';

/** Chunks that came before their turn wait in memory for the hash; others are read back from disk. */
const EARLY_CHUNKS = 3;
/** The hash state is stored at least this often: after a kill, so many chunks are hashed again from disk. */
const SAVE_EVERY = 8;

/** A download on disk, opened by the one who fetches for it. */
export class StagedFile {
  readonly plan: ChunkPlan;
  private savedChunks: number;
  private readonly early = new Map<number, Uint8Array>();
  /** Digests of hashed chunks that were found damaged: the server has to give the same bytes again. */
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

  /** Goes on with what `record` describes, or begins it. The chunks in the store are the truth. */
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

  /** SHA-256 of what was hashed so far, hex. */
  digest(): string | undefined {
    return this.hash?.digest();
  }

  /** A staged chunk, checked; undefined when it is missing or damaged, and then it counts as not staged. */
  async load(index: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const chunk = await this.staging.chunk(this.record.fileKey, index);
    const buffer = await chunk?.blob.arrayBuffer().catch(() => undefined); // the browser lost the blob's file
    const bytes = buffer && new Uint8Array(buffer);
    if (bytes?.length === this.plan.lengthOf(index) && (await digestHex(bytes)) === chunk?.digest)
      return bytes;
    if (chunk && index < this.plan.hashed && this.hash) this.expected.set(index, chunk.digest);
    this.plan.setStaged(index, false);
    await this.write(() => this.staging.deleteChunks(this.record.fileKey, [index]));
    return undefined;
  }

  /**
   * A chunk that just came: durable when this returns, unless nobody wants it any more.
   * @throws AppError 'storage-quota'; 'source-changed' when it replaces a damaged one and differs from it.
   */
  async keep(index: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const { plan, hash } = this;
    const isNext = index === hash?.chunks;
    if (hash && (isNext || (index > hash.chunks && this.early.size < EARLY_CHUNKS)))
      this.early.set(index, bytes);
    if (isNext && !plan.isNeeded(index)) {
      await this.catchUp(); // only the hash wants it: its state is what has to be durable
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

  /** Hashes every chunk whose turn has come. */
  catchUp(): Promise<void> {
    this.catchingUp ??= this.hashChunks().finally(() => (this.catchingUp = undefined));
    return this.catchingUp;
  }

  /**
   * In the background: verify() asks again, and reports. A method of its own, since a callback made in keep() would
   * hold that chunk's bytes for as long as the hash runs on.
   */
  private async catchUpQuietly(): Promise<void> {
    await this.catchUp().catch(() => undefined);
  }

  /** Only these ranges will be read: what the hash does not wait for either is deleted. */
  retain(ranges: ByteRange[]): Promise<void> {
    this.plan.retain(ranges);
    return this.release();
  }

  /** Writes record and hash state. */
  async save(): Promise<void> {
    const record = { ...this.record, hash: this.hash?.save(), updatedAt: Date.now() };
    await this.write(() => this.staging.putRecord(record));
    this.record = record;
    this.savedChunks = record.hash?.chunks ?? 0;
  }

  /** Nothing is written any more once this returns. */
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
      if (!isNext()) return; // another may have come while that was stored
    }
  }

  /** Deletes what nobody wants. The hash state is stored first: it cannot be made again without those chunks. */
  private release(): Promise<void> {
    const run = async (): Promise<void> => {
      const unwanted = this.plan.droppable();
      const unsaved = this.hashedChunks - this.savedChunks;
      if (unsaved >= SAVE_EVERY || (unsaved > 0 && unwanted.length > 0)) await this.save();
      if (unwanted.length === 0) return;
      for (const index of unwanted) this.plan.setStaged(index, false);
      await this.write(() => this.staging.deleteChunks(this.record.fileKey, unwanted));
    };
    this.releasing = this.releasing.then(run, run); // one after another; each hears of its own failure
    return this.releasing;
  }

  private async write(run: () => Promise<void>): Promise<void> {
    if (this.isClosed) return;
    const writing = run();
    this.writes.add(writing);
    await writing.finally(() => this.writes.delete(writing));
  }
}
