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
struct Params {
  num_groups: u32, rows: u32, interleaved: u32, first_tile: u32, num_tiles: u32, has_bias: u32, accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> x: array<vec4f>;
@group(0) @binding(4) var<storage, read> bias: array<f32>; // x again when there is none
@group(0) @binding(5) var<storage, read_write> y: array<f32>;
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

fn store(tile: u32, row_in_tile: u32, value: f32) {
  let row = row_of_tile(params.first_tile + tile, row_in_tile, params.rows, params.interleaved);
  if (tile >= params.num_tiles || row >= params.rows) { return; }
  var sum = value;
  if (params.has_bias != 0u) { sum += bias[row]; }
  if (params.accumulate != 0u) { sum += y[row]; }
  y[row] = sum;
}

fn store_swiglu(gate_tile: u32, row_in_tile: u32, gate: f32, up: f32) {
  let row = (params.first_tile + gate_tile) / 2u * TILE_ROWS + row_in_tile;
  if (gate_tile >= params.num_tiles || row >= params.rows / 2u) { return; }
  y[row] = gate / (1.0 + exp(min(-gate, 80.0))) * up; // without the limit exp would reach infinity
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
  sums *= SCALE_UNIT;
  if (SWIGLU) {
    store_swiglu(tile, row, sums.x, sums.y);
    if (TILES > 2u) { store_swiglu(tile + 2u, row, sums.z, sums.w); }
  } else {
    store(tile, row, sums.x);
    if (TILES > 1u) { store(tile + 1u, row, sums.y); }
    if (TILES > 2u) {
      store(tile + 2u, row, sums.z);
      store(tile + 3u, row, sums.w);
    }
  }
}
