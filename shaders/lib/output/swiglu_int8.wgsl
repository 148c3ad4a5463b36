// Output of a mat-vec: y = silu(gate) · up in int8 groups for the next mat-vec; ROWS 32 or 64, TILES 2 or 4.
// Needs weights/tiles.wgsl, silu.wgsl, activations/quantize*.wgsl, and sum_of and LANES of the body.
struct Params { num_groups: u32, rows: u32, first_tile: u32, num_tiles: u32, num_tokens: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read_write> y: array<vec4u>;
var<workgroup> gated: array<f32, ROWS * TILES / 2u>;

fn four_gated(i: u32) -> vec4f { return vec4f(gated[i], gated[i + 1u], gated[i + 2u], gated[i + 3u]); }

/// Stores the workgroup's products of one token; `tile` counts from the start of the chunk.
fn finish(token: u32, tile: u32, first_row: u32, lane: u32) {
  for (var i = lane; i < ROWS * TILES / 2u; i += LANES) {
    let gate = i / ROWS * 2u * ROWS + i % ROWS;
    gated[i] = silu(sum_of(gate)) * sum_of(gate + ROWS);
  }
  workgroupBarrier();
  for (var group = lane; group < ROWS * TILES / 2u / GROUP_SIZE; group += LANES) {
    let gate_tile = tile + group * GROUP_SIZE / ROWS * 2u;
    let row = (params.first_tile + gate_tile) / 2u * TILE_ROWS + first_row + group * GROUP_SIZE % ROWS;
    if (gate_tile >= params.num_tiles || row >= params.rows / 2u) { continue; }
    let i = group * GROUP_SIZE;
    store_quantized((token * (params.rows / 2u) + row) / GROUP_SIZE, Group(
      four_gated(i), four_gated(i + 4u), four_gated(i + 8u), four_gated(i + 12u),
      four_gated(i + 16u), four_gated(i + 20u), four_gated(i + 24u), four_gated(i + 28u),
    ));
  }
}
