// A file on a server as a WeightSource that resumes after a killed tab, a changed network or a sleeping laptop.
import { AppError } from '../../shared/errors';
import { assertInside } from '../file/truncation';
import type { ByteRange } from '../types';
import { ChunkFetcher } from './chunkFetcher';
import { fileKeyOf } from './fileKey';
import { downloadPool, type DownloadPool, type PoolMember } from './pool';
import { StagedFile } from './stagedFile';
import type { DownloadFile, DownloadOptions, DownloadRecord, DownloadSource, DownloadStats } from './types';

/** Large enough to make the request overhead negligible, small enough to refetch after a kill. */
export const CHUNK_BYTES = 8 * 1024 * 1024;

/**
 * A file on a server. Chunks that were read or prefetched are durable until `retain` releases them. If a SHA-256 is
 * published, the SHA-256 of the whole file is computed along the way. Prefetching begins with the first `retain`.
 *
 * Every method @throws AppError not-found, access-denied, http-error, no-range-support, not-a-file, network,
 * size-mismatch at once; connection-lost when the network stays away; source-changed (what was staged is dropped);
 * storage-quota, storage-unavailable. An abort throws the signal's reason.
 */
export function downloadSource(file: DownloadFile, options: DownloadOptions): DownloadSource {
  return new Download(file, options);
}

interface Flight {
  bytes: Promise<Uint8Array<ArrayBuffer>>;
  land(bytes: Uint8Array<ArrayBuffer>): void;
  fail(error: unknown): void;
}

class Download implements DownloadSource, PoolMember {
  readonly name: string;
  private readonly pool: DownloadPool;
  private readonly fetcher: ChunkFetcher;
  private readonly chunkBytes: number;
  private opening: Promise<StagedFile> | undefined;
  private staged: StagedFile | undefined;
  private readonly flights = new Map<number, Flight>();
  private readonly loads = new Map<number, Promise<Uint8Array<ArrayBuffer> | undefined>>();
  /** Aborts all requests. `forget` replaces it. */
  private life = new AbortController();
  private isClosed = false;
  /** True once `retain` was called: chunks are prefetched. */
  private isEager = false;
  /** True after a failed fetch, until a demanded fetch succeeds: prefetching is suspended. */
  private isHalted = false;
  private isVerifying = false;
  private dropping: Promise<void> | undefined;
  /** The pending writes of a closed download. */
  private closing: Promise<void> | undefined;

  constructor(
    private readonly file: DownloadFile,
    private readonly options: DownloadOptions,
  ) {
    this.name = file.url;
    this.pool = options.pool ?? downloadPool({ connections: options.connections });
    this.chunkBytes = options.chunkBytes ?? CHUNK_BYTES;
    this.fetcher = new ChunkFetcher(file, options);
    const { signal } = options;
    if (signal?.aborted) this.closeWith(signal.reason);
    else signal?.addEventListener('abort', () => this.closeWith(signal.reason), { once: true });
  }

  async byteLength(signal?: AbortSignal): Promise<number> {
    return (await this.open(signal)).plan.totalBytes;
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const { plan } = await this.open(signal);
    const life = this.life.signal;
    assertInside(this.name, offset, length, plan.totalBytes);
    if (length === 0) return new Uint8Array(0);
    const out = new Uint8Array(length);
    const first = Math.floor(offset / this.chunkBytes);
    const last = Math.floor((offset + length - 1) / this.chunkBytes);
    this.pool.touch(this);
    for (let index = first, asked = first; index <= last; index++) {
      for (; asked <= Math.min(last, index + this.pool.connections - 1); asked++) this.demand(asked);
      plan.markRead(index);
      this.pool.pump();
      const bytes = await this.chunk(index, life, signal);
      const start = index * this.chunkBytes - offset; // start of the chunk in `out`
      out.set(bytes.subarray(Math.max(0, -start), length - start), Math.max(0, start));
    }
    return out;
  }

  async retain(ranges: ByteRange[]): Promise<void> {
    const staged = await this.open();
    this.isEager = true;
    await staged.retain(ranges);
    this.pool.pump();
  }

  async verify(signal?: AbortSignal): Promise<void> {
    const expected = this.file.sha256?.toLowerCase();
    if (expected === undefined) return;
    const staged = await this.open(signal);
    const life = this.life.signal;
    this.isVerifying = true;
    this.pool.touch(this);
    try {
      await abortable(staged.catchUp(), signal);
      while (staged.hashedChunks < staged.plan.count) {
        const index = staged.hashedChunks;
        if (!staged.plan.isStaged(index)) await abortable(this.flight(index).bytes, signal);
        await abortable(staged.catchUp(), signal);
        life.throwIfAborted(); // the download may have been dropped or closed
      }
    } finally {
      this.isVerifying = false;
    }
    const found = staged.digest() ?? '';
    if (found === expected) return staged.save();
    await this.forget();
    const { url } = this.file;
    const message =
      `${url} was downloaded whole, but its content is not the published one: SHA-256 ${found} instead of ` +
      `${expected}. It was deleted. Load it again, or from another source.`;
    throw new AppError('hash-mismatch', message, { url, expected, found });
  }

  async forget(): Promise<void> {
    const error = new DOMException('The download was given up.', 'AbortError');
    this.isEager = false;
    await this.drop(error);
  }

  stats(): DownloadStats {
    const plan = this.staged?.plan;
    const hashedBytes = Math.min((this.staged?.hashedChunks ?? 0) * this.chunkBytes, plan?.totalBytes ?? 0);
    return {
      receivedBytes: this.fetcher.receivedBytes,
      stagedBytes: plan?.stagedBytes() ?? 0,
      hashedBytes,
      totalBytes: plan?.totalBytes ?? 0,
    };
  }

  close(): void {
    this.closeWith(new DOMException('The download was closed.', 'AbortError'));
  }

  // PoolMember

  nextAhead(limitBytes: number): number | undefined {
    const plan = this.staged?.plan;
    if (!plan || this.life.signal.aborted || this.isHalted || !(this.isEager || this.isVerifying))
      return undefined;
    if (this.isVerifying) plan.position = Math.min(plan.hashed, plan.count);
    return plan.nextAhead(limitBytes, (index) => this.flights.has(index));
  }

  aheadBytes(): number {
    return this.staged?.plan.aheadBytes() ?? 0;
  }

  async fetchChunk(index: number): Promise<void> {
    const { staged, life } = this;
    const flight = this.flights.get(index) ?? this.board(index);
    try {
      if (!staged) throw new AppError('bug', 'a chunk was fetched of a download that is not open');
      const { plan } = staged;
      const bytes = await this.fetcher.fetch(plan.offsetOf(index), plan.lengthOf(index), life.signal);
      await staged.keep(index, bytes);
      this.isHalted = false;
      flight.land(bytes);
    } catch (error) {
      const isCurrent = life === this.life;
      if (isCurrent) this.isHalted = true; // the next read retries and reports the error
      const isWebPage = error instanceof AppError && error.code === 'not-a-file';
      const isChanged = error instanceof AppError && error.code === 'source-changed';
      const isFresh = staged?.plan.stagedBytes() === 0 && staged.hashedChunks === 0;
      if (isCurrent && (isChanged || (isWebPage && isFresh))) await this.drop(error).catch(() => undefined);
      flight.fail(error);
    } finally {
      if (this.flights.get(index) === flight) this.flights.delete(index);
    }
  }

  /** Returns a chunk for a read: from memory, from disk, or from the network. */
  private async chunk(
    index: number,
    life: AbortSignal,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const key = this.memoryKey(index);
    const stored = this.pool.recall(key) ?? (await abortable(this.loadOnce(index), signal));
    life.throwIfAborted(); // the download may have been dropped or closed
    const bytes = stored ?? (await abortable(this.flight(index).bytes, signal));
    this.pool.remember(key, bytes);
    return bytes;
  }

  /** Requests a chunk that a read waits for. */
  private demand(index: number): void {
    if (this.staged?.plan.isStaged(index) || this.pool.recall(this.memoryKey(index))) return;
    this.flight(index);
  }

  /** The request for a chunk; a failure rejects the reads that wait for it. */
  private flight(index: number): Flight {
    const flying = this.flights.get(index);
    if (flying) return flying;
    const flight = this.board(index);
    if (this.life.signal.aborted) flight.fail(this.life.signal.reason);
    else this.pool.request(this, index);
    return flight;
  }

  private board(index: number): Flight {
    let land!: Flight['land'];
    let fail!: Flight['fail'];
    const bytes = new Promise<Uint8Array<ArrayBuffer>>(
      (resolve, reject) => ([land, fail] = [resolve, reject]),
    );
    bytes.catch(() => undefined); // a prefetch: no read waits for it
    const flight = { bytes, land, fail };
    this.flights.set(index, flight);
    return flight;
  }

  private async loadOnce(index: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (!this.staged?.plan.isStaged(index)) return undefined;
    const loading = this.loads.get(index) ?? this.staged.load(index).finally(() => this.loads.delete(index));
    this.loads.set(index, loading);
    return loading;
  }

  private open(signal?: AbortSignal): Promise<StagedFile> {
    this.life.signal.throwIfAborted();
    this.opening ??= this.openNow().catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    });
    return abortable(this.opening, signal);
  }

  private async openNow(): Promise<StagedFile> {
    const { life } = this;
    const { staging } = this.options;
    const { url, sha256, bytes } = this.file;
    const fileKey = await fileKeyOf(this.file);
    let record = await staging.record(fileKey);
    if (
      record &&
      (record.chunkBytes !== this.chunkBytes || record.totalBytes !== (bytes ?? record.totalBytes))
    ) {
      await staging.deleteDownload(fileKey); // the published size or the chunk size changed
      record = undefined;
    }
    const server = serverOf(url);
    if (!record) {
      await staging.deleteDownload(fileKey); // delete leftovers
      record = await this.begin(fileKey, server, life.signal);
      await staging.putRecord(record);
    }
    const { totalBytes, etag, lastModified } = record.identity;
    const isMirror = record.identity.server !== server; // validators of a mirror cannot be compared
    this.fetcher.resume({
      totalBytes,
      etag: isMirror ? null : etag,
      lastModified: isMirror ? null : lastModified,
    });
    const staged = await StagedFile.open(staging, record, { url, isHashed: sha256 !== undefined });
    life.signal.throwIfAborted();
    this.staged = staged;
    this.pool.join(this);
    return staged;
  }

  private async begin(fileKey: string, server: string, signal: AbortSignal): Promise<DownloadRecord> {
    const { url, name, bytes } = this.file;
    const identity = await this.fetcher.identify(signal);
    const { totalBytes } = identity;
    if (bytes !== undefined && bytes !== totalBytes) {
      const message =
        `${url} has ${totalBytes} bytes instead of the published ${bytes}: it is another file, or a broken copy. ` +
        'Nothing was downloaded. Choose another source.';
      throw new AppError('size-mismatch', message, { url, expected: bytes, found: totalBytes });
    }
    const updatedAt = Date.now();
    return {
      fileKey,
      name,
      totalBytes,
      chunkBytes: this.chunkBytes,
      identity: { ...identity, server },
      updatedAt,
    };
  }

  /** Deletes everything staged, then rejects the waiting reads. The next read starts a new download. */
  private drop(error: unknown): Promise<void> {
    const run = async (): Promise<void> => {
      this.life.abort(error);
      await (this.staged?.close() ?? this.closing);
      await this.options.staging.deleteDownload(await fileKeyOf(this.file));
    };
    this.dropping ??= run().finally(() => {
      this.dropping = undefined;
      this.halt(error);
      this.fetcher.known = undefined;
      if (!this.isClosed) this.life = new AbortController();
    });
    return this.dropping;
  }

  private closeWith(reason: unknown): void {
    this.isClosed = true;
    this.halt(reason);
  }

  /** Aborts all requests and rejects all waiting reads. */
  private halt(reason: unknown): void {
    this.life.abort(reason);
    this.pool.leave(this, this.memoryKey(''));
    for (const flight of this.flights.values()) flight.fail(reason);
    this.flights.clear();
    this.loads.clear();
    if (this.staged) this.closing = this.staged.close();
    this.staged = undefined;
    this.opening = undefined;
    this.isHalted = false;
  }

  private memoryKey(index: number | ''): string {
    return `${this.file.url}#${index}`;
  }
}

/** Origin of the server. Validators of different servers cannot be compared. */
function serverOf(url: string): string {
  return new URL(url, (globalThis as { location?: { href: string } }).location?.href).origin;
}

/** `promise`, or a rejection as soon as `signal` is aborted. */
async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  signal.throwIfAborted();
  let stop!: () => void;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop);
  });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', stop));
}
