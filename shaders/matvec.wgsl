// matvec: the sums W·x of one token, a lane to a row of each of its tiles; lib/output_*.wgsl stores them
// Shapes     x [D] f32 or int8 in groups; W [rows, D] in tiles of any format
// Dispatch   a workgroup per ROWS rows of TILES tiles; one dispatch per chunk
// Override   ROWS, a divisor of 64; SLICES of the columns, summed in workgroup memory (ROWS·SLICES ≤ 256);
//            TILES 1, 2 or 4 per lane, which share the loads of x
// Variants   weight formats: lib/weights_*.wgsl; activations: lib/x_*.wgsl; outputs: lib/output_*.wgsl; all joined by
//            src/kernels/matvec.ts
// Numerics   f32 sums; per group four partial sums or an exact integer, then the scale, once
// Reference  src/kernels/matmul.reference.ts
override ROWS: u32 = 64u;
override SLICES: u32 = 1u;
override TILES: u32 = 1u;
override LANES: u32 = ROWS * SLICES;
var<workgroup> partials: array<f32, ROWS * TILES * SLICES>;

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
  var sums = vec4f();
  for (var group = lane.y; group < params.num_groups; group += SLICES) {
    let activations = load_activations(group);
    sums.x += product(at0, group, activations);
    if (TILES > 1u) {
      sums.y += product(at1, group, activations);
    }
    if (TILES > 2u) {
      sums.z += product(at2, group, activations);
      sums.w += product(at3, group, activations);
    }
  }
  let to = lane.y * ROWS * TILES + lane.x;
  partials[to] = sums.x;
  if (TILES > 1u) { partials[to + ROWS] = sums.y; }
  if (TILES > 2u) {
    partials[to + 2u * ROWS] = sums.z;
    partials[to + 3u * ROWS] = sums.w;
  }
  workgroupBarrier();
  finish(tile, first_row, index);
}

/// Sum i of the workgroup, weights as they are: of row first_row + i % ROWS of its tile i / ROWS.
fn sum_of(i: u32) -> f32 {
  var sum = partials[i];
  for (var slice = 1u; slice < SLICES; slice++) {
    sum += partials[slice * ROWS * TILES + i];
  }
  return sum * SCALE_UNIT;
}
