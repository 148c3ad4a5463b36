// Output of a mat-vec: y = sum (+ bias) (+ y). Needs weights/tiles.wgsl, and sum_of and LANES of the body.
struct Params {
  num_groups: u32, rows: u32, first_tile: u32, num_tiles: u32, num_tokens: u32,
  interleaved: u32, has_bias: u32, accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> bias: array<f32>; // [rows], or anything when there is none
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

/// Stores the workgroup's sums of one token; `tile` counts from the start of the chunk.
fn finish(token: u32, tile: u32, first_row: u32, lane: u32) {
  for (var i = lane; i < ROWS * TILES; i += LANES) {
    let its_tile = tile + i / ROWS;
    let row = row_of_tile(params.first_tile + its_tile, first_row + i % ROWS, params.rows, params.interleaved);
    if (its_tile >= params.num_tiles || row >= params.rows) { continue; }
    var value = sum_of(i);
    if (params.has_bias != 0u) { value += bias[row]; }
    let to = token * params.rows + row;
    if (params.accumulate != 0u) { value += y[to]; }
    y[to] = value;
  }
}
