// When a failed engine is started again, and when it is left alone.

/** Pause before each attempt in a row; after the last one the engine is given up. */
const PAUSES_MS = [0, 500, 2000, 5000, 10_000];
/** Attempts longer ago no longer count: a computer may sleep between two failures. */
const FORGET_MS = 600_000;

/** Counts the attempts since the engine last did something useful. */
export class Restarts {
  private times: number[] = [];

  constructor(
    private readonly pausesMs: readonly number[] = PAUSES_MS,
    private readonly now: () => number = () => Date.now(),
  ) {}

  /** Attempts that count now. */
  get count(): number {
    return this.times.length;
  }

  /** @returns the pause before the next attempt, in ms; null when there were enough */
  next(): number | null {
    this.times = this.times.filter((time) => time > this.now() - FORGET_MS);
    if (this.times.length >= this.pausesMs.length) return null;
    this.times.push(this.now());
    return this.pausesMs[this.times.length - 1];
  }

  /** The engine works, or a person asks again: the next failure is the first one. */
  reset(): void {
    this.times = [];
  }
}
