// Byte-pair encoding of one piece: merges the neighbours with the best priority until no merge is left.

/** Priority of merging bytes [start, middle) with [middle, end): the lowest goes first, Infinity is never merged. */
export type PairPriority = (piece: string, start: number, middle: number, end: number) => number;

/**
 * Splits a piece into tokens that cannot be merged further. Equal priorities are merged from the left.
 * Uses a heap instead of a scan per merge: a pasted run of one letter is a single piece of any length, and the heap
 * takes O(n log n) for it.
 * @param piece one character per byte.
 */
export function bytePairMerge(piece: string, pairPriority: PairPriority): string[] {
  const numBytes = piece.length;
  // The index of a symbol is its first byte. `end` of a symbol is the start of the next one.
  const end = new Int32Array(numBytes);
  const previous = new Int32Array(numBytes);
  const priority = new Float64Array(numBytes).fill(Infinity); // priority of merging a symbol with the next one
  const heap = new PairHeap();

  function offer(start: number): void {
    const middle = end[start];
    priority[start] = middle < numBytes ? pairPriority(piece, start, middle, end[middle]) : Infinity;
    if (priority[start] < Infinity) heap.push(priority[start], start);
  }

  for (let i = 0; i < numBytes; i++) {
    end[i] = i + 1;
    previous[i] = i - 1;
  }
  for (let i = 0; i + 1 < numBytes; i++) offer(i);
  for (let start = heap.pop(priority); start >= 0; start = heap.pop(priority)) {
    const middle = end[start];
    end[start] = end[middle];
    priority[middle] = Infinity; // no longer a symbol
    if (end[start] < numBytes) previous[end[start]] = start;
    offer(start);
    if (start > 0) offer(previous[start]);
  }

  const symbols: string[] = [];
  for (let start = 0; start < numBytes; start = end[start]) symbols.push(piece.slice(start, end[start]));
  return symbols;
}

/** A binary heap of (priority, start), lowest first. Stale entries stay until `pop` skips them. */
class PairHeap {
  private readonly priorities: number[] = [];
  private readonly starts: number[] = [];

  push(priority: number, start: number): void {
    let hole = this.starts.length;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!this.goesBefore(priority, start, parent)) break;
      this.move(parent, hole);
      hole = parent;
    }
    this.priorities[hole] = priority;
    this.starts[hole] = start;
  }

  /** Start of the best pair whose priority is still `current`, or -1. */
  pop(current: Float64Array): number {
    while (this.starts.length) {
      const [priority, start] = [this.priorities[0], this.starts[0]];
      const lastPriority = this.priorities.pop()!;
      const lastStart = this.starts.pop()!;
      if (this.starts.length) this.sink(lastPriority, lastStart);
      if (current[start] === priority) return start;
    }
    return -1;
  }

  private sink(priority: number, start: number): void {
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= this.starts.length) break;
      const right = child + 1;
      if (right < this.starts.length && this.goesBefore(this.priorities[right], this.starts[right], child))
        child = right;
      if (this.goesBefore(priority, start, child)) break;
      this.move(child, hole);
      hole = child;
    }
    this.priorities[hole] = priority;
    this.starts[hole] = start;
  }

  private goesBefore(priority: number, start: number, at: number): boolean {
    return priority < this.priorities[at] || (priority === this.priorities[at] && start < this.starts[at]);
  }

  private move(from: number, to: number): void {
    this.priorities[to] = this.priorities[from];
    this.starts[to] = this.starts[from];
  }
}
