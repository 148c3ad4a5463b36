// Params and output of the matrix kernels for many tokens.
// Needs weights/tiles.wgsl. Sums come in as accumulated, without SCALE_UNIT; `tile` counts from the start of the chunk.
struct Params {
  num_groups: u32, rows: u32, interleaved: u32, first_tile: u32, num_tiles: u32, num_tokens: u32,
  has_bias: u32, accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(4) var<storage, read> bias: array<f32>; // anything when there is none
@group(0) @binding(5) var<storage, read_write> y: array<f32>;

/// y = sum (+ bias) (+ y), unless the place is padding.
fn store_sum(token: u32, tile: u32, row_in_tile: u32, sum: f32) {
  let row = row_of_tile(params.first_tile + tile, row_in_tile, params.rows, params.interleaved);
  if (token >= params.num_tokens || tile >= params.num_tiles || row >= params.rows) { return; }
  let to = token * params.rows + row;
  var value = sum * SCALE_UNIT;
  if (params.has_bias != 0u) { value += bias[row]; }
  if (params.accumulate != 0u) { value += y[to]; }
  y[to] = value;
}

/// y = silu(gate) · up, unless the place is padding.
fn store_swiglu(token: u32, gate_tile: u32, row_in_tile: u32, gate_sum: f32, up_sum: f32) {
  let width = params.rows / 2u;
  let row = (params.first_tile + gate_tile) / 2u * TILE_ROWS + row_in_tile;
  if (token >= params.num_tokens || gate_tile >= params.num_tiles || row >= width) { return; }
  let gate = gate_sum * SCALE_UNIT;
  let up = up_sum * SCALE_UNIT;
  y[token * width + row] = gate / (1.0 + exp(min(-gate, 80.0))) * up; // without the limit exp would reach infinity
}
