// From a picture to the rows that the tower reads: patches in blocks of 2 × 2, normalised.
import type { Pixels } from './pillowResize';
import { MERGE, PATCH } from './smartResize';

/** Values of a patch: channel, y, x. */
export const PATCH_VALUES = 3 * PATCH * PATCH;

/** Mean and deviation of the pixels that a model was trained on, by channel, in 0 … 1. */
export interface Normalisation {
  mean: readonly number[];
  std: readonly number[];
}

/**
 * Row and column of a patch. The four patches of a merged one follow each other, so that the downsampling reads one row
 * of four vectors; merged patches go row by row.
 */
export function placeOfPatch(index: number, columns: number): { row: number; column: number } {
  const block = Math.floor(index / (MERGE * MERGE));
  const inBlock = index % (MERGE * MERGE);
  const blocksPerRow = columns / MERGE;
  return {
    row: Math.floor(block / blocksPerRow) * MERGE + Math.floor(inBlock / MERGE),
    column: (block % blocksPerRow) * MERGE + (inBlock % MERGE),
  };
}

/** Patches of a picture, of sides that are multiples of {@link PATCH} · {@link MERGE}. */
export function patchGrid({ width, height }: { width: number; height: number }): {
  rows: number;
  columns: number;
} {
  return { rows: height / PATCH, columns: width / PATCH };
}

/**
 * The patches [from, from + count), [count, rowLength]; zeros fill each row behind its {@link PATCH_VALUES}.
 */
export function patchRows(
  picture: Pixels,
  { mean, std }: Normalisation,
  { from, count, rowLength }: { from: number; count: number; rowLength: number },
): Float32Array<ArrayBuffer> {
  const { width, channels, data } = picture;
  const { columns } = patchGrid(picture);
  const levels = mean.map((average, channel) =>
    Float32Array.from({ length: 256 }, (_, level) => (level / 255 - average) / std[channel]),
  );
  const rows = new Float32Array(count * rowLength);
  for (let i = 0; i < count; i++) {
    const { row, column } = placeOfPatch(from + i, columns);
    let to = i * rowLength;
    for (let channel = 0; channel < 3; channel++) {
      const values = levels[channel];
      for (let y = 0; y < PATCH; y++) {
        let at = ((row * PATCH + y) * width + column * PATCH) * channels + channel;
        for (let x = 0; x < PATCH; x++, at += channels) rows[to++] = values[data[at]];
      }
    }
  }
  return rows;
}
