// Pictures against Pillow and transformers: scripts/oracle/pixels.py wrote the golden file.
import { describe, expect, test } from 'vitest';
import { failureOf } from '../../../weights/testKit';
import { picture, randomWords } from '../../../testing/eyes/checkpoint';
import { sha256Hex } from '../../../testing/goldenCases';
import golden from './golden.json';
import { patchRows, placeOfPatch } from './patches';
import { pillowResize } from './pillowResize';
import { mergedGrid, smartResize } from './smartResize';

const LIMITS = { maxTokens: 7500 };

function resized(width: number, height: number): string {
  try {
    const size = smartResize({ width, height }, LIMITS);
    return `${size.width}x${size.height}`;
  } catch {
    return 'error';
  }
}

describe('sizes', () => {
  test('those of transformers, halves to even', () => {
    for (const [width, height, want] of golden.table)
      expect(resized(Number(width), Number(height))).toBe(want);
    const words = randomWords('sizes', 2 * golden.random.count).map((word) => (word % 3000) + 1);
    const all = Array.from({ length: golden.random.count }, (_, i) =>
      resized(words[2 * i], words[2 * i + 1]),
    );
    return expect(sha256Hex(new TextEncoder().encode(all.join(' ')))).resolves.toBe(golden.random.sha256);
  });

  test('a setting lowers the number of tokens', () => {
    const size = smartResize({ width: 4032, height: 3024 }, { maxTokens: 1024 });
    const { rows, columns } = mergedGrid(size);
    expect([rows, columns, rows * columns]).toEqual([27, 36, 972]);
  });

  test('a strip is refused with its size', async () => {
    const failure = await failureOf(async () => smartResize({ width: 30000, height: 50 }, LIMITS));
    expect(failure).toMatchObject({ code: 'picture-unreadable' });
    expect(failure.message).toContain('30000 × 50');
  });
});

test.each(golden.resizes.map((one, i) => [one.from, one.to, one.sha256, i] as const))(
  'from %j to %j each byte is Pillow’s',
  async ([width, height], [toWidth, toHeight], want, i) => {
    const result = pillowResize(picture({ width, height, seed: 100 + i }), {
      width: toWidth,
      height: toHeight,
    });
    expect(await sha256Hex(Uint8Array.from(result.data))).toBe(want);
  },
);

test('patches stand in blocks of four, their values by channel, normalised, with zeros behind', () => {
  expect(
    Array.from({ length: 9 }, (_, i) => placeOfPatch(i, 4)).map(({ row, column }) => `${row},${column}`),
  ).toEqual(
    ['0,0', '0,1', '1,0', '1,1', '0,2', '0,3', '1,2', '1,3', '2,0'], // prettier-ignore
  );
  const source = picture({ width: 56, height: 28, seed: 1 });
  const rows = patchRows(
    source,
    { mean: [0.5, 0.4, 0.3], std: [1, 2, 4] },
    { from: 5, count: 2, rowLength: 608 },
  );
  const at = (row: number, column: number, channel: number) => source.data[(row * 56 + column) * 3 + channel];
  expect(rows[0]).toBeCloseTo(at(0, 42, 0) / 255 - 0.5, 6); // patch 5: row 0, column 3
  expect(rows[608 + 196 + 15]).toBeCloseTo((at(15, 29, 1) / 255 - 0.4) / 2, 6); // patch 6: row 1, column 2
  expect([...rows.subarray(588, 608)]).toEqual(new Array(20).fill(0));
});
