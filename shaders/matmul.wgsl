// matmul: Y = X·Wᵀ (+ bias) (+ Y), or with SWIGLU Y = silu(X·W_gateᵀ) · (X·W_upᵀ), for many tokens
// Shapes     X [T, D] f32; W [rows, D] in tiles of any format; bias [rows] f32; Y [T, rows] or, with SWIGLU, [T, rows / 2]
// Dispatch   x: a workgroup per tile, y: one per 8·TOKEN_LANES tokens; one dispatch per chunk
// Constants  TOKEN_LANES 1..8: a workgroup is 16 × TOKEN_LANES lanes, each with 4 rows × 8 tokens; SWIGLU
// Variants   weight formats: lib/weights/*.wgsl, joined by src/kernels/weights.ts; lib/tiled_rows.wgsl comes first
// Numerics   f32 throughout; weights are scaled as they enter workgroup memory; sums over SEGMENT groups are added to
//            totals, since one running sum over D = 13696 would lose 1e-5 of the result's RMS
// Reference  src/kernels/matmul.reference.ts
//
// One step is one group of 32 columns: X and W of the step lie in workgroup memory as [column / 4][token or row], 16
// bytes each (16 KiB in all at TOKEN_LANES = 8).
@group(0) @binding(3) var<storage, read> x: array<vec4f>;
const SEGMENT = 32u;
var<workgroup> x_step: array<vec4f, GROUP_VEC4S * 8u * TOKEN_LANES>;
var<workgroup> w_step: array<vec4f, GROUP_VEC4S * TILE_ROWS>;

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

@compute @workgroup_size(ROW_LANES, TOKEN_LANES)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let row_lane = lane.x;
  let token_lane = lane.y;
  let index = token_lane * ROW_LANES + row_lane;
  let step_tokens = 8u * TOKEN_LANES;
  let first_token = wg.y * step_tokens;
  // Lane i loads vec4 i % 8 of a group for tokens i / 8, i / 8 + 2·TOKEN_LANES, …: 8 lanes read 128 bytes in a row.
  // Tokens beyond the last repeat it and are not stored.
  let vec4_in_group = index % GROUP_VEC4S;
  let token_in_step = index / GROUP_VEC4S;
  let row_stride = params.num_groups * GROUP_VEC4S;
  let last_token = params.num_tokens - 1u;
  let from_token = first_token + token_in_step;
  let from0 = min(from_token, last_token) * row_stride + vec4_in_group;
  let from1 = min(from_token + 2u * TOKEN_LANES, last_token) * row_stride + vec4_in_group;
  let from2 = min(from_token + 4u * TOKEN_LANES, last_token) * row_stride + vec4_in_group;
  let from3 = min(from_token + 6u * TOKEN_LANES, last_token) * row_stride + vec4_in_group;
  let to = vec4_in_group * step_tokens + token_in_step;
  // sum j belongs to token j: rows row_lane + 0, 16, 32, 48 of the step.
  var total0 = vec4f(); var total1 = vec4f(); var total2 = vec4f(); var total3 = vec4f();
  var total4 = vec4f(); var total5 = vec4f(); var total6 = vec4f(); var total7 = vec4f();
  for (var segment = 0u; segment < params.num_groups; segment += SEGMENT) {
    let end = min(segment + SEGMENT, params.num_groups);
    var sum0 = vec4f(); var sum1 = vec4f(); var sum2 = vec4f(); var sum3 = vec4f();
    var sum4 = vec4f(); var sum5 = vec4f(); var sum6 = vec4f(); var sum7 = vec4f();
    for (var group = segment; group < end; group++) {
      let at = group * GROUP_VEC4S;
      x_step[to] = x[from0 + at];
      x_step[to + 2u * TOKEN_LANES] = x[from1 + at];
      x_step[to + 4u * TOKEN_LANES] = x[from2 + at];
      x_step[to + 6u * TOKEN_LANES] = x[from3 + at];
      for (var row = index; row < TILE_ROWS; row += ROW_LANES * TOKEN_LANES) {
        load_w(address_of(wg.x, row), row, group);
      }
      workgroupBarrier();
      for (var k = 0u; k < GROUP_VEC4S; k++) {
        let r = k * TILE_ROWS + row_lane;
        let w = transpose(mat4x4f(
          w_step[r], w_step[r + ROW_LANES], w_step[r + 2u * ROW_LANES], w_step[r + 3u * ROW_LANES]));
        let t = k * step_tokens + token_lane;
        sum0 += w * x_step[t];
        sum1 += w * x_step[t + TOKEN_LANES];
        sum2 += w * x_step[t + 2u * TOKEN_LANES];
        sum3 += w * x_step[t + 3u * TOKEN_LANES];
        sum4 += w * x_step[t + 4u * TOKEN_LANES];
        sum5 += w * x_step[t + 5u * TOKEN_LANES];
        sum6 += w * x_step[t + 6u * TOKEN_LANES];
        sum7 += w * x_step[t + 7u * TOKEN_LANES];
      }
      workgroupBarrier();
    }
    total0 += sum0; total1 += sum1; total2 += sum2; total3 += sum3;
    total4 += sum4; total5 += sum5; total6 += sum6; total7 += sum7;
  }
  store_sums(
    first_token + token_lane, wg.x, row_lane, total0, total1, total2, total3, total4, total5, total6, total7);
}
