// quantize_rows: converts a float matrix to int8 activations, where the producer cannot store them itself
// Shapes     x [T, D] f32; y [T, D] int8 in groups of 32
// Dispatch   a lane to a group
// Constants  WG: lanes per workgroup
// Numerics   as in all producers: lib/activations/quantize.wgsl
// Reference  src/kernels/quantize.reference.ts
const WG: u32 = 64u;
struct Params { num_groups: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4u>;

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let group = id.y * grid.x * WG + id.x;
  if (group >= params.num_groups) { return; }
  let i = group * GROUP_VEC4S;
  store_quantized(group, Group(x[i], x[i + 1u], x[i + 2u], x[i + 3u], x[i + 4u], x[i + 5u], x[i + 6u], x[i + 7u]));
}
