// Bytes of one file from the network, whatever happens to it: cuts, stalls, busy servers, a network that is away.
import { AppError, toWireError } from '../../shared/errors';
import type { FileIdentity } from './http/fileIdentity';
import { BrokenBody, isTransient, looksLikeHtml, webPage } from './http/httpErrors';
import { bodyOf, requestRange } from './http/rangeRequest';
import { backoffMs, isOffline, pause, retryAfterMs, RETRY_TIMING, Watchdog, type RetryTiming } from './retry';
import type { DownloadFile, DownloadOptions, RetryNotice } from './types';

/** One try; `heard` is called with every byte that came, or 0 when the server answered. */
type Try<T> = (signal: AbortSignal, heard: (bytes: number) => void) => Promise<T>;

/** Fetches ranges of a file, several at once. The URL is asked anew each time, so a redirect may expire. */
export class ChunkFetcher {
  /** What the file was when the download began; every answer must agree. */
  known: FileIdentity | undefined;
  receivedBytes = 0;
  private hasAnswered = false;
  private readonly timing: RetryTiming;
  /** The last notice, until bytes flow again. */
  private notice: (RetryNotice & { untilMs: number }) | undefined;
  private lastHeardMs = -Infinity;

  constructor(
    private readonly file: DownloadFile,
    private readonly options: Pick<DownloadOptions, 'token' | 'timing' | 'onRetry' | 'onBytes'>,
  ) {
    this.timing = { ...RETRY_TIMING, ...options.timing };
  }

  /** Goes on with a download of which an earlier session learned this: the host did answer once. */
  resume(known: FileIdentity): void {
    this.known = known;
    this.hasAnswered = true;
  }

  /** Size and validators, by a request of one byte. */
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
   * Exactly these bytes. What came before a cut is kept and the rest asked for.
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
          if (filled === length) break; // more than was asked for; a body read to its end keeps the connection
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

  /** Tries until it works, or cannot, or nothing came for too long. */
  private async persist<T>(position: () => number, signal: AbortSignal, run: Try<T>): Promise<T> {
    let attempt = 0;
    let idleMs = 0; // awake, online and without a byte
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
        // a laptop that slept did not wait: no try takes longer than its stall
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

  /** One notice for all connections: none while another one flows, none while a later try was announced. */
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

  /** AppError 'connection-lost'; the download goes on from here another time. */
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
