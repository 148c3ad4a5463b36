import { expect, test } from 'vitest';
import { commonPrefix } from './prefixCache';
import { embeddedIds, isInjected, layoutOf } from './embeddedSpan';

const content = { digest: 'a'.repeat(64), length: 37 };
const load = () => Promise.resolve(new Float32Array(0));

test('ids of injected rows: fixed by content, outside every vocabulary, within 32 bits', () => {
  const ids = embeddedIds(content);
  expect(embeddedIds({ ...content })).toEqual(ids);
  expect(ids.every(isInjected)).toBe(true);
  expect(Array.from(Uint32Array.from(ids))).toEqual(ids);
  expect(new Set(ids).size).toBe(37);
  expect(isInjected(262_143)).toBe(false);
});

test('another digest, size or grid gives other ids from the first row on', () => {
  const ids = embeddedIds(content);
  const others = [
    { ...content, digest: `${'a'.repeat(63)}b` },
    { ...content, length: 38 },
    { ...content, grid: { rows: 1, columns: 37 } },
    { ...content, grid: { rows: 37, columns: 1 } },
  ];
  for (const other of others) expect(commonPrefix(embeddedIds(other), ids)).toBe(0);
});

test('many digests: no two share the id of a row', () => {
  const firsts = Array.from({ length: 2000 }, (_, i) => embeddedIds({ digest: `image ${i}`, length: 1 })[0]);
  expect(new Set(firsts).size).toBe(2000);
});

test('spans that do not fit the ids are refused', () => {
  const ids = [1, 2, ...embeddedIds(content), 3];
  const span = { ...content, start: 2, load };
  expect(layoutOf(ids, [span]).positionOf(39, 0)).toBe(39); // without a grid rows count as tokens
  expect(() => layoutOf(ids, [])).toThrow('no rows for its embedded id at 2');
  expect(() => layoutOf(ids, [{ ...span, start: 1 }])).toThrow('ids at 1');
  expect(() => layoutOf(ids, [{ ...span, grid: { rows: 6, columns: 6 } }])).toThrow('6 × 6 is not 37');
});
