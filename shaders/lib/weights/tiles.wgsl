// Access to a chunk of a weight matrix of any format. Twin: src/shared/weightLayout.ts, the byte layout.
// Needs groups.wgsl and, from the library of a format (weights/q4.wgsl, …):
//   GROUP_BLOCKS     16-byte blocks that hold 32 weights of a row
//   SCALE_PLANES     0: plain numbers, 1: w = code · scale, 2: w = code · scale + min
//   load_codes(b)    the 32 codes (or plain weights) whose first block is b
// Scales and mins are used as stored: multiply the finished sum by SCALE_UNIT.
const TILE_ROWS = 64u;
const SCALE_UNIT = select(1.0, 0.00390625, SCALE_PLANES > 0u);

@group(0) @binding(1) var<storage, read> blocks: array<vec4u>;

/// Where a row begins: its first block, the blocks with its first scale and min, and their word and shift therein.
struct RowAddress { block: u32, scale: u32, min: u32, word: u32, shift: u32 }

/// `tile` counts from the start of the chunk.
fn row_address(tile: u32, row: u32, num_groups: u32) -> RowAddress {
  let code_blocks = num_groups * TILE_ROWS * GROUP_BLOCKS;
  let plane_blocks = num_groups * TILE_ROWS / 8u; // f16
  let block = tile * (code_blocks + SCALE_PLANES * plane_blocks);
  let scale = block + code_blocks + row / 8u;
  return RowAddress(block + row, scale, scale + plane_blocks, row / 2u % 4u, row % 2u * 16u);
}

fn load_group(at: RowAddress, group: u32) -> Group {
  return load_codes(at.block + group * (TILE_ROWS * GROUP_BLOCKS));
}

fn load_scale(at: RowAddress, group: u32) -> f32 {
  if (SCALE_PLANES == 0u) { return 1.0; }
  return unpack2x16float(blocks[at.scale + group * (TILE_ROWS / 8u)][at.word] >> at.shift).x;
}

fn load_min(at: RowAddress, group: u32) -> f32 {
  if (SCALE_PLANES < 2u) { return 0.0; }
  return unpack2x16float(blocks[at.min + group * (TILE_ROWS / 8u)][at.word] >> at.shift).x;
}

fn dot_group(w: Group, x: Group) -> f32 {
  var sum = w.a * x.a;
  sum += w.b * x.b;
  sum += w.c * x.c;
  sum += w.d * x.d;
  sum += w.e * x.e;
  sum += w.f * x.f;
  sum += w.g * x.g;
  sum += w.h * x.h;
  return (sum.x + sum.y) + (sum.z + sum.w);
}

/// The matrix row at (tile, row in tile), or `rows` or more for padding. `tile` counts from the matrix's first.
/// Twin: rowOfTile in src/shared/weightLayout.ts.
fn row_of_tile(tile: u32, row: u32, rows: u32, interleaved: u32) -> u32 {
  if (interleaved == 0u) { return tile * TILE_ROWS + row; }
  let in_half = tile / 2u * TILE_ROWS + row;
  return select(rows, tile % 2u * (rows / 2u) + in_half, in_half < rows / 2u);
}
