// Trying again: how long to wait, and what ends the wait early.
import { AppError } from '../../shared/errors';

export interface RetryTiming {
  /** First pause; each further one may be twice as long. Default 500 ms. */
  baseMs: number;
  /** Longest pause of our own choice; a server's Retry-After may be longer. Default 30 s. */
  capMs: number;
  /** A request without a byte for this long is ended and sent again. Default 30 s. */
  stallMs: number;
  /** Given up after this long without a byte, not counting time asleep or known to be offline. Default 10 min. */
  giveUpMs: number;
  /** A host that never answered is given up after so many tries: it may be CORS, which does not pass. Default 3. */
  firstTries: number;
}

export const RETRY_TIMING: RetryTiming = {
  baseMs: 500,
  capMs: 30_000,
  stallMs: 30_000,
  giveUpMs: 600_000,
  firstTries: 3,
};

/**
 * Milliseconds before try `attempt` + 1: exponential with full jitter, so that clients of a server that fell over do
 * not return at once (Brooker 2015, "Exponential Backoff And Jitter"); never less than its Retry-After.
 */
export function backoffMs(attempt: number, error: unknown, { baseMs, capMs }: RetryTiming): number {
  const ownMs = Math.random() * Math.min(capMs, baseMs * 2 ** (attempt - 1));
  return retryAfterMs(error) + ownMs;
}

/** What the server asked for; 0 when it did not. */
export function retryAfterMs(error: unknown): number {
  return error instanceof AppError ? Number(error.details.retryAfterSeconds ?? 0) * 1000 : 0;
}

/** The browser says there is no network. Elsewhere, and when it does not say: false. */
export function isOffline(): boolean {
  return (globalThis as { navigator?: { onLine?: boolean } }).navigator?.onLine === false;
}

/** Waits; the `online` event ends it early if `wakeOnline`. @throws the signal's reason as soon as it is aborted. */
export async function pause(ms: number, signal: AbortSignal, wakeOnline: boolean): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve) => {
    const events = globalThis as Partial<Pick<typeof globalThis, 'addEventListener' | 'removeEventListener'>>;
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      events.removeEventListener?.('online', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    if (wakeOnline) events.addEventListener?.('online', done);
  });
  signal.throwIfAborted();
}

/** A signal for one try, aborted when `signal` is or when nothing was heard for `stallMs`. */
export class Watchdog {
  readonly signal: AbortSignal;
  private readonly stall = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly stallMs: number,
    signal: AbortSignal,
  ) {
    this.signal = AbortSignal.any([signal, this.stall.signal]);
    this.heard();
  }

  get stalled(): boolean {
    return this.stall.signal.aborted;
  }

  heard(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.stall.abort(), this.stallMs);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
