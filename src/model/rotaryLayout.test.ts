// Positions on three axes, checked against a walk along the sequence.
import { expect, test } from 'vitest';
import { AXES } from '../kernels/rope';
import type { GridSpan } from './rotaryLayout';
import { RotaryLayout } from './rotaryLayout';

/** Positions of `length` slots as triples, by walking along them. */
function walk(length: number, grids: GridSpan[]): number[][] {
  const positions: number[][] = [];
  let next = 0;
  while (positions.length < length) {
    const grid = grids.find(({ start }) => start === positions.length);
    if (!grid) positions.push([next, next, next++]);
    else {
      for (let row = 0; row < grid.rows; row++)
        for (let column = 0; column < grid.columns; column++)
          positions.push([next, next + row, next + column]);
      next += Math.max(grid.rows, grid.columns);
    }
  }
  return positions;
}

function positionsOf(layout: RotaryLayout, length: number): number[][] {
  return Array.from({ length }, (_, slot) =>
    [AXES.time, AXES.row, AXES.column].map((axis) => layout.positionOf(slot, axis)),
  );
}

test.each([
  { name: 'text alone', grids: [] },
  { name: 'an image of 5 × 7: 35 slots, 7 positions', grids: [{ start: 4, rows: 5, columns: 7 }] },
  {
    name: 'two images side by side, one later',
    grids: [
      { start: 0, rows: 2, columns: 3 },
      { start: 6, rows: 4, columns: 1 },
      { start: 20, rows: 3, columns: 3 },
    ],
  },
])('positions of $name', ({ grids }) => {
  expect(positionsOf(new RotaryLayout(grids), 60)).toEqual(walk(60, grids));
});

test('the first slot that differs between two layouts', () => {
  const layout = (...spans: [start: number, rows: number, columns: number][]) =>
    new RotaryLayout(spans.map(([start, rows, columns]) => ({ start, rows, columns })));
  const one = layout([4, 2, 2]);
  expect(one.firstDifference(layout([4, 2, 2]))).toBe(Infinity);
  expect(one.firstDifference(layout())).toBe(4);
  expect(layout().firstDifference(one)).toBe(4);
  expect(one.firstDifference(layout([4, 2, 2], [30, 1, 9]))).toBe(30);
  expect(one.firstDifference(layout([4, 2, 3]))).toBe(4);
  expect(one.firstDifference(layout([3, 2, 2]))).toBe(3);
});
