// Decides which chunks of a download to fetch next, to keep and to drop. Pure bookkeeping: no bytes, no clock.
import type { ByteRange } from '../types';

/**
 * The chunks of one file. A chunk is *needed* while it overlaps a retained range, *staged* while it is on disk, and
 * *hashed* below the frontier of the running SHA-256 (without a published SHA-256, every chunk counts as hashed).
 */
export class ChunkPlan {
  readonly count: number;
  /** Chunks [0, hashed) are covered by the SHA-256. */
  hashed: number;
  /** The most recently read chunk; prefetching starts here. */
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

  /** Whether to keep an arriving chunk: it will be read, or the hash has not reached it yet. */
  isKept(index: number): boolean {
    return this.isNeeded(index) || index >= this.hashed;
  }

  setStaged(index: number, isStaged: boolean): void {
    this.staged[index] = isStaged ? 1 : 0;
  }

  /** Restricts future reads to these ranges. About a microsecond per range. */
  retain(ranges: ByteRange[]): void {
    this.needed.fill(0);
    for (const { offset, length } of ranges) {
      if (length <= 0) continue;
      const last = Math.floor((offset + length - 1) / this.chunkBytes);
      this.needed.fill(1, Math.floor(offset / this.chunkBytes), last + 1);
    }
    // before the first read, assume that reading starts at the first needed byte
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

  /** Bytes staged and not yet read. */
  aheadBytes(): number {
    return this.sum((i) => this.isStaged(i) && this.isNeeded(i) && !this.wasRead[i]);
  }

  /** Staged chunks that neither a future read nor the hash needs. */
  droppable(): number[] {
    return this.indices((i) => this.isStaged(i) && !this.isKept(i));
  }

  /**
   * The next chunk to prefetch: the first missing chunk within `aheadBytes` after the latest read, otherwise the next
   * chunk that blocks the hash.
   */
  nextAhead(aheadBytes: number, isInFlight: (index: number) => boolean): number | undefined {
    const end = Math.min(this.count, this.position + Math.floor(aheadBytes / this.chunkBytes));
    for (let i = this.position; i < end; i++) {
      if (this.isMissing(i) && !isInFlight(i)) return i;
    }
    return this.nextForHash(isInFlight);
  }

  /**
   * Chunks that were read stay on disk until the hash has passed them. When the reading order differs from the file
   * order, fetching the chunks in between early also takes space, because they wait to be read. They are fetched once
   * this frees at least as much staged data as it adds. Both amounts stay below twice the disorder.
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
