// Which chunks of a download to fetch next, to keep and to drop. Pure bookkeeping: no bytes, no clock.
import type { ByteRange } from '../types';

/**
 * The chunks of one file. A chunk is *needed* while it touches a retained range, *staged* while it is on disk, and
 * *hashed* below the frontier of the running SHA-256 (where there is none, all are).
 */
export class ChunkPlan {
  readonly count: number;
  /** Chunks [0, hashed) are covered by the SHA-256. */
  hashed: number;
  /** The chunk of the latest read: chunks are fetched ahead of it. */
  position = 0;
  private readonly needed: Uint8Array;
  private readonly staged: Uint8Array;
  private readonly wasRead: Uint8Array;

  constructor(
    readonly totalBytes: number,
    readonly chunkBytes: number,
    hashed: number | undefined,
  ) {
    this.count = Math.ceil(totalBytes / chunkBytes);
    this.hashed = hashed ?? this.count;
    this.needed = new Uint8Array(this.count).fill(1);
    this.staged = new Uint8Array(this.count);
    this.wasRead = new Uint8Array(this.count);
  }

  offsetOf(index: number): number {
    return index * this.chunkBytes;
  }

  lengthOf(index: number): number {
    return Math.min(this.chunkBytes, this.totalBytes - index * this.chunkBytes);
  }

  isNeeded(index: number): boolean {
    return this.needed[index] === 1;
  }

  isStaged(index: number): boolean {
    return this.staged[index] === 1;
  }

  /** Whether a chunk that arrives has to be kept: somebody will read it, or the hash has not come so far. */
  isKept(index: number): boolean {
    return this.isNeeded(index) || index >= this.hashed;
  }

  setStaged(index: number, isStaged: boolean): void {
    this.staged[index] = isStaged ? 1 : 0;
  }

  /** Only these ranges will be read. About a microsecond each. */
  retain(ranges: ByteRange[]): void {
    this.needed.fill(0);
    for (const { offset, length } of ranges) {
      if (length <= 0) continue;
      const last = Math.floor((offset + length - 1) / this.chunkBytes);
      this.needed.fill(1, Math.floor(offset / this.chunkBytes), last + 1);
    }
    // before the first read the consumer is expected at the first byte it wants
    if (!this.wasRead[this.position] && !this.isNeeded(this.position)) {
      this.position = Math.max(0, this.needed.indexOf(1));
    }
  }

  markRead(index: number): void {
    this.wasRead[index] = 1;
    this.position = index;
  }

  stagedBytes(): number {
    return this.sum((i) => this.isStaged(i));
  }

  /** Staged for a reader who has not come yet. */
  aheadBytes(): number {
    return this.sum((i) => this.isStaged(i) && this.isNeeded(i) && !this.wasRead[i]);
  }

  /** Staged chunks that neither a reader nor the hash wants. */
  droppable(): number[] {
    return this.indices((i) => this.isStaged(i) && !this.isKept(i));
  }

  /**
   * What to fetch while nobody waits: the first missing chunk of the `aheadBytes` from the latest read on; or else of
   * those that hold up the hash.
   */
  nextAhead(aheadBytes: number, isInFlight: (index: number) => boolean): number | undefined {
    const end = Math.min(this.count, this.position + Math.floor(aheadBytes / this.chunkBytes));
    for (let i = this.position; i < end; i++) {
      if (this.isMissing(i) && !isInFlight(i)) return i;
    }
    return this.nextForHash(isInFlight);
  }

  /**
   * Chunks that were read stay on disk until the hash has passed them. Where the consumer's order is not the file's,
   * fetching the chunks in between early costs room too, since they wait for their reader: so this is done once the
   * waiting room it frees is no less than what it takes. Both stay below twice the disorder.
   */
  private nextForHash(isInFlight: (index: number) => boolean): number | undefined {
    const isHole = (i: number): boolean => i >= this.hashed && !this.isStaged(i);
    const hole = this.indices(isHole)[0];
    const held = this.indices((i) => i > hole && this.isStaged(i) && !this.isNeeded(i));
    if (held.length === 0) return undefined;
    const missing = this.indices((i) => isHole(i) && i < held[0]);
    const toBeHeld = missing.filter((i) => this.isNeeded(i)).length;
    return toBeHeld <= held.length ? missing.find((i) => !isInFlight(i)) : undefined;
  }

  private isMissing(index: number): boolean {
    return !this.isStaged(index) && this.isKept(index);
  }

  private indices(holds: (index: number) => boolean): number[] {
    const found: number[] = [];
    for (let i = 0; i < this.count; i++) if (holds(i)) found.push(i);
    return found;
  }

  private sum(holds: (index: number) => boolean): number {
    return this.indices(holds).reduce((bytes, i) => bytes + this.lengthOf(i), 0);
  }
}
