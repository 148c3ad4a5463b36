// Rotary positions of cache slots. Text advances by one per slot; an image takes a slot per row of features but has a
// grid of positions, so that the text after it continues at a smaller position (M-RoPE, arXiv:2409.12191, section 2.1).
import type { Axis } from '../kernels/rope';
import { AXES } from '../kernels/rope';

/** An image in the cache: `rows · columns` slots from `start` on, row by row. */
export interface GridSpan {
  start: number;
  rows: number;
  columns: number;
}

/** The position of every slot on every axis, for a sequence with these images. */
export class RotaryLayout {
  private readonly spans: readonly (GridSpan & { position: number })[];

  /** @param grids in order of their start, apart from each other. */
  constructor(grids: readonly GridSpan[] = []) {
    let shift = 0; // what is to be added to a slot after the images so far
    this.spans = grids.map(({ start, rows, columns }) => {
      const position = start + shift;
      shift += Math.max(rows, columns) - rows * columns;
      return { start, rows, columns, position };
    });
  }

  /**
   * Within an image at position s: s on the time axis, s + row and s + column on the others. The next token has
   * s + max(rows, columns).
   */
  positionOf(slot: number, axis: Axis): number {
    const span = this.spans.findLast(({ start }) => start <= slot);
    if (!span) return slot;
    const { start, rows, columns, position } = span;
    const nth = slot - start;
    if (nth >= rows * columns) return position + Math.max(rows, columns) + nth - rows * columns;
    if (axis === AXES.time) return position;
    return position + (axis === AXES.row ? Math.floor(nth / columns) : nth % columns);
  }

  /** The first slot whose position may differ from that in another layout; Infinity: none does. */
  firstDifference(other: RotaryLayout): number {
    for (let i = 0; i < Math.max(this.spans.length, other.spans.length); i++) {
      const [a, b] = [this.spans.at(i), other.spans.at(i)];
      if (a?.start === b?.start && a?.rows === b?.rows && a?.columns === b?.columns) continue;
      return Math.min(a?.start ?? Infinity, b?.start ?? Infinity);
    }
    return Infinity;
  }
}
