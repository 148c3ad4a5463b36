// Tables of rotary angles: one row per slot of the KV cache; the caller chooses the position of each slot.
import { expect, test } from 'vitest';
import { AXES, ropeFrequencies, ropeTable } from './rope';

const args = { ropeDims: 12, base: 1e4 };

test('text: the position of a slot is the slot, on every axis', () => {
  const plain = ropeTable({ ...args, capacity: 9 });
  expect(ropeTable({ ...args, capacity: 9, sections: [1, 3, 2] })).toEqual(plain);
  expect(ropeTable({ ...args, capacity: 9, from: 4 })).toEqual(plain.subarray(4 * 12));
});

test('M-RoPE: each pair rotates by its axis, with the frequency of its index', () => {
  const position = [[5, 8, 2], [5, 8, 3]]; // prettier-ignore
  const table = ropeTable({
    ...args,
    capacity: 2,
    sections: [1, 3, 2],
    positionOf: (slot, axis) => position[slot][axis],
  });
  const axes = [AXES.time, AXES.row, AXES.row, AXES.row, AXES.column, AXES.column];
  const angles = position.flatMap((axesOf) => {
    const row = axes.map((axis, i) => axesOf[axis] * 1e4 ** (-i / 6));
    return [...row.map(Math.cos), ...row.map(Math.sin)];
  });
  expect(table).toEqual(Float32Array.from(angles));
});

test('linear scaling: position 4p turns as far as p does without scaling', () => {
  const plain = ropeTable({ ...args, capacity: 9 });
  const scaled = ropeTable({ ...args, capacity: 33, ropeFactor: 4 });
  for (let slot = 0; slot < 9; slot++) {
    const [got, want] = [
      scaled.subarray(slot * 48, slot * 48 + 12),
      plain.subarray(slot * 12, slot * 12 + 12),
    ];
    got.forEach((value, i) => expect(value).toBeCloseTo(want[i], 6));
  }
  expect(ropeFrequencies({ ...args, ropeFactor: 4 })[0]).toBe(0.25);
});

test('rejects more sections than pairs', () => {
  expect(() => ropeTable({ ...args, capacity: 1, sections: [3, 3, 3] })).toThrow('sections 3,3,3');
});
