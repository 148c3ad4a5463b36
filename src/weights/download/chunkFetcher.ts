// Fetches byte ranges of one file and survives cut connections, stalls, busy servers and lost networks.
import { AppError, toWireError } from '../../shared/errors';
import type { FileIdentity } from './http/fileIdentity';
import { BrokenBody, isTransient, looksLikeHtml, webPage } from './http/httpErrors';
import { bodyOf, requestRange } from './http/rangeRequest';
import { backoffMs, isOffline, pause, retryAfterMs, RETRY_TIMING, Watchdog, type RetryTiming } from './retry';
import type { DownloadFile, DownloadOptions, RetryNotice } from './types';

/** One attempt. `heard` is called with every byte count received, and with 0 when the server answers. */
type Try<T> = (signal: AbortSignal, heard: (bytes: number) => void) => Promise<T>;

/** Fetches ranges of a file, several at once. Every request starts at the original URL, so a redirect may expire. */
export class ChunkFetcher {
  /** Identity of the file when the download began; every later response must match it. */
  known: FileIdentity | undefined;
  receivedBytes = 0;
  private hasAnswered = false;
  private readonly timing: RetryTiming;
  /** The latest retry notice; cleared when bytes flow again. */
  private notice: (RetryNotice & { untilMs: number }) | undefined;
  private lastHeardMs = -Infinity;

  constructor(
    private readonly file: DownloadFile,
    private readonly options: Pick<DownloadOptions, 'token' | 'timing' | 'onRetry' | 'onBytes'>,
  ) {
    this.timing = { ...RETRY_TIMING, ...options.timing };
  }

  /** Resumes a download whose file identity an earlier session recorded: the host is known to have answered. */
  resume(known: FileIdentity): void {
    this.known = known;
    this.hasAnswered = true;
  }

  /** Reads size and validators with a one-byte request. */
  identify(signal: AbortSignal): Promise<FileIdentity> {
    return this.persist(
      () => 0,
      signal,
      async (trySignal) => {
        const { response, identity } = await this.request(0, 1, trySignal);
        await response.body?.cancel();
        return identity;
      },
    );
  }

  /**
   * Returns exactly these bytes. After a cut connection, only the missing rest is requested.
   * @throws AppError not-found, access-denied, not-a-file, source-changed… at once; connection-lost after
   *   `giveUpMs` without a byte; an abort throws the signal's reason.
   */
  async fetch(offset: number, length: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(length);
    let filled = 0;
    await this.persist(
      () => offset + filled,
      signal,
      async (trySignal, heard) => {
        const { response } = await this.request(offset + filled, length - filled, trySignal);
        heard(0);
        for await (const piece of bodyOf(response)) {
          if (filled === length) break; // the server may send more than requested; a body read to its end keeps the connection
          const fitting = piece.subarray(0, length - filled);
          bytes.set(fitting, filled);
          filled += fitting.length;
          heard(fitting.length);
        }
        if (filled < length) throw new BrokenBody('the body ended early');
      },
    );
    if (offset === 0 && looksLikeHtml(bytes)) throw webPage(undefined, this.file.url);
    return bytes;
  }

  private async request(offset: number, length: number, signal: AbortSignal) {
    const { url } = this.file;
    const { token } = this.options;
    const answer = await requestRange({ url, offset, length, known: this.known, token, signal });
    this.hasAnswered = true;
    const { etag, lastModified } = answer.identity;
    this.known ??= answer.identity;
    this.known = {
      ...this.known,
      etag: this.known.etag ?? etag,
      lastModified: this.known.lastModified ?? lastModified,
    };
    return answer;
  }

  /** Retries until success, a permanent error, or `giveUpMs` without a byte. */
  private async persist<T>(position: () => number, signal: AbortSignal, run: Try<T>): Promise<T> {
    let attempt = 0;
    let idleMs = 0; // time awake, online and without a byte
    for (;;) {
      const watchdog = new Watchdog(this.timing.stallMs, signal);
      let heardMs = Date.now();
      try {
        return await run(watchdog.signal, (bytes) => {
          watchdog.heard();
          if (bytes === 0) return;
          heardMs = Date.now();
          [attempt, idleMs] = [0, 0];
          this.flowing(bytes);
        });
      } catch (error) {
        signal.throwIfAborted();
        const failure = watchdog.stalled ? stalled(this.file.url, this.timing.stallMs) : error;
        if (!isTransient(failure)) throw failure;
        if (!(failure instanceof AppError && failure.code === 'network')) this.hasAnswered = true;
        attempt++;
        if (!this.hasAnswered && attempt >= this.timing.firstTries) throw failure;
        // time asleep does not count: no attempt lasts longer than its stall timeout
        if (!isOffline()) idleMs += Math.min(Date.now() - heardMs, this.timing.stallMs);
        const waitMs = backoffMs(attempt, failure, this.timing);
        if (idleMs + (isOffline() ? 0 : waitMs) >= this.timing.giveUpMs) {
          throw failure instanceof AppError && failure.code === 'http-error'
            ? failure
            : this.lost(position(), failure);
        }
        this.report(failure, attempt, waitMs);
        await pause(waitMs, signal, retryAfterMs(failure) === 0);
        if (!isOffline()) idleMs += waitMs;
      } finally {
        watchdog.stop();
      }
    }
  }

  private flowing(bytes: number): void {
    this.receivedBytes += bytes;
    this.lastHeardMs = Date.now();
    this.options.onBytes?.(bytes);
    if (!this.notice) return;
    this.notice = undefined;
    this.options.onRetry?.(null);
  }

  /** Reports one notice for all connections: none while another one receives, none if a later retry was announced. */
  private report(error: unknown, attempt: number, waitMs: number): void {
    const nowMs = Date.now();
    const { baseMs } = this.timing;
    if (nowMs - this.lastHeardMs < 2 * baseMs && waitMs < 4 * baseMs) return;
    if (this.notice && attempt <= this.notice.attempt && nowMs < this.notice.untilMs) return;
    const shown = error instanceof AppError ? error : this.lost(0, error);
    const notice = { error: toWireError(shown), attempt, inSeconds: waitMs / 1000 };
    this.notice = { ...notice, untilMs: nowMs + waitMs };
    this.options.onRetry?.(notice);
  }

  /** AppError 'connection-lost'; the download can resume at this position. */
  private lost(receivedBytes: number, cause: unknown): AppError {
    const { url } = this.file;
    const totalBytes = this.known?.totalBytes ?? 0;
    const message =
      `The connection to ${url} was lost at byte ${receivedBytes} of ${totalBytes}. What was downloaded is kept: ` +
      `load again to go on. Last failure: ${cause instanceof Error ? cause.message : String(cause)}`;
    return new AppError('connection-lost', message, { url, receivedBytes, totalBytes }, cause);
  }
}

function stalled(url: string, stallMs: number): AppError {
  const message = `No byte came from ${url} for ${stallMs / 1000} s. The request is sent again.`;
  return new AppError('connection-lost', message, { url, receivedBytes: 0, totalBytes: 0 });
}
