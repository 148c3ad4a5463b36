// add_positions: x[p] += the table of learned positions, sampled at patch p of a grid of another size
// Source     bicubic convolution with a = -0.75, half-pixel centres, borders repeated, not antialiased: PyTorch's
//            grid_sample and interpolate, as transformers' glm4v uses them
// Shapes     table [SIDE, SIDE, D] f32; x [T, D] f32: patches first_patch … of a grid of rows × columns, in blocks of 2 × 2
// Dispatch   ceil(D / WG) × T workgroups
// Constants  WG: lanes per workgroup
// Numerics   f32; the four weights of an axis sum to 1
// Reference  src/kernels/addPositions.reference.ts
const WG: u32 = 64u;
const A = -0.75;
struct Params { side: u32, rows: u32, columns: u32, first_patch: u32, dim: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> table: array<f32>;
@group(0) @binding(2) var<storage, read_write> x: array<f32>;

/// Weights of the four neighbours of a place `f` behind the second of them.
fn weights_at(f: f32) -> vec4f {
  let far = vec2f(1.0 + f, 2.0 - f);
  let near = vec2f(f, 1.0 - f);
  let of_far = ((A * far - 5.0 * A) * far + 8.0 * A) * far - 4.0 * A;
  let of_near = ((A + 2.0) * near - (A + 3.0)) * near * near + 1.0;
  return vec4f(of_far.x, of_near.x, of_near.y, of_far.y);
}

/// Where index `i` of `count` lies in the table.
fn place_of(i: u32, count: u32) -> f32 { return (f32(i) + 0.5) * f32(params.side) / f32(count) - 0.5; }

fn neighbour(place: f32, n: u32) -> u32 {
  return u32(clamp(i32(floor(place)) + i32(n) - 1, 0, i32(params.side) - 1));
}

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.dim) { return; }
  let patch_index = params.first_patch + id.y;
  let block = patch_index / 4u; // the twin of placeOfPatch() in src/model/eyes/pixels/patches.ts
  let blocks_per_row = params.columns / 2u;
  let row = place_of(block / blocks_per_row * 2u + (patch_index % 4u) / 2u, params.rows);
  let column = place_of(block % blocks_per_row * 2u + patch_index % 2u, params.columns);
  let row_weights = weights_at(row - floor(row));
  let column_weights = weights_at(column - floor(column));
  var sum = 0.0;
  for (var i = 0u; i < 4u; i++) {
    let at = neighbour(row, i) * params.side;
    var of_row = 0.0;
    for (var j = 0u; j < 4u; j++) {
      of_row += column_weights[j] * table[(at + neighbour(column, j)) * params.dim + id.x];
    }
    sum += row_weights[i] * of_row;
  }
  x[id.y * params.dim + id.x] += sum;
}
