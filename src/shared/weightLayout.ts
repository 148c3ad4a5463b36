// The byte layout of a weight matrix on the GPU and in the cache. Twins: shaders/lib/weights/*.wgsl read it,
// src/weights/README.md draws it, src/weights/pack/packer.ts writes it.
//
// A matrix [rows, cols] is cut into tiles of TILE_ROWS rows; the last tile is padded with zero rows. Inside a tile
// the data is block-major: block b of row 0, block b of row 1, … so that 64 lanes, one row each, read 1 KiB in one
// step. A block is 16 bytes, one vec4<u32>:
//
//   q4, q4m   32 weights: in word j the low nibbles of the four bytes are weights 8j..8j+3, the high ones 8j+4..8j+7
//   q8, q8m   16 weights, signed bytes in order; a group of 32 is two consecutive blocks: b = 2·group + half
//   f16, bf16  8 weights in order
//   f32        4 weights in order
//
// The quantised formats append to every tile its scales, f16 [group][row], and the m formats then mins, f16
// [group][row]. Both are stored divided by SCALE_UNIT.
//   q4:  w = (code - 8) · scale     q8:  w = code · scale     q4m, q8m: w = code · scale + min

/** Rows per tile: one workgroup lane each. */
export const TILE_ROWS = 64;
/** Weights that share one scale, along the columns. */
export const GROUP_SIZE = 32;
/** Stored scale = scale / SCALE_UNIT: keeps tiny scales out of the f16 subnormals, which GPUs may flush to zero. */
export const SCALE_UNIT = 2 ** -8;
/** WebGPU's default maxStorageBufferBindingSize; a larger matrix is split into chunks of whole tiles. */
const MAX_CHUNK_BYTES = 128 * 1024 * 1024;

export const WEIGHT_FORMATS = ['q4', 'q4m', 'q8', 'q8m', 'f16', 'bf16', 'f32'] as const;
export type WeightFormat = (typeof WEIGHT_FORMATS)[number];

const BLOCK_WEIGHTS: Record<WeightFormat, number> = {
  q4: 32,
  q4m: 32,
  q8: 16,
  q8m: 16,
  f16: 8,
  bf16: 8,
  f32: 4,
};

/** Number of weights in one 16-byte block. */
export function blockWeights(format: WeightFormat): number {
  return BLOCK_WEIGHTS[format];
}

/** Whether tiles of this format have f16 scales. */
export function isQuantised(format: WeightFormat): boolean {
  return format.startsWith('q');
}

/** Whether tiles of this format have f16 mins after their scales. */
export function hasMins(format: WeightFormat): boolean {
  return format.endsWith('m');
}

/** Bytes of one tile of a matrix with `cols` columns; cols must be a multiple of GROUP_SIZE. */
export function tileBytes(format: WeightFormat, cols: number): number {
  const planes = isQuantised(format) ? (hasMins(format) ? 2 : 1) : 0;
  return TILE_ROWS * ((cols / blockWeights(format)) * 16 + (cols / GROUP_SIZE) * 2 * planes);
}

/**
 * Number of tiles of a matrix. With `interleaved` the rows are two equal halves (gate, up), each padded to whole tiles,
 * and the tiles alternate: gate 0, up 0, gate 1, up 1, … so that one workgroup can compute silu(gate)·up.
 */
export function numTiles(rows: number, interleaved: boolean): number {
  return interleaved ? 2 * Math.ceil(rows / 2 / TILE_ROWS) : Math.ceil(rows / TILE_ROWS);
}

/** The matrix row at (tile, rowInTile), or -1 for padding. */
export function rowOfTile(tile: number, rowInTile: number, rows: number, interleaved: boolean): number {
  if (!interleaved) {
    const row = tile * TILE_ROWS + rowInTile;
    return row < rows ? row : -1;
  }
  const inHalf = (tile >> 1) * TILE_ROWS + rowInTile;
  return inHalf < rows / 2 ? (tile & 1) * (rows / 2) + inHalf : -1;
}

/** Tiles per chunk: equal chunks of at most MAX_CHUNK_BYTES, an even number of tiles when interleaved. */
export function tilesPerChunk(
  format: WeightFormat,
  rows: number,
  cols: number,
  interleaved: boolean,
): number {
  const step = interleaved ? 2 : 1;
  const units = numTiles(rows, interleaved) / step;
  const unitBytes = tileBytes(format, cols) * step;
  const numChunks = Math.ceil((units * unitBytes) / (Math.floor(MAX_CHUNK_BYTES / unitBytes) * unitBytes));
  return Math.ceil(units / numChunks) * step;
}
