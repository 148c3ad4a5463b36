// inject: y[t] = rows[source[t] - 1] where source[t] > 0; other rows of y stay
// Shapes     source [T] u32; rows [N, D] f32; y [T, D] f32; D a multiple of 4
// Dispatch   T workgroups, one row of y each
// Constants  WG: lanes per workgroup
// Numerics   a copy
// Reference  src/kernels/inject.reference.ts
const WG: u32 = 64u;
struct Params { quads: u32, num_rows: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source: array<u32>;
@group(0) @binding(2) var<storage, read> rows: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = source[group.x];
  if (row == 0u || row > params.num_rows) { return; }
  let target_start = group.x * params.quads;
  let source_start = (row - 1u) * params.quads;
  for (var quad = lane; quad < params.quads; quad += WG) { y[target_start + quad] = rows[source_start + quad]; }
}
