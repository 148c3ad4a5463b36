// Float weights to INT4: 16 levels and one f16 scale per group of 32, w ≈ (code - 8) · scale. One candidate scale is
// that of rounding to nearest (llama.cpp's Q4_0), which just reaches the largest weight. The others clip the extremes
// slightly or leave headroom. The scale with the least squared error wins. Measured gain, and why the errors are
// unweighted: scripts/quantize/README.md.
import { GROUP_SIZE, SCALE_UNIT, TILE_ROWS } from '../../shared/weightLayout';
import type { FloatType } from '../file/ggmlTypes';
import { HALF, storeHalf } from './groups';

/** Rows of floats, and their target tile. */
export interface FloatRows {
  type: FloatType;
  /** The bytes of the rows, consecutive from `offset`. */
  bytes: Uint8Array;
  offset: number;
  numRows: number;
  /** Tile row of the first row. */
  firstRow: number;
}

const GROUP = Number(GROUP_SIZE); // a local copy: the loops below run billions of times
/**
 * Candidate codes for a group's largest weight; -8 is the lowest code. Values nearer to 0 make the steps coarser;
 * values farther from 0 make them finer and clip the extreme. More candidates, or the other sign, gain 0.2 % of the
 * error at most.
 */
const PEAK_CODES = [-8, -7.2, -7.5, -7.75, -8.2, -8.45, -8.7];
const ZERO_POINT = 8;
/** Added before truncation: rounds to nearest and maps codes -8..7 to levels 0..15. */
const HALF_UP = ZERO_POINT + 0.5;

const MAGNITUDE = 0x7fffffff;
const NOT_FINITE = 0x7f800000;
/** Infinity in f16, written for a scale that is not finite: packRows reports it as 'bad-values'. */
const BROKEN_SCALE = 0x7c00;

/** The current group. A fixed length lets the engine drop bounds checks; f64 avoids conversions. */
const weights = new Float64Array(GROUP);

/**
 * Quantises rows into a q4 tile (src/shared/weightLayout.ts). A group with an infinity or a NaN gets an infinite scale.
 * @param words the tile's blocks, [group][row][4]
 * @param scales its scales, [group][row]: f16 of scale / SCALE_UNIT
 */
export function quantizeRows(
  { type, bytes, offset, numRows, firstRow }: FloatRows,
  cols: number,
  words: Uint32Array,
  scales: Uint16Array,
): void {
  const row = new Float32Array(cols);
  const bits = new Int32Array(row.buffer);
  const readRow = rowReader(type, bytes, offset, row);
  for (let r = 0; r < numRows; r++) {
    readRow(r);
    let at = firstRow + r;
    for (let first = 0; first < cols; first += GROUP, at += TILE_ROWS) {
      const peak = loadGroup(row, bits, first);
      const isFinite = (bits[peak] & MAGNITUDE) < NOT_FINITE;
      scales[at] = isFinite ? writeCodes(bestScale(row[peak]), words, at * 4) : BROKEN_SCALE;
    }
  }
}

/** Returns a function that fills `row` with the r-th row. */
function rowReader(
  type: FloatType,
  bytes: Uint8Array,
  offset: number,
  row: Float32Array,
): (r: number) => void {
  const cols = row.length;
  if (type === 'F32') {
    const target = new Uint8Array(row.buffer);
    return (r) => target.set(bytes.subarray(offset + r * cols * 4, offset + (r + 1) * cols * 4));
  }
  const halves = new Uint16Array(cols); // a copy: rows need not be aligned in the file
  const target = new Uint8Array(halves.buffer);
  const bits = new Int32Array(row.buffer);
  const table = HALF;
  return (r) => {
    target.set(bytes.subarray(offset + r * cols * 2, offset + (r + 1) * cols * 2));
    if (type === 'BF16') for (let i = 0; i < cols; i++) bits[i] = halves[i] << 16;
    else for (let i = 0; i < cols; i++) row[i] = table[halves[i]];
  };
}

/** Fills `weights`. @returns the index of the largest magnitude; an infinity or a NaN counts as the largest. */
function loadGroup(row: Float32Array, bits: Int32Array, first: number): number {
  let peak = first;
  let largest = 0;
  for (let i = 0; i < GROUP; i++) {
    weights[i] = row[first + i];
    const magnitude = bits[first + i] & MAGNITUDE; // floats of one sign sort like their bits
    if (magnitude > largest) {
      largest = magnitude;
      peak = first + i;
    }
  }
  return peak;
}

/** The scale with the least squared error; each candidate step is evaluated with the codes it rounds to. */
function bestScale(peak: number): number {
  if (peak === 0) return 0;
  let best = 0;
  let bestGain = -1;
  for (let candidate = 0; candidate < PEAK_CODES.length; candidate++) {
    const inverse = PEAK_CODES[candidate] / peak;
    let dot = 0; // Σ w · code
    let norm = 0; // Σ code²
    for (let i = 0; i < GROUP; i++) {
      const weight = weights[i];
      const level = (weight * inverse + HALF_UP) | 0; // 0..17, because no weight is below -8.7 steps
      const code = (level > 15 ? 15 : level) - ZERO_POINT;
      dot += weight * code;
      norm = (norm + Math.imul(code, code)) | 0; // stays in integer arithmetic: half the time
    }
    const gain = (dot * dot) / norm; // Σ w² minus the error at dot / norm, the best scale for these codes
    if (gain > bestGain) {
      bestGain = gain;
      best = dot / norm;
    }
  }
  return best;
}

/**
 * Rounds the weights with the scale as stored in f16, writes the codes, and refits the scale to those codes once.
 * @returns the scale as stored
 */
function writeCodes(scale: number, words: Uint32Array, to: number): number {
  const step = HALF[storeHalf(scale)] * SCALE_UNIT;
  if (!Number.isFinite(step)) return BROKEN_SCALE; // a scale of 256 or more
  const inverse = step === 0 ? 0 : 1 / step; // too small for f16: every weight becomes 0
  let dot = 0;
  let norm = 0;
  for (let word = 0; word < 4; word++) {
    let codes = 0;
    for (let i = 0; i < 8; i++) {
      const weight = weights[8 * word + i];
      const rounded = (weight * inverse + HALF_UP) | 0;
      const level = rounded < 0 ? 0 : rounded > 15 ? 15 : rounded;
      const code = level - ZERO_POINT;
      dot += weight * code;
      norm = (norm + Math.imul(code, code)) | 0;
      codes |= level << (8 * (i & 3) + (i & 4)); // weights 0..3 are the low nibbles, 4..7 the high ones
    }
    words[to + word] = codes;
  }
  return norm === 0 ? 0 : storeHalf(dot / norm);
}
