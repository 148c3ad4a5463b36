// mean_rows: y[i,d] = mean of x[t,d] over the rows t of range i
// Shapes     x [T, D] f32; ranges [N, 2] u32: first row, number of rows; y [N, D] f32
// Dispatch   ceil(D / WG) × N workgroups
// Constants  WG: lanes per workgroup
// Numerics   f32, summed in the order of the rows
// Reference  src/kernels/meanRows.reference.ts
const WG: u32 = 64u;
struct Params { dim: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> ranges: array<vec2u>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.dim) { return; }
  let first = ranges[id.y].x;
  let count = ranges[id.y].y;
  var sum = 0.0;
  for (var i = 0u; i < count; i++) { sum += x[(first + i) * params.dim + id.x]; }
  y[id.y * params.dim + id.x] = sum / f32(max(count, 1u));
}
