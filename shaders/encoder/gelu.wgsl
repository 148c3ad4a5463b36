// gelu: y[t,f] = GELU(x[t,f])
// Source     Hendrycks & Gimpel 2016, arXiv:1606.08415
// Shapes     x, y [T, F] f32
// Dispatch   ceil(F / WG) × T workgroups
// Constants  WG: lanes per workgroup
// Variants   gelu from lib/gelu.wgsl, which src/kernels/gelu.ts puts in front
// Numerics   f32; erf is off by 1.5e-7
// Reference  src/kernels/gelu.reference.ts
const WG: u32 = 64u;
struct Params { size: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.size) { return; }
  let at = id.y * params.size + id.x;
  y[at] = gelu(x[at]);
}
