// Packs rows of GGUF tensors into tiles. Twin of src/shared/weightLayout.ts, which defines the bytes (see README.md).
import { AppError } from '../../shared/errors';
import { floatToHalf, halfToFloat } from '../../shared/half';
import {
  blockWeights,
  GROUP_SIZE,
  hasMins,
  isQuantised,
  TILE_ROWS,
  type WeightFormat,
} from '../../shared/weightLayout';
import { dequantize } from '../file/dequantize';
import { isFloat, rowBytes, type SupportedType } from '../file/ggmlTypes';
import { decoderOf, type Groups, newGroups, STORED_HALF } from './groups';
import { quantizeRows } from './quantizer';

/** Consecutive rows of one GGUF tensor that land in consecutive rows of one tile. */
export interface RowRun {
  /** GGUF name, for errors. */
  tensor: string;
  type: SupportedType;
  /** The bytes of the rows, consecutive from `offset`. */
  bytes: Uint8Array;
  offset: number;
  numRows: number;
  /** Tile row of the first row. */
  firstRow: number;
}

/** The sections of a tile as typed arrays over its bytes. */
interface Tile {
  words: Uint32Array; // blocks, [block][row][4]
  scales: Uint16Array; // [group][row]
  mins: Uint16Array; // [group][row]
}

/**
 * Writes a run of rows into a tile. Rows outside the run are left unchanged, so clear the tile first.
 * @param tile tileBytes(format, cols) bytes, 4-byte aligned.
 * @throws AppError 'bad-values' for a scale or weight that is not finite or does not fit f16.
 */
export function packRows(run: RowRun, format: WeightFormat, cols: number, tile: Uint8Array): void {
  const parts = viewTile(format, cols, tile);
  if (!isQuantised(format)) return packFloats(run, format, cols, parts.words);
  const { type } = run;
  if (isFloat(type)) quantizeRows({ ...run, type }, cols, parts.words, parts.scales);
  else if (type === 'Q4_0' && format === 'q4') packQ4(run, cols, parts);
  else packGroups(run, format, cols, parts);
  checkScales(run, parts.scales);
  checkScales(run, parts.mins);
}

/** The hot path: Q4_0 to q4 only moves nibbles, four bytes at a time. */
function packQ4({ bytes, offset, numRows, firstRow }: RowRun, cols: number, { words, scales }: Tile): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset);
  const groups = cols / GROUP_SIZE;
  const stride = groups * 18;
  for (let group = 0; group < groups; group++) {
    let from = group * 18;
    let row = group * TILE_ROWS + firstRow;
    for (const end = row + numRows; row < end; row++, from += stride) {
      // byte i of a Q4_0 block: weight i in the low nibble, weight i + 16 in the high one
      const a = view.getUint32(from + 2, true);
      const b = view.getUint32(from + 6, true);
      const c = view.getUint32(from + 10, true);
      const d = view.getUint32(from + 14, true);
      words[row * 4] = (a & 0x0f0f0f0f) | ((b & 0x0f0f0f0f) << 4);
      words[row * 4 + 1] = (c & 0x0f0f0f0f) | ((d & 0x0f0f0f0f) << 4);
      words[row * 4 + 2] = ((a >>> 4) & 0x0f0f0f0f) | (b & 0xf0f0f0f0);
      words[row * 4 + 3] = ((c >>> 4) & 0x0f0f0f0f) | (d & 0xf0f0f0f0);
      scales[row] = STORED_HALF[view.getUint16(from, true)];
    }
  }
}

/** All other quantised types: decodes a block to byte codes, scales and mins, then writes them in `format`. */
function packGroups(
  { type, bytes, offset, numRows, firstRow }: RowRun,
  format: WeightFormat,
  cols: number,
  tile: Tile,
): void {
  const { decode, groups, format: from } = decoderOf(type);
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset);
  const stride = rowBytes(type, cols);
  const blockBytes = rowBytes(type, groups * GROUP_SIZE);
  const decoded = newGroups();
  for (let block = 0; block * groups * GROUP_SIZE < cols; block++) {
    for (let row = 0; row < numRows; row++) {
      decode(view, row * stride + block * blockBytes, decoded);
      if (from === 'q4' && format !== 'q4') spreadQ4(decoded, format);
      else if (format === 'q8m' && from === 'q8') decoded.mins.fill(0);
      for (let g = 0; g < groups; g++) {
        const at = (block * groups + g) * TILE_ROWS + firstRow + row;
        tile.scales[at] = decoded.scales[g];
        if (tile.mins.length) tile.mins[at] = decoded.mins[g];
        if (format.startsWith('q4')) writeNibbles(decoded.codes, g * 8, tile.words, at * 4);
        else writeBytes(decoded.codes, g * 8, tile.words, at);
      }
    }
  }
}

/** Converts (code - 8) · scale to a format without the -8: signed bytes, or a min of -8 · scale in q4m. Both exact. */
function spreadQ4(decoded: Groups, format: WeightFormat): void {
  if (format === 'q4m') {
    decoded.mins[0] = floatToHalf(-8 * halfToFloat(decoded.scales[0]));
    return;
  }
  decoded.mins[0] = 0;
  const { codes } = decoded;
  for (let i = 0; i < 8; i++) codes[i] = ((codes[i] | 0x80808080) - 0x08080808) ^ 0x80808080; // four bytes minus 8
}

function writeNibbles(codes: Uint32Array, from: number, words: Uint32Array, to: number): void {
  words[to] = codes[from] | (codes[from + 1] << 4);
  words[to + 1] = codes[from + 2] | (codes[from + 3] << 4);
  words[to + 2] = codes[from + 4] | (codes[from + 5] << 4);
  words[to + 3] = codes[from + 6] | (codes[from + 7] << 4);
}

/** Writes one group as the blocks 2·group and 2·group + 1 of this row; `at` is group · TILE_ROWS + row. */
function writeBytes(codes: Uint32Array, from: number, words: Uint32Array, at: number): void {
  const row = at % TILE_ROWS;
  const first = (2 * (at - row) + row) * 4;
  const second = first + TILE_ROWS * 4;
  for (let i = 0; i < 4; i++) {
    words[first + i] = codes[from + i];
    words[second + i] = codes[from + 4 + i];
  }
}

/** f16, bf16 and f32 keep their bits; any other type in an f32 matrix is dequantised. */
function packFloats(run: RowRun, format: WeightFormat, cols: number, words: Uint32Array): void {
  const { type, bytes, offset, numRows, firstRow } = run;
  const stride = rowBytes(type, cols);
  const blocks = cols / blockWeights(format);
  const sameBits = type.toLowerCase() === format;
  for (let row = 0; row < numRows; row++) {
    const at = offset + row * stride;
    const floats = sameBits ? bytes.slice(at, at + stride) : dequantize(type, bytes, at, cols); // slice() aligns the bytes
    const source = new Uint32Array(floats.buffer);
    if (!areFinite(source, format)) throw badValues(run.tensor, ` (row ${run.firstRow + row} of a tile)`);
    for (let block = 0; block < blocks; block++) {
      const to = (block * TILE_ROWS + firstRow + row) * 4;
      for (let i = 0; i < 4; i++) words[to + i] = source[block * 4 + i];
    }
  }
}

const EXPONENT_BITS: Record<string, number> = { f16: 0x7c00, bf16: 0x7f80, f32: 0x7f800000 };

function areFinite(words: Uint32Array, format: WeightFormat): boolean {
  const low = EXPONENT_BITS[format];
  const high = format === 'f32' ? low : low << 16;
  for (const word of words) {
    if ((word & low) === low || (word & high) === high) return false;
  }
  return true;
}

function viewTile(format: WeightFormat, cols: number, tile: Uint8Array): Tile {
  const blockBytes = (cols / blockWeights(format)) * TILE_ROWS * 16;
  const planeLength = isQuantised(format) ? (cols / GROUP_SIZE) * TILE_ROWS : 0;
  const planes = tile.byteOffset + blockBytes;
  return {
    words: new Uint32Array(tile.buffer, tile.byteOffset, blockBytes / 4),
    scales: new Uint16Array(tile.buffer, planes, planeLength),
    mins: new Uint16Array(tile.buffer, planes + planeLength * 2, hasMins(format) ? planeLength : 0),
  };
}

/** Rejects infinite scales: also those of 256 or more, which exceed f16 after the division by SCALE_UNIT. */
function checkScales(run: RowRun, plane: Uint16Array): void {
  for (let first = run.firstRow; first < plane.length; first += TILE_ROWS) {
    for (let row = 0; row < run.numRows; row++) {
      if ((plane[first + row] & 0x7c00) === 0x7c00)
        throw badValues(run.tensor, ` (row ${run.firstRow + row} of a tile)`);
    }
  }
}

/** AppError 'bad-values'; `where` gives the position. */
export function badValues(tensor: string, where = ''): AppError {
  const message =
    `Tensor ${tensor} has a scale or weight that is not finite or too large for f16${where}. ` +
    'The file is damaged: download it again.';
  return new AppError('bad-values', message, { tensor });
}
