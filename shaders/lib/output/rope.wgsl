// Output of the mat-vec for Q, K and V: bias, rotation, Q / √Dh, K and V into the cache, in one
// dispatch. The twin of rope_append.wgsl, which says more. A pair's rows must lie in one workgroup.
// Needs weights/tiles.wgsl, state.wgsl, kv_f16.wgsl or kv_f32.wgsl, and sum_of and LANES of the body; ROWS a multiple of 4.
const DH: u32 = 128u;
const ROPE_DIMS: u32 = 64u;
const HALF: bool = false;
struct Params {
  num_groups: u32, rows: u32, first_tile: u32, num_tiles: u32, num_tokens: u32,
  has_bias: u32, num_heads: u32, num_kv_heads: u32, capacity: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> bias: array<f32>; // [rows], or anything when there is none
@group(0) @binding(4) var<storage, read> table: array<f32>;
@group(0) @binding(5) var<storage, read> state: State;
@group(0) @binding(6) var<storage, read_write> q: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> k: array<KvQuad>;
@group(0) @binding(8) var<storage, read_write> v: array<KvQuad>;

/// Sum i, which belongs to this row, with its bias.
fn projected(i: u32, row: u32) -> f32 {
  if (params.has_bias == 0u) { return sum_of(i); }
  return sum_of(i) + bias[row];
}

/// The same, rotated; d is the row's dim in its head.
fn rotated(i: u32, row: u32, d: u32, slot: u32) -> f32 {
  let value = projected(i, row);
  if (d >= ROPE_DIMS) { return value; }
  let pairs = ROPE_DIMS / 2u;
  let pair = select(d / 2u, d % pairs, HALF);
  let is_second = select((d & 1u) == 1u, d >= pairs, HALF);
  let distance = select(1u, pairs, HALF);
  let partner = projected(select(i + distance, i - distance, is_second), select(row + distance, row - distance, is_second));
  let cosine = table[slot * ROPE_DIMS + pair];
  let sine = table[slot * ROPE_DIMS + pairs + pair];
  return value * cosine + select(-partner, partner, is_second) * sine;
}

/// Stores the workgroup's sums of one token, four neighbouring rows a lane; `tile` counts from the start of the chunk.
fn finish(token: u32, tile: u32, first_row: u32, lane: u32) {
  let slot = state.slot + token;
  for (var i = lane * 4u; i < ROWS * TILES; i += LANES * 4u) {
    let its_tile = tile + i / ROWS;
    let row = (params.first_tile + its_tile) * TILE_ROWS + first_row + i % ROWS;
    if (its_tile >= params.num_tiles || row >= params.rows) { continue; }
    let head = row / DH;
    let d = row % DH;
    if (head >= params.num_heads + params.num_kv_heads) {
      if (slot >= params.capacity) { continue; } // the next head's rows begin there
      let at = (head - params.num_heads - params.num_kv_heads) * params.capacity + slot;
      v[(at * DH + d) / 4u] = pack_kv(vec4f(
        projected(i, row), projected(i + 1u, row + 1u), projected(i + 2u, row + 2u), projected(i + 3u, row + 3u),
      ));
      continue;
    }
    let values = vec4f(
      rotated(i, row, d, slot), rotated(i + 1u, row + 1u, d + 1u, slot),
      rotated(i + 2u, row + 2u, d + 2u, slot), rotated(i + 3u, row + 3u, d + 3u, slot),
    );
    if (head < params.num_heads) {
      q[(token * params.num_heads * DH + row) / 4u] = values * inverseSqrt(f32(DH));
    } else if (slot < params.capacity) {
      k[(((head - params.num_heads) * params.capacity + slot) * DH + d) / 4u] = pack_kv(values);
    }
  }
}
