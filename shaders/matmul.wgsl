// matmul: Y = X·Wᵀ (+ bias) (+ Y), or with SWIGLU Y = silu(X·W_gateᵀ) · (X·W_upᵀ), for many tokens
// Shapes     X [T, D] f32; W [rows, D] in tiles of any format; bias [rows] f32; Y [T, rows] or, with SWIGLU, [T, rows / 2]
// Dispatch   x: a workgroup per tile, y: one per 8·TOKEN_LANES tokens; one dispatch per chunk
// Override   TOKEN_LANES 1..8: a workgroup is 8·TOKEN_LANES lanes of 8 tokens × 8 rows; SWIGLU
// Variants   weight formats: lib/weights_*.wgsl, joined by src/kernels/weights.ts
// Numerics   f32 throughout; weights are scaled as they enter workgroup memory; sums over SEGMENT groups are added to
//            totals, since one running sum over D = 13696 would lose 1e-5 of the result's RMS
// Reference  src/kernels/matmul.reference.ts
//
// One step is one group of 32 columns: X and W of the step lie in workgroup memory as [column / 4][token or row], 16
// bytes each (16 KiB in all at TOKEN_LANES = 8). With SWIGLU the 64 rows are 32 of a gate tile, then the same 32 of
// its up tile, so that a lane holds both factors of its outputs.
override TOKEN_LANES: u32 = 8u;
override SWIGLU: bool = false;
const SEGMENT = 32u;
const ROW_LANES = 8u;
struct Params {
  num_groups: u32, rows: u32, interleaved: u32, first_tile: u32, num_tiles: u32, has_bias: u32, accumulate: u32,
  num_tokens: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> x: array<vec4f>;
@group(0) @binding(4) var<storage, read> bias: array<f32>; // x again when there is none
@group(0) @binding(5) var<storage, read_write> y: array<f32>;
var<workgroup> x_step: array<vec4f, GROUP_VEC4S * 8u * TOKEN_LANES>;
var<workgroup> w_step: array<vec4f, GROUP_VEC4S * TILE_ROWS>;

/// Where the step's row `row` is in the chunk.
fn address_of(wg_x: u32, row: u32) -> RowAddress {
  if (!SWIGLU) { return row_address(wg_x, row, params.num_groups); }
  let half_tile = TILE_ROWS / 2u;
  let tile = wg_x / 2u * 2u + row / half_tile;
  return row_address(tile, wg_x % 2u * half_tile + row % half_tile, params.num_groups);
}

fn load_w(at: RowAddress, row: u32, group: u32) {
  let codes = load_group(at, group);
  let scale = load_scale(at, group);
  let minimum = load_min(at, group);
  w_step[row] = codes.a * scale + minimum;
  w_step[TILE_ROWS + row] = codes.b * scale + minimum;
  w_step[2u * TILE_ROWS + row] = codes.c * scale + minimum;
  w_step[3u * TILE_ROWS + row] = codes.d * scale + minimum;
  w_step[4u * TILE_ROWS + row] = codes.e * scale + minimum;
  w_step[5u * TILE_ROWS + row] = codes.f * scale + minimum;
  w_step[6u * TILE_ROWS + row] = codes.g * scale + minimum;
  w_step[7u * TILE_ROWS + row] = codes.h * scale + minimum;
}

fn store(token: u32, wg_x: u32, row_lane: u32, sums_a: vec4f, sums_b: vec4f) {
  if (token >= params.num_tokens) { return; }
  let a = sums_a * SCALE_UNIT;
  let b = sums_b * SCALE_UNIT;
  if (SWIGLU) {
    let product = a / (1.0 + exp(min(-a, vec4f(80.0)))) * b; // without the limit exp would reach infinity
    let first = (params.first_tile + wg_x) / 2u * TILE_ROWS + wg_x % 2u * (TILE_ROWS / 2u) + row_lane;
    store_product(token, first, product.x);
    store_product(token, first + ROW_LANES, product.y);
    store_product(token, first + 2u * ROW_LANES, product.z);
    store_product(token, first + 3u * ROW_LANES, product.w);
  } else {
    let tile = params.first_tile + wg_x;
    store_sum(token, tile, row_lane, a.x);
    store_sum(token, tile, row_lane + ROW_LANES, a.y);
    store_sum(token, tile, row_lane + 2u * ROW_LANES, a.z);
    store_sum(token, tile, row_lane + 3u * ROW_LANES, a.w);
    store_sum(token, tile, row_lane + 4u * ROW_LANES, b.x);
    store_sum(token, tile, row_lane + 5u * ROW_LANES, b.y);
    store_sum(token, tile, row_lane + 6u * ROW_LANES, b.z);
    store_sum(token, tile, row_lane + 7u * ROW_LANES, b.w);
  }
}

fn store_product(token: u32, row: u32, product: f32) {
  let width = params.rows / 2u;
  if (row < width) { y[token * width + row] = product; }
}

fn store_sum(token: u32, tile: u32, row_in_tile: u32, value: f32) {
  let row = row_of_tile(tile, row_in_tile, params.rows, params.interleaved);
  if (row >= params.rows) { return; }
  let to = token * params.rows + row;
  var sum = value;
  if (params.has_bias != 0u) { sum += bias[row]; }
  if (params.accumulate != 0u) { sum += y[to]; }
  y[to] = sum;
}

@compute @workgroup_size(ROW_LANES, TOKEN_LANES)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let row_lane = lane.x;
  let token_lane = lane.y;
  let index = token_lane * ROW_LANES + row_lane;
  let step_tokens = 8u * TOKEN_LANES;
  let first_token = wg.y * step_tokens;
  let row_stride = params.num_groups * GROUP_VEC4S;
  // Lane (k, j) loads vec4 k of a group for tokens j, j + TOKEN_LANES, …: 128 bytes in a row for every 8 lanes.
  // Tokens beyond the last repeat it and are not stored.
  let last_token = params.num_tokens - 1u;
  let token = first_token + token_lane;
  let from0 = min(token, last_token) * row_stride + row_lane;
  let from1 = min(token + TOKEN_LANES, last_token) * row_stride + row_lane;
  let from2 = min(token + 2u * TOKEN_LANES, last_token) * row_stride + row_lane;
  let from3 = min(token + 3u * TOKEN_LANES, last_token) * row_stride + row_lane;
  let from4 = min(token + 4u * TOKEN_LANES, last_token) * row_stride + row_lane;
  let from5 = min(token + 5u * TOKEN_LANES, last_token) * row_stride + row_lane;
  let from6 = min(token + 6u * TOKEN_LANES, last_token) * row_stride + row_lane;
  let from7 = min(token + 7u * TOKEN_LANES, last_token) * row_stride + row_lane;
  let to = row_lane * step_tokens + token_lane;
  // Totals of token j: a_j rows row_lane + 0, 8, 16, 24 of the step, b_j rows 32, 40, 48, 56 further on.
  var a0 = vec4f(); var a1 = vec4f(); var a2 = vec4f(); var a3 = vec4f();
  var a4 = vec4f(); var a5 = vec4f(); var a6 = vec4f(); var a7 = vec4f();
  var b0 = vec4f(); var b1 = vec4f(); var b2 = vec4f(); var b3 = vec4f();
  var b4 = vec4f(); var b5 = vec4f(); var b6 = vec4f(); var b7 = vec4f();
  for (var segment = 0u; segment < params.num_groups; segment += SEGMENT) {
    let end = min(segment + SEGMENT, params.num_groups);
    var sum_a0 = vec4f(); var sum_a1 = vec4f(); var sum_a2 = vec4f(); var sum_a3 = vec4f();
    var sum_a4 = vec4f(); var sum_a5 = vec4f(); var sum_a6 = vec4f(); var sum_a7 = vec4f();
    var sum_b0 = vec4f(); var sum_b1 = vec4f(); var sum_b2 = vec4f(); var sum_b3 = vec4f();
    var sum_b4 = vec4f(); var sum_b5 = vec4f(); var sum_b6 = vec4f(); var sum_b7 = vec4f();
    for (var group = segment; group < end; group++) {
      let at = group * GROUP_VEC4S;
      x_step[to] = x[from0 + at];
      x_step[to + TOKEN_LANES] = x[from1 + at];
      x_step[to + 2u * TOKEN_LANES] = x[from2 + at];
      x_step[to + 3u * TOKEN_LANES] = x[from3 + at];
      x_step[to + 4u * TOKEN_LANES] = x[from4 + at];
      x_step[to + 5u * TOKEN_LANES] = x[from5 + at];
      x_step[to + 6u * TOKEN_LANES] = x[from6 + at];
      x_step[to + 7u * TOKEN_LANES] = x[from7 + at];
      for (var row = index; row < TILE_ROWS; row += ROW_LANES * TOKEN_LANES) {
        load_w(address_of(wg.x, row), row, group);
      }
      workgroupBarrier();
      for (var k = 0u; k < GROUP_VEC4S; k++) {
        let w = k * TILE_ROWS + row_lane;
        let wa = transpose(mat4x4f(
          w_step[w], w_step[w + ROW_LANES], w_step[w + 2u * ROW_LANES], w_step[w + 3u * ROW_LANES]));
        let wb = transpose(mat4x4f(
          w_step[w + 4u * ROW_LANES], w_step[w + 5u * ROW_LANES], w_step[w + 6u * ROW_LANES], w_step[w + 7u * ROW_LANES]));
        let t = k * step_tokens + token_lane;
        let x0 = x_step[t];
        sum_a0 += wa * x0;
        sum_b0 += wb * x0;
        let x1 = x_step[t + TOKEN_LANES];
        sum_a1 += wa * x1;
        sum_b1 += wb * x1;
        let x2 = x_step[t + 2u * TOKEN_LANES];
        sum_a2 += wa * x2;
        sum_b2 += wb * x2;
        let x3 = x_step[t + 3u * TOKEN_LANES];
        sum_a3 += wa * x3;
        sum_b3 += wb * x3;
        let x4 = x_step[t + 4u * TOKEN_LANES];
        sum_a4 += wa * x4;
        sum_b4 += wb * x4;
        let x5 = x_step[t + 5u * TOKEN_LANES];
        sum_a5 += wa * x5;
        sum_b5 += wb * x5;
        let x6 = x_step[t + 6u * TOKEN_LANES];
        sum_a6 += wa * x6;
        sum_b6 += wb * x6;
        let x7 = x_step[t + 7u * TOKEN_LANES];
        sum_a7 += wa * x7;
        sum_b7 += wb * x7;
      }
      workgroupBarrier();
    }
    a0 += sum_a0; a1 += sum_a1; a2 += sum_a2; a3 += sum_a3;
    a4 += sum_a4; a5 += sum_a5; a6 += sum_a6; a7 += sum_a7;
    b0 += sum_b0; b1 += sum_b1; b2 += sum_b2; b3 += sum_b3;
    b4 += sum_b4; b5 += sum_b5; b6 += sum_b6; b7 += sum_b7;
  }
  store(token, wg.x, row_lane, a0, b0);
  store(token + TOKEN_LANES, wg.x, row_lane, a1, b1);
  store(token + 2u * TOKEN_LANES, wg.x, row_lane, a2, b2);
  store(token + 3u * TOKEN_LANES, wg.x, row_lane, a3, b3);
  store(token + 4u * TOKEN_LANES, wg.x, row_lane, a4, b4);
  store(token + 5u * TOKEN_LANES, wg.x, row_lane, a5, b5);
  store(token + 6u * TOKEN_LANES, wg.x, row_lane, a6, b6);
  store(token + 7u * TOKEN_LANES, wg.x, row_lane, a7, b7);
}
