// matmul_int8: as matmul.wgsl, of int8 activations, for GPUs with an integer dot product
// Shapes     X [T, D] int8 in groups; W [rows, D] in tiles of a quantised format; bias [rows] f32; Y [T, rows] f32 or, with
//            SWIGLU, [T, rows / 2]
// Dispatch   x: a workgroup per tile, y: one per 8·TOKEN_LANES tokens; one dispatch per chunk
// Constants  TOKEN_LANES 1..8: a workgroup is 16 × TOKEN_LANES lanes, each with 4 rows × 8 tokens; SWIGLU
// Variants   lib/activations/dot4_nibbles.wgsl or lib/activations/dot4_bytes.wgsl, joined by
//            src/kernels/matmulTiled.ts, lib/tiled_rows.wgsl first
// Numerics   the dot of a group is an exact integer; it is scaled and added in f32
// Reference  src/kernels/matmul.reference.ts
//
// One step is one group of 32 columns, 5 KiB of workgroup memory at TOKEN_LANES = 8. A lane keeps the codes of its four
// rows in registers while its eight tokens come by.
@group(0) @binding(3) var<storage, read> x: array<vec4u>;
var<workgroup> x_step: array<vec4u, QUANTIZED_BLOCKS * 8u * TOKEN_LANES>; // [block][token]
var<workgroup> w_codes: array<Integers, TILE_ROWS>;
var<workgroup> w_scales: array<vec2f, TILE_ROWS>; // and mins

/// Four rows of the step, 16 apart.
struct Rows { a: Integers, b: Integers, c: Integers, d: Integers, scales: vec4f, mins: vec4f }

fn load_rows(row: u32) -> Rows {
  let a = w_scales[row];
  let b = w_scales[row + ROW_LANES];
  let c = w_scales[row + 2u * ROW_LANES];
  let d = w_scales[row + 3u * ROW_LANES];
  return Rows(
    w_codes[row], w_codes[row + ROW_LANES], w_codes[row + 2u * ROW_LANES], w_codes[row + 3u * ROW_LANES],
    vec4f(a.x, b.x, c.x, d.x), vec4f(a.y, b.y, c.y, d.y),
  );
}

/// The group's share of the rows' sums for one token of the step, without SCALE_UNIT.
fn products(rows: Rows, token: u32) -> vec4f {
  let stats = x_step[16u * TOKEN_LANES + token];
  let of_token = Activations(
    x_step[token], x_step[8u * TOKEN_LANES + token], bitcast<f32>(stats.x), bitcast<i32>(stats.y));
  let dots = vec4i(
    dot_integers(rows.a, of_token), dot_integers(rows.b, of_token),
    dot_integers(rows.c, of_token), dot_integers(rows.d, of_token),
  ) - i32(ZERO_POINT) * of_token.sum;
  let values = rows.scales * vec4f(dots);
  if (SCALE_PLANES < 2u) { return values * of_token.scale; }
  return (values + rows.mins * f32(of_token.sum)) * of_token.scale;
}

@compute @workgroup_size(ROW_LANES, TOKEN_LANES)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let row_lane = lane.x;
  let token_lane = lane.y;
  let index = token_lane * ROW_LANES + row_lane;
  let lanes = ROW_LANES * TOKEN_LANES;
  let step_tokens = 8u * TOKEN_LANES;
  let first_token = wg.y * step_tokens;
  let present = min(params.num_tokens - first_token, step_tokens); // the others hold anything and are not stored
  let row_stride = params.num_groups * QUANTIZED_BLOCKS;
  // sum j belongs to token j: rows row_lane + 0, 16, 32, 48 of the step.
  var sum0 = vec4f(); var sum1 = vec4f(); var sum2 = vec4f(); var sum3 = vec4f();
  var sum4 = vec4f(); var sum5 = vec4f(); var sum6 = vec4f(); var sum7 = vec4f();
  for (var group = 0u; group < params.num_groups; group++) {
    for (var i = index; i < QUANTIZED_BLOCKS * present; i += lanes) {
      let token = i / QUANTIZED_BLOCKS; // neighbours read 48 bytes in a row
      let block = i % QUANTIZED_BLOCKS;
      x_step[block * step_tokens + token] =
        x[(first_token + token) * row_stride + group * QUANTIZED_BLOCKS + block];
    }
    for (var row = index; row < TILE_ROWS; row += lanes) {
      let at = address_of(wg.x, row);
      w_codes[row] = load_integers(at.block + group * (TILE_ROWS * GROUP_BLOCKS));
      w_scales[row] = vec2f(load_scale(at, group), load_min(at, group));
    }
    workgroupBarrier();
    let rows = load_rows(row_lane);
    sum0 += products(rows, token_lane);
    sum1 += products(rows, token_lane + TOKEN_LANES);
    sum2 += products(rows, token_lane + 2u * TOKEN_LANES);
    sum3 += products(rows, token_lane + 3u * TOKEN_LANES);
    sum4 += products(rows, token_lane + 4u * TOKEN_LANES);
    sum5 += products(rows, token_lane + 5u * TOKEN_LANES);
    sum6 += products(rows, token_lane + 6u * TOKEN_LANES);
    sum7 += products(rows, token_lane + 7u * TOKEN_LANES);
    workgroupBarrier();
  }
  store_sums(first_token + token_lane, wg.x, row_lane, sum0, sum1, sum2, sum3, sum4, sum5, sum6, sum7);
}
