// Output of a mat-vec: y = silu(gate) · up, TILES being 2 or 4. Needs weights/tiles.wgsl, silu.wgsl, and
// sum_of and LANES of the body.
struct Params { num_groups: u32, rows: u32, first_tile: u32, num_tiles: u32, num_tokens: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

/// Stores the workgroup's products of one token; `tile` counts from the start of the chunk.
fn finish(token: u32, tile: u32, first_row: u32, lane: u32) {
  for (var i = lane; i < ROWS * TILES / 2u; i += LANES) {
    let gate_tile = tile + i / ROWS * 2u;
    let row = (params.first_tile + gate_tile) / 2u * TILE_ROWS + first_row + i % ROWS;
    if (gate_tile >= params.num_tiles || row >= params.rows / 2u) { continue; }
    let gate = i / ROWS * 2u * ROWS + i % ROWS;
    y[token * (params.rows / 2u) + row] = silu(sum_of(gate)) * sum_of(gate + ROWS);
  }
}
