// matvec_subgroups: the sums W·x of one token or a few, the lanes of a workgroup along the groups of a row; lib/output/*.wgsl
//            stores them. Uses many lanes even where a matrix has few rows
// Shapes     x [T, D] f32 or int8 in groups; W [rows, D] in tiles of any format
// Dispatch   a workgroup per ROWS rows of TILES tiles; one dispatch per chunk
// Constants  WG lanes; ROWS 8, 16, 32 or 64, eight at a time; TILES
// Variants   as matvec.wgsl; `enable subgroups` comes first, from src/kernels/matvec.ts
// Numerics   as matvec.wgsl. Any subgroup size. Tokens come one after the other: caches keep the workgroup's rows
// Reference  src/kernels/matmul.reference.ts
const WG: u32 = 128u;
const ROWS: u32 = 8u;
const TILES: u32 = 1u;
const LANES: u32 = WG;
const ROWS_AT_ONCE = 8u; // 128 bytes of neighbouring blocks a lane
var<workgroup> low_sums: array<vec4f, WG>;
var<workgroup> high_sums: array<vec4f, WG>;
var<workgroup> sums: array<f32, ROWS * TILES>;

@compute @workgroup_size(WG)
fn main(
  @builtin(workgroup_id) wg: vec3u,
  @builtin(local_invocation_index) lane: u32,
  @builtin(subgroup_size) subgroup_size: u32,
) {
  let parts = TILE_ROWS / ROWS;
  let tile = wg.x / parts * TILES;
  let first_row = wg.x % parts * ROWS;
  for (var token = 0u; token < params.num_tokens; token++) {
    for (var first = 0u; first < ROWS * TILES; first += ROWS_AT_ONCE) {
      let its_tile = min(tile + first / ROWS, params.num_tiles - 1u); // tiles beyond it repeat it and are not stored
      let row = first_row + first % ROWS;
      let at0 = row_address(its_tile, row, params.num_groups);
      let at1 = row_address(its_tile, row + 1u, params.num_groups);
      let at2 = row_address(its_tile, row + 2u, params.num_groups);
      let at3 = row_address(its_tile, row + 3u, params.num_groups);
      let at4 = row_address(its_tile, row + 4u, params.num_groups);
      let at5 = row_address(its_tile, row + 5u, params.num_groups);
      let at6 = row_address(its_tile, row + 6u, params.num_groups);
      let at7 = row_address(its_tile, row + 7u, params.num_groups);
      var low = vec4f();
      var high = vec4f();
      for (var group = lane; group < params.num_groups; group += WG) {
        let activations = load_activations(token * params.num_groups + group);
        low += vec4f(
          product(load_weights(at0, group), activations), product(load_weights(at1, group), activations),
          product(load_weights(at2, group), activations), product(load_weights(at3, group), activations),
        );
        high += vec4f(
          product(load_weights(at4, group), activations), product(load_weights(at5, group), activations),
          product(load_weights(at6, group), activations), product(load_weights(at7, group), activations),
        );
      }
      low = subgroupAdd(low);
      high = subgroupAdd(high);
      low_sums[lane] = low;
      high_sums[lane] = high;
      workgroupBarrier();
      if (lane < ROWS_AT_ONCE) {
        // Subgroups are runs of neighbouring lanes, of equal size.
        var sum = 0.0;
        for (var other = 0u; other < WG; other += subgroup_size) {
          sum += select(high_sums[other][lane % 4u], low_sums[other][lane % 4u], lane < 4u);
        }
        sums[first + lane] = sum;
      }
      workgroupBarrier();
    }
    finish(token, tile, first_row, lane);
    workgroupBarrier(); // all have read the sums
  }
}

/// Sum i of the workgroup, weights as they are: of row first_row + i % ROWS of its tile i / ROWS.
fn sum_of(i: u32) -> f32 { return sums[i] * SCALE_UNIT; }
