// matvec: y = W·x (+ bias) (+ y), or with SWIGLU y = silu(W_gate·x) · (W_up·x), for one token
// Shapes     x [D] f32; W [rows, D] in tiles of any format; bias [rows] f32; y [rows] or, with SWIGLU, [rows / 2]
// Dispatch   a workgroup per ROWS rows of TILES tiles; one dispatch per chunk
// Override   ROWS, a divisor of 64; SLICES of the columns, summed in workgroup memory (ROWS·SLICES ≤ 256);
//            TILES 1, 2 or 4 per lane, which share the loads of x; SWIGLU wants 2 or 4
// Variants   weight formats: lib/weights_*.wgsl, joined by src/kernels/weights.ts
// Numerics   f32 throughout; four partial sums per group of 32, then the scale, once
// Reference  src/kernels/matmul.reference.ts
override ROWS: u32 = 64u;
override SLICES: u32 = 1u;
override TILES: u32 = 1u;
override SWIGLU: bool = false;
var<workgroup> partials: array<vec4f, ROWS * SLICES>;

fn load_x(group: u32) -> Group {
  let i = group * GROUP_VEC4S;
  return Group(x[i], x[i + 1u], x[i + 2u], x[i + 3u], x[i + 4u], x[i + 5u], x[i + 6u], x[i + 7u]);
}

fn partial_sum(at: RowAddress, group: u32, activations: Group, sum_x: f32) -> f32 {
  let dot = load_scale(at, group) * dot_group(load_group(at, group), activations);
  if (SCALE_PLANES < 2u) { return dot; }
  return dot + load_min(at, group) * sum_x;
}

@compute @workgroup_size(ROWS, SLICES)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let parts = TILE_ROWS / ROWS;
  let tile = wg.x / parts * TILES;
  let row = wg.x % parts * ROWS + lane.x;
  let slice = lane.y;
  let last = params.num_tiles - 1u; // tiles beyond it repeat it and are not stored
  let at0 = row_address(tile, row, params.num_groups);
  let at1 = row_address(min(tile + 1u, last), row, params.num_groups);
  let at2 = row_address(min(tile + 2u, last), row, params.num_groups);
  let at3 = row_address(min(tile + 3u, last), row, params.num_groups);
  var sums = vec4f();
  for (var group = slice; group < params.num_groups; group += SLICES) {
    let activations = load_x(group);
    let sum_x = sum_group(activations);
    sums.x += partial_sum(at0, group, activations, sum_x);
    if (TILES > 1u) {
      sums.y += partial_sum(at1, group, activations, sum_x);
    }
    if (TILES > 2u) {
      sums.z += partial_sum(at2, group, activations, sum_x);
      sums.w += partial_sum(at3, group, activations, sum_x);
    }
  }
  if (SLICES > 1u) {
    partials[slice * ROWS + lane.x] = sums;
    workgroupBarrier();
    if (slice > 0u) { return; }
    for (var other = 1u; other < SLICES; other++) {
      sums += partials[other * ROWS + lane.x];
    }
  }
  if (SWIGLU) {
    store_swiglu(0u, tile, row, sums.x, sums.y);
    if (TILES > 2u) { store_swiglu(0u, tile + 2u, row, sums.z, sums.w); }
  } else {
    store_sum(0u, tile, row, sums.x);
    if (TILES > 1u) { store_sum(0u, tile + 1u, row, sums.y); }
    if (TILES > 2u) {
      store_sum(0u, tile + 2u, row, sums.z);
      store_sum(0u, tile + 3u, row, sums.w);
    }
  }
}
