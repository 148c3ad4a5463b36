// Retries: how long to wait, and what ends the wait early.
import { AppError } from '../../shared/errors';

export interface RetryTiming {
  /** First pause; the upper bound doubles with each attempt. Default 500 ms. */
  baseMs: number;
  /** Longest pause without a Retry-After, which may be longer. Default 30 s. */
  capMs: number;
  /** A request without a byte for this long is aborted and sent again. Default 30 s. */
  stallMs: number;
  /** Give up after this long without a byte, not counting time asleep or known to be offline. Default 10 min. */
  giveUpMs: number;
  /** Attempts at a host that has never answered: the cause may be CORS, which is permanent. Default 3. */
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
 * Milliseconds before attempt `attempt` + 1: exponential backoff with full jitter, so that the clients of a recovering
 * server do not return at once (Brooker 2015, "Exponential Backoff And Jitter"); at least the server's Retry-After.
 */
export function backoffMs(attempt: number, error: unknown, { baseMs, capMs }: RetryTiming): number {
  const ownMs = Math.random() * Math.min(capMs, baseMs * 2 ** (attempt - 1));
  return retryAfterMs(error) + ownMs;
}

/** Milliseconds of the server's Retry-After; 0 without one. */
export function retryAfterMs(error: unknown): number {
  return error instanceof AppError ? Number(error.details.retryAfterSeconds ?? 0) * 1000 : 0;
}

/** True when the browser reports that there is no network; false outside a browser. */
export function isOffline(): boolean {
  return (globalThis as { navigator?: { onLine?: boolean } }).navigator?.onLine === false;
}

/** Waits `ms`. With `wakeOnline`, the `online` event ends the wait. @throws the signal's reason once it is aborted. */
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

/** Abort signal of one attempt: aborted with `signal`, or after `stallMs` without a byte. */
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
