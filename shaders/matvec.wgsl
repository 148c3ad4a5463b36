// matvec: the sums W·x of one token or a few, a lane to a row of each of its tiles; lib/output/*.wgsl stores them
// Shapes     x [T, D] f32 or int8 in groups; W [rows, D] in tiles of any format
// Dispatch   x: a workgroup per ROWS rows of TILES tiles, y: one per TOKENS tokens; one dispatch per chunk
// Constants  ROWS, a divisor of 64; SLICES of the columns, summed in workgroup memory (ROWS·SLICES ≤ 256);
//            TILES 1, 2 or 4 per lane, which share the loads of x; TOKENS 1 or 4, which share those of W
// Variants   weight formats: lib/weights/*.wgsl; activations: lib/activations/x_*.wgsl; outputs: lib/output/*.wgsl; all joined by
//            src/kernels/matvec.ts
// Numerics   f32 sums; per group four partial sums or an exact integer, then the scale, once. Every token rounds as it
//            would alone: the same operations in the same order
// Reference  src/kernels/matmul.reference.ts
const ROWS: u32 = 64u;
const SLICES: u32 = 1u;
const TILES: u32 = 1u;
const TOKENS: u32 = 1u;
const LANES: u32 = ROWS * SLICES;
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
  let first_token = wg.y * TOKENS;
  let last_token = params.num_tokens - 1u; // so do tokens
  let x_groups = min(vec4u(0u, 1u, 2u, 3u) + first_token, vec4u(last_token)) * params.num_groups;
  var sums0 = vec4f(); var sums1 = vec4f(); var sums2 = vec4f(); var sums3 = vec4f();
  for (var group = lane.y; group < params.num_groups; group += SLICES) {
    var rows = Rows();
    rows.first = load_weights(at0, group);
    if (TILES > 1u) { rows.second = load_weights(at1, group); }
    if (TILES > 2u) {
      rows.third = load_weights(at2, group);
      rows.fourth = load_weights(at3, group);
    }
    sums0 += products(rows, x_groups.x + group);
    if (TOKENS > 1u) {
      sums1 += products(rows, x_groups.y + group);
      sums2 += products(rows, x_groups.z + group);
      sums3 += products(rows, x_groups.w + group);
    }
  }
  let to = lane.y * ROWS * TILES + lane.x;
  let end_token = min(first_token + TOKENS, params.num_tokens);
  for (var token = first_token; token < end_token; token++) {
    var sums = sums0;
    if (TOKENS > 1u) {
      sums = select(sums, sums1, token - first_token == 1u);
      sums = select(sums, sums2, token - first_token == 2u);
      sums = select(sums, sums3, token - first_token == 3u);
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
