// Rotary angles of patches: half of a head's pairs turn by the row, half by the column.
import { placeOfPatch } from './pixels/patches';

const BASE = 10000;

/**
 * The table for ropeAppend with half-split pairs, [patches, headDim]: a row holds the cosines of all pairs, then the sines.
 * Computed in f64, as those of text are.
 */
export function patchAngles(
  { rows, columns }: { rows: number; columns: number },
  headDim: number,
): Float32Array<ArrayBuffer> {
  const pairs = headDim / 2;
  const ofAxis = pairs / 2;
  const table = new Float32Array(rows * columns * headDim);
  for (let patch = 0; patch < rows * columns; patch++) {
    const { row, column } = placeOfPatch(patch, columns);
    for (let pair = 0; pair < pairs; pair++) {
      const angle = (pair < ofAxis ? row : column) * BASE ** (-(pair % ofAxis) / ofAxis);
      table[patch * headDim + pair] = Math.cos(angle);
      table[patch * headDim + pairs + pair] = Math.sin(angle);
    }
  }
  return table;
}
