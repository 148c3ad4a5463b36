// Distribution of rows and tokens in the tiled matrix kernels: a workgroup takes a step of 64 rows and 8·TOKEN_LANES tokens, a
// lane 4 of the rows, ROW_LANES apart, and 8 of the tokens, TOKEN_LANES apart. Needs matmul_output.wgsl.
// With SWIGLU the 64 rows are 32 of a gate tile, then the same 32 of its up tile, so that a lane holds both factors of its
// outputs.
const TOKEN_LANES: u32 = 8u;
const SWIGLU: bool = false;
const ROW_LANES = 16u;

/// Where the step's row `row` is in the chunk.
fn address_of(wg_x: u32, row: u32) -> RowAddress {
  if (!SWIGLU) { return row_address(wg_x, row, params.num_groups); }
  let half_tile = TILE_ROWS / 2u;
  let tile = wg_x / 2u * 2u + row / half_tile;
  return row_address(tile, wg_x % 2u * half_tile + row % half_tile, params.num_groups);
}

/// Stores a lane's sums: its four rows of each of its eight tokens.
fn store_sums(
  token: u32, wg_x: u32, row_lane: u32,
  a: vec4f, b: vec4f, c: vec4f, d: vec4f, e: vec4f, f: vec4f, g: vec4f, h: vec4f,
) {
  store_rows(token, wg_x, row_lane, a);
  store_rows(token + TOKEN_LANES, wg_x, row_lane, b);
  store_rows(token + 2u * TOKEN_LANES, wg_x, row_lane, c);
  store_rows(token + 3u * TOKEN_LANES, wg_x, row_lane, d);
  store_rows(token + 4u * TOKEN_LANES, wg_x, row_lane, e);
  store_rows(token + 5u * TOKEN_LANES, wg_x, row_lane, f);
  store_rows(token + 6u * TOKEN_LANES, wg_x, row_lane, g);
  store_rows(token + 7u * TOKEN_LANES, wg_x, row_lane, h);
}

fn store_rows(token: u32, wg_x: u32, row_lane: u32, sums: vec4f) {
  if (SWIGLU) {
    let gate_tile = wg_x / 2u * 2u;
    let row = wg_x % 2u * (TILE_ROWS / 2u) + row_lane;
    store_swiglu(token, gate_tile, row, sums.x, sums.z);
    store_swiglu(token, gate_tile, row + ROW_LANES, sums.y, sums.w);
  } else {
    store_sum(token, wg_x, row_lane, sums.x);
    store_sum(token, wg_x, row_lane + ROW_LANES, sums.y);
    store_sum(token, wg_x, row_lane + 2u * ROW_LANES, sums.z);
    store_sum(token, wg_x, row_lane + 3u * ROW_LANES, sums.w);
  }
}
