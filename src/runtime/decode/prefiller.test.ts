import { expect, test } from 'vitest';
import { chunkFor } from './prefiller';

const SPEEDS = ['software', 'hardware'] as const;

test('a chunk is as large as a layer can take in its time', () => {
  expect([0.01, 0.7, 1, 3].map((ms) => chunkFor('hardware', ms))).toEqual([256, 128, 64, 32]);
  expect([1, 5, 11].map((ms) => chunkFor('software', ms))).toEqual([64, 32, 16]);
});

test('gate and up, 55 % of a layer, stay under 100 ms', () => {
  for (const msPerLayer of [0.5, 1, 2.4, 3, 7, 11, 20]) {
    for (const speed of SPEEDS)
      expect(0.55 * chunkFor(speed, msPerLayer) * msPerLayer).toBeLessThanOrEqual(100);
  }
});

test('however slow the device, a chunk fills a tile of 8', () => {
  for (const speed of SPEEDS) expect(chunkFor(speed, 500)).toBe(8);
});
