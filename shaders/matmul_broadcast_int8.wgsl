// matmul_broadcast_int8: as matmul_broadcast.wgsl, of int8 activations
// Shapes     X [T, D] int8 in groups; W [rows, D] in tiles of a quantised format; bias [rows] f32; Y [T, rows] f32 or, with
//            SWIGLU, [T, rows / 2]
// Dispatch   x: a workgroup per two tiles, y: one per 8 tokens; one dispatch per chunk
// Constants  SUBGROUP: lanes of a subgroup, 4 or at least 8, the same in all; FEW: at most 4 tokens; SWIGLU
// Variants   lib/activations/columns_nibbles.wgsl or lib/activations/columns_bytes.wgsl, joined by
//            src/kernels/matmulBroadcast.ts, lib/broadcast_columns.wgsl first
// Numerics   the dot of a group is an exact integer, then it is scaled and added in f32 as matvec.wgsl with one slice
//            does it: every token rounds as it would alone
// Reference  src/kernels/matmul.reference.ts
//
// A lane owns a row of both tiles; lane t of a subgroup loads a group of token t and takes its codes apart, and all
// lanes take them from it by subgroupBroadcast.
@group(0) @binding(3) var<storage, read> x: array<vec4u>;
const QUANTIZED_BLOCKS = 3u; // twin: lib/activations/quantize_dot4.wgsl
alias Value = i32; // Sums are of one group: its dots

/// The sums of all groups, scaled; the fields as in Sums.
struct Totals { first_low: vec4f, first_high: vec4f, second_low: vec4f, second_high: vec4f }
/// A group of the lane's token.
struct Activations { columns: Columns, scale: f32, sum: i32 }

fn dots_of(first: Columns, second: Columns, low: Columns, high: Columns) -> Sums {
  var dots = add_columns(Sums(), first.a, second.a, low.a, high.a);
  dots = add_columns(dots, first.b, second.b, low.b, high.b);
  dots = Sums(
    settle(dots.first_low), settle(dots.first_high), settle(dots.second_low), settle(dots.second_high));
  if (!HAS_SECOND_HALF) { return dots; }
  var more = add_columns(Sums(), first.c, second.c, low.c, high.c);
  more = add_columns(more, first.d, second.d, low.d, high.d);
  return Sums(
    dots.first_low + settle(more.first_low), dots.first_high + settle(more.first_high),
    dots.second_low + settle(more.second_low), dots.second_high + settle(more.second_high));
}

/// A group's shares of the row's sums, without SCALE_UNIT. The twin of product in lib/activations/x_int8.wgsl.
fn products(dots: vec4i, scale: f32, minimum: f32, x_scales: vec4f, x_sums: vec4i) -> vec4f {
  let value = scale * vec4f(dots - i32(ZERO_POINT) * x_sums);
  if (SCALE_PLANES < 2u) { return value * x_scales; }
  return (value + minimum * vec4f(x_sums)) * x_scales;
}

fn load_x(at: u32) -> Activations {
  let stats = x[at + 2u];
  return Activations(columns_of_x(x[at], x[at + 1u]), bitcast<f32>(stats.x), bitcast<i32>(stats.y));
}

@compute @workgroup_size(TILE_ROWS)
fn main(
  @builtin(workgroup_id) wg: vec3u,
  @builtin(local_invocation_index) row: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let own = lane_of(wg, row, lane, params.num_groups * QUANTIZED_BLOCKS);
  var total = Totals();
  for (var group = 0u; group < params.num_groups; group++) {
    let low = load_x(own.from_low + group * QUANTIZED_BLOCKS);
    var high = low;
    if (SUBGROUP < 8u && !FEW) { high = load_x(own.from_high + group * QUANTIZED_BLOCKS); }
    let block = group * (TILE_ROWS * GROUP_BLOCKS);
    let dots = dots_of(
      columns_of_w(own.at0.block + block), columns_of_w(own.at1.block + block), low.columns, high.columns);
    let scale0 = load_scale(own.at0, group);
    let scale1 = load_scale(own.at1, group);
    let min0 = load_min(own.at0, group);
    let min1 = load_min(own.at1, group);
    let scales_low = bitcast<vec4f>(of_tokens_0_to_3(bitcast<i32>(low.scale)));
    let sums_low = of_tokens_0_to_3(low.sum);
    total.first_low += products(dots.first_low, scale0, min0, scales_low, sums_low);
    total.second_low += products(dots.second_low, scale1, min1, scales_low, sums_low);
    if (!FEW) {
      let scales_high = bitcast<vec4f>(of_tokens_4_to_7(bitcast<i32>(low.scale), bitcast<i32>(high.scale)));
      let sums_high = of_tokens_4_to_7(low.sum, high.sum);
      total.first_high += products(dots.first_high, scale0, min0, scales_high, sums_high);
      total.second_high += products(dots.second_high, scale1, min1, scales_high, sums_high);
    }
  }
  store_all(own, total.first_low, total.first_high, total.second_low, total.second_high);
}
