// matvec: the sums W·x of one token or a few, a lane to a row of each of its tiles; lib/output_*.wgsl stores them
// Shapes     x [T, D] f32 or int8 in groups; W [rows, D] in tiles of any format
// Dispatch   a workgroup per ROWS rows of TILES tiles; one dispatch per chunk
// Override   ROWS, a divisor of 64; SLICES of the columns, summed in workgroup memory (ROWS·SLICES ≤ 256);
//            TILES 1, 2 or 4 per lane, which share the loads of x; TOKENS 1, 4 or 8, at least T, which share those of W
// Variants   weight formats: lib/weights_*.wgsl; activations: lib/x_*.wgsl; outputs: lib/output_*.wgsl; all joined by
//            src/kernels/matvec.ts
// Numerics   f32 sums; per group four partial sums or an exact integer, then the scale, once. Every token rounds as it
//            would alone: the same operations in the same order
// Reference  src/kernels/matmul.reference.ts
override ROWS: u32 = 64u;
override SLICES: u32 = 1u;
override TILES: u32 = 1u;
override TOKENS: u32 = 1u;
override LANES: u32 = ROWS * SLICES;
var<workgroup> partials: array<f32, ROWS * TILES * SLICES>;

/// A group of a row in each of the tiles.
struct Rows { first: Weights, second: Weights, third: Weights, fourth: Weights }

fn products(rows: Rows, group: u32) -> vec4f {
  let activations = load_activations(group);
  var sums = vec4f(product(rows.first, activations), 0.0, 0.0, 0.0);
  if (TILES > 1u) { sums.y = product(rows.second, activations); }
  if (TILES > 2u) {
    sums.z = product(rows.third, activations);
    sums.w = product(rows.fourth, activations);
  }
  return sums;
}

@compute @workgroup_size(ROWS, SLICES)
fn main(
  @builtin(workgroup_id) wg: vec3u,
  @builtin(local_invocation_id) lane: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let parts = TILE_ROWS / ROWS;
  let tile = wg.x / parts * TILES;
  let first_row = wg.x % parts * ROWS;
  let row = first_row + lane.x;
  let last = params.num_tiles - 1u; // tiles beyond it repeat it and are not stored
  let at0 = row_address(tile, row, params.num_groups);
  let at1 = row_address(min(tile + 1u, last), row, params.num_groups);
  let at2 = row_address(min(tile + 2u, last), row, params.num_groups);
  let at3 = row_address(min(tile + 3u, last), row, params.num_groups);
  let low = min(vec4u(0u, 1u, 2u, 3u), vec4u(params.num_tokens - 1u)) * params.num_groups; // so do tokens
  let high = min(vec4u(4u, 5u, 6u, 7u), vec4u(params.num_tokens - 1u)) * params.num_groups;
  var sums0 = vec4f(); var sums1 = vec4f(); var sums2 = vec4f(); var sums3 = vec4f();
  var sums4 = vec4f(); var sums5 = vec4f(); var sums6 = vec4f(); var sums7 = vec4f();
  for (var group = lane.y; group < params.num_groups; group += SLICES) {
    var rows = Rows();
    rows.first = load_weights(at0, group);
    if (TILES > 1u) { rows.second = load_weights(at1, group); }
    if (TILES > 2u) {
      rows.third = load_weights(at2, group);
      rows.fourth = load_weights(at3, group);
    }
    sums0 += products(rows, group);
    if (TOKENS > 1u) {
      sums1 += products(rows, low.y + group);
      sums2 += products(rows, low.z + group);
      sums3 += products(rows, low.w + group);
    }
    if (TOKENS > 4u) {
      sums4 += products(rows, high.x + group);
      sums5 += products(rows, high.y + group);
      sums6 += products(rows, high.z + group);
      sums7 += products(rows, high.w + group);
    }
  }
  let to = lane.y * ROWS * TILES + lane.x;
  for (var token = 0u; token < params.num_tokens; token++) { // not bounded by TOKENS: it would be unrolled
    var sums = sums0;
    if (TOKENS > 1u) {
      sums = select(sums, sums1, token == 1u);
      sums = select(sums, sums2, token == 2u);
      sums = select(sums, sums3, token == 3u);
    }
    if (TOKENS > 4u) {
      sums = select(sums, sums4, token == 4u);
      sums = select(sums, sums5, token == 5u);
      sums = select(sums, sums6, token == 6u);
      sums = select(sums, sums7, token == 7u);
    }
    workgroupBarrier(); // all have read the token before
    share(to, index, sums);
    finish(token, tile, first_row, index);
  }
}

/// Gives the workgroup a lane's sums of one token, and adds up the slices: once, since outputs read some sums twice.
fn share(to: u32, index: u32, sums: vec4f) {
  partials[to] = sums.x;
  if (TILES > 1u) { partials[to + ROWS] = sums.y; }
  if (TILES > 2u) {
    partials[to + 2u * ROWS] = sums.z;
    partials[to + 3u * ROWS] = sums.w;
  }
  workgroupBarrier();
  if (SLICES == 1u) { return; }
  for (var i = index; i < ROWS * TILES; i += LANES) {
    var sum = partials[i];
    for (var slice = 1u; slice < SLICES; slice++) { sum += partials[slice * ROWS * TILES + i]; }
    partials[i] = sum;
  }
  workgroupBarrier();
}

/// Sum i of the workgroup, weights as they are: of row first_row + i % ROWS of its tile i / ROWS.
fn sum_of(i: u32) -> f32 { return partials[i] * SCALE_UNIT; }
