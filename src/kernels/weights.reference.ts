// Weight matrices for tests: a naive encoder and decoder of the tile layout that share no code with the packer or the
// shaders. Every number's place is worked out from the description in src/shared/weightLayout.ts, one weight at a time.
import type { Tensor, WeightChunk, WeightMatrix } from '../gpu/tensor';
import { bfloatToFloat, floatToBfloat, floatToHalf, halfToFloat } from '../shared/half';
import {
  GROUP_SIZE,
  SCALE_UNIT,
  TILE_ROWS,
  hasMins,
  isQuantised,
  numTiles,
  rowOfTile,
  tileBytes,
  type WeightFormat,
} from '../shared/weightLayout';

const WEIGHTS_PER_BLOCK: Record<WeightFormat, number> = {
  q4: 32,
  q4m: 32,
  q8: 16,
  q8m: 16,
  f16: 8,
  bf16: 8,
  f32: 4,
};

export interface PackedShape {
  format: WeightFormat;
  rows: number;
  cols: number;
  /** Rows are two halves whose tiles alternate. */
  interleaved?: boolean;
}

/** A matrix in the tile layout, on the host. */
export interface PackedMatrix extends Required<PackedShape> {
  /** All tiles, in order. */
  bytes: Uint8Array<ArrayBuffer>;
  /** The exact weights of one row. */
  row(index: number): Float64Array;
}

/** Packs values [rows, cols]; the quantised formats round to the nearest code of a min-max or abs-max scale. */
export function packValues(shape: PackedShape, values: Float32Array): PackedMatrix {
  const { format, rows, cols } = shape;
  const { matrix, view } = emptyMatrix(shape);
  forEachRow(matrix, (row, tile, rowInTile) => {
    for (let col = 0; col < cols; col += GROUP_SIZE) {
      const at = row * cols + col;
      packGroup(view, matrix, { tile, rowInTile, col }, values.subarray(at, at + GROUP_SIZE));
    }
  });
  if (values.length !== rows * cols)
    throw new Error(`${values.length} values for ${format} [${rows}, ${cols}]`);
  return matrix;
}

/** A large random matrix, cheaply: its tiles are windows into one random page. Quantised formats only. */
export function randomMatrix(
  shape: PackedShape,
  random: { bytes(n: number): Uint8Array; uniform(): number },
): PackedMatrix {
  const { matrix, view } = emptyMatrix(shape);
  const { bytes, format, cols } = matrix;
  if (!isQuantised(format)) throw new Error(`random bytes make no ${format} weights`);
  const page = random.bytes(1 << 16);
  const unit = (format.startsWith('q4') ? 1 / 8 : 1 / 128) / Math.sqrt(cols) / SCALE_UNIT; // weights near 1 / √cols
  const scales = Uint16Array.from({ length: 1021 }, () => floatToHalf((0.5 + random.uniform()) * unit));
  const stride = tileBytes(format, cols);
  const scaleStart = tileOffset(matrix, 0).scales;
  for (let tile = 0; tile * stride < bytes.length; tile++) {
    for (let at = 0; at < scaleStart;) {
      const from = at === 0 ? (tile * 7919) % page.length : 0; // every tile begins elsewhere in the page
      const piece = page.subarray(from, Math.min(page.length, from + scaleStart - at));
      bytes.set(piece, tile * stride + at);
      at += piece.length;
    }
    for (let at = scaleStart, i = tile * 37; at < stride; at += 2, i++) {
      view.setUint16(tile * stride + at, scales[i % scales.length], true);
    }
  }
  return matrix;
}

/** The matrix on the GPU, cut into chunks of at most `tilesPerChunk` tiles. */
export function uploadMatrix(
  gpu: { tensor(data: Uint8Array, shape: number[], label?: string): Tensor },
  matrix: PackedMatrix,
  tilesPerChunk = Infinity,
): WeightMatrix {
  const { format, rows, cols, interleaved, bytes } = matrix;
  const stride = tileBytes(format, cols);
  const total = numTiles(rows, interleaved);
  const chunks: WeightChunk[] = [];
  for (let firstTile = 0; firstTile < total; firstTile += tilesPerChunk) {
    const count = Math.min(tilesPerChunk, total - firstTile);
    const part = bytes.subarray(firstTile * stride, (firstTile + count) * stride);
    chunks.push({ firstTile, numTiles: count, tensor: gpu.tensor(part, [part.length / 4], format) });
  }
  return { label: `${format} [${rows}, ${cols}]`, rows, cols, format, interleaved, chunks };
}

function emptyMatrix(shape: PackedShape): { matrix: PackedMatrix; view: DataView } {
  const { format, rows, cols, interleaved = false } = shape;
  const bytes = new Uint8Array(numTiles(rows, interleaved) * tileBytes(format, cols));
  const view = new DataView(bytes.buffer);
  const matrix: PackedMatrix = {
    format,
    rows,
    cols,
    interleaved,
    bytes,
    row: (index) => unpackRow(view, matrix, index),
  };
  return { matrix, view };
}

function forEachRow(
  { rows, interleaved }: PackedMatrix,
  visit: (row: number, tile: number, rowInTile: number) => void,
): void {
  for (let tile = 0; tile < numTiles(rows, interleaved); tile++) {
    for (let rowInTile = 0; rowInTile < TILE_ROWS; rowInTile++) {
      const row = rowOfTile(tile, rowInTile, rows, interleaved);
      if (row >= 0) visit(row, tile, rowInTile);
    }
  }
}

interface Place {
  tile: number;
  rowInTile: number;
  col: number;
}

/** Byte offsets of a tile's codes, scales and mins. */
function tileOffset(
  { format, cols }: PackedMatrix,
  tile: number,
): { codes: number; scales: number; mins: number } {
  const codes = tile * tileBytes(format, cols);
  const codeBytes = TILE_ROWS * (cols / WEIGHTS_PER_BLOCK[format]) * 16;
  return { codes, scales: codes + codeBytes, mins: codes + codeBytes + TILE_ROWS * (cols / GROUP_SIZE) * 2 };
}

/** Byte offset of the block with this column. */
function blockOffset(matrix: PackedMatrix, { tile, rowInTile, col }: Place): number {
  const block = Math.floor(col / WEIGHTS_PER_BLOCK[matrix.format]);
  return tileOffset(matrix, tile).codes + (block * TILE_ROWS + rowInTile) * 16;
}

function scaleOffset(matrix: PackedMatrix, { tile, rowInTile, col }: Place): { scale: number; min: number } {
  const { scales, mins } = tileOffset(matrix, tile);
  const inPlane = ((col / GROUP_SIZE) * TILE_ROWS + rowInTile) * 2;
  return { scale: scales + inPlane, min: mins + inPlane };
}

function packGroup(view: DataView, matrix: PackedMatrix, place: Place, values: Float32Array): void {
  const { format } = matrix;
  let scale = 0;
  let min = 0;
  if (isQuantised(format)) {
    const at = scaleOffset(matrix, place);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const absMax = Math.max(-low, high);
    // q8m codes are signed: the min belongs to code 0, in the middle of the range
    const [wantScale, wantMin] = {
      q4: [absMax / 7, 0],
      q8: [absMax / 127, 0],
      q4m: [(high - low) / 15, low],
      q8m: [(high - low) / 255, low + (128 * (high - low)) / 255],
    }[format as 'q4' | 'q8' | 'q4m' | 'q8m'];
    view.setUint16(at.scale, floatToHalf(wantScale / SCALE_UNIT), true);
    scale = halfToFloat(view.getUint16(at.scale, true)) * SCALE_UNIT;
    if (hasMins(format)) {
      view.setUint16(at.min, floatToHalf(wantMin / SCALE_UNIT), true);
      min = halfToFloat(view.getUint16(at.min, true)) * SCALE_UNIT;
    }
  }
  values.forEach((value, i) => {
    const col = place.col + i;
    const block = blockOffset(matrix, { ...place, col });
    const inBlock = col % WEIGHTS_PER_BLOCK[format];
    const steps = scale === 0 ? 0 : Math.round((value - min) / scale);
    if (format === 'f32') view.setFloat32(block + 4 * inBlock, value, true);
    else if (format === 'f16') view.setUint16(block + 2 * inBlock, floatToHalf(value), true);
    else if (format === 'bf16') view.setUint16(block + 2 * inBlock, floatToBfloat(value), true);
    else if (format === 'q8' || format === 'q8m') view.setInt8(block + inBlock, clamp(steps, -128, 127));
    else {
      const at = nibbleOffset(block, inBlock);
      const code = clamp(format === 'q4' ? steps + 8 : steps, 0, 15);
      view.setUint8(at, view.getUint8(at) | (inBlock % 8 < 4 ? code : code << 4));
    }
  });
}

/** The exact weights of one row: at most 8 + 11 significant bits and a min, so f64 holds them. */
function unpackRow(view: DataView, matrix: PackedMatrix, row: number): Float64Array {
  const { format, rows, cols, interleaved } = matrix;
  const half = interleaved && row >= rows / 2 ? 1 : 0;
  const inHalf = row - half * (rows / 2);
  const tileInHalf = Math.floor(inHalf / TILE_ROWS);
  const tile = interleaved ? tileInHalf * 2 + half : tileInHalf;
  const rowInTile = inHalf % TILE_ROWS;
  const values = new Float64Array(cols);
  const read = CODE_READERS[format];
  const perBlock = WEIGHTS_PER_BLOCK[format];
  let scale = 1;
  let min = 0;
  for (let col = 0; col < cols; col += perBlock) {
    const place = { tile, rowInTile, col };
    if (isQuantised(format) && col % GROUP_SIZE === 0) {
      const at = scaleOffset(matrix, place);
      scale = halfToFloat(view.getUint16(at.scale, true)) * SCALE_UNIT;
      if (hasMins(format)) min = halfToFloat(view.getUint16(at.min, true)) * SCALE_UNIT;
    }
    const block = blockOffset(matrix, place);
    for (let i = 0; i < perBlock; i++) values[col + i] = read(view, block, i) * scale + min;
  }
  return values;
}

/** Code i of the 16-byte block at an offset. */
const CODE_READERS: Record<WeightFormat, (view: DataView, block: number, i: number) => number> = {
  q4: (view, block, i) => nibble(view, block, i) - 8,
  q4m: nibble,
  q8: (view, block, i) => view.getInt8(block + i),
  q8m: (view, block, i) => view.getInt8(block + i),
  f16: (view, block, i) => halfToFloat(view.getUint16(block + 2 * i, true)),
  bf16: (view, block, i) => bfloatToFloat(view.getUint16(block + 2 * i, true)),
  f32: (view, block, i) => view.getFloat32(block + 4 * i, true),
};

function nibble(view: DataView, block: number, i: number): number {
  const byte = view.getUint8(nibbleOffset(block, i));
  return i % 8 < 4 ? byte & 15 : byte >> 4;
}

/** Offset of the byte that holds nibble i of a block. */
function nibbleOffset(block: number, i: number): number {
  return block + (i >> 3) * 4 + (i % 4);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
