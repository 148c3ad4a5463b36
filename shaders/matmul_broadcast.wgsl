// matmul_broadcast: Y = X·Wᵀ (+ bias) (+ Y), or with SWIGLU Y = silu(X·W_gateᵀ) · (X·W_upᵀ), for 8 tokens at a time
// Shapes     X [T, D] f32; W [rows, D] in tiles of any format; bias [rows] f32; Y [T, rows] or, with SWIGLU, [T, rows / 2]
// Dispatch   x: a workgroup per two tiles, y: one per 8 tokens; one dispatch per chunk
// Constants  SUBGROUP: lanes of a subgroup, 4 or at least 8, the same in all; FEW: at most 4 tokens; SWIGLU
// Variants   weight formats: lib/weights/*.wgsl; lib/broadcast_columns.wgsl comes first, joined by
//            src/kernels/matmulBroadcast.ts
// Numerics   f32 throughout; a group of 32 is summed without its scale, then scaled and added to the total
// Reference  src/kernels/matmul.reference.ts
//
// For adapters on which a load costs as much as many multiplications, such as those that run on a CPU: a lane owns a row
// of both tiles and keeps its weights in registers; lane t of a subgroup loads the activations of token t, four columns
// at a time, and all lanes take them from it by subgroupBroadcast. No workgroup memory, no barriers.
@group(0) @binding(3) var<storage, read> x: array<vec4f>;

alias Value = f32;
fn multiply(w: f32, x: vec4f) -> vec4f { return w * x; }

/// Four columns, whose activations lie at x[at_low] and x[at_high].
fn add_products(sums: Sums, first: vec4f, second: vec4f, at_low: u32, at_high: u32) -> Sums {
  let low = x[at_low];
  var high = low;
  if (SUBGROUP < 8u && !FEW) { high = x[at_high]; }
  return add_columns(sums, first, second, low, high);
}

@compute @workgroup_size(TILE_ROWS)
fn main(
  @builtin(workgroup_id) wg: vec3u,
  @builtin(local_invocation_index) row: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let own = lane_of(wg, row, lane, params.num_groups * GROUP_VEC4S);
  var total = Sums();
  for (var group = 0u; group < params.num_groups; group++) {
    let w0 = load_group(own.at0, group);
    let w1 = load_group(own.at1, group);
    let at_x = group * GROUP_VEC4S;
    let low = own.from_low + at_x;
    let high = own.from_high + at_x;
    var sums = Sums();
    sums = add_products(sums, w0.a, w1.a, low, high);
    sums = add_products(sums, w0.b, w1.b, low + 1u, high + 1u);
    sums = add_products(sums, w0.c, w1.c, low + 2u, high + 2u);
    sums = add_products(sums, w0.d, w1.d, low + 3u, high + 3u);
    sums = add_products(sums, w0.e, w1.e, low + 4u, high + 4u);
    sums = add_products(sums, w0.f, w1.f, low + 5u, high + 5u);
    sums = add_products(sums, w0.g, w1.g, low + 6u, high + 6u);
    sums = add_products(sums, w0.h, w1.h, low + 7u, high + 7u);
    let scale0 = load_scale(own.at0, group);
    let scale1 = load_scale(own.at1, group);
    total.first_low += scale0 * sums.first_low;
    total.first_high += scale0 * sums.first_high;
    total.second_low += scale1 * sums.second_low;
    total.second_high += scale1 * sums.second_high;
    if (SCALE_PLANES == 2u) {
      total = add_column(total, load_min(own.at0, group), load_min(own.at1, group), sum_x(low), sum_x(high));
    }
  }
  store_all(own, total.first_low, total.first_high, total.second_low, total.second_high);
}

fn sum_x(at: u32) -> f32 {
  return sum_group(Group(x[at], x[at + 1u], x[at + 2u], x[at + 3u], x[at + 4u], x[at + 5u], x[at + 6u], x[at + 7u]));
}
