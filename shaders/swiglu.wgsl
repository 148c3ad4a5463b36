// swiglu: y[t,f] = silu(x[t,f]) * x[t,F+f]: for projections with biases, which the matrix kernels' own SwiGLU lacks
// Source     Shazeer 2020, arXiv:2002.05202
// Shapes     x [T, 2F] f32: gate, then up; y [T, F] f32
// Dispatch   ceil(F / WG) × T workgroups
// Constants  WG: lanes per workgroup
// Variants   silu from lib/silu.wgsl, which src/kernels/swiglu.ts puts in front
// Numerics   f32
// Reference  src/kernels/swiglu.reference.ts
const WG: u32 = 64u;
struct Params { size: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.size) { return; }
  let gate = id.y * 2u * params.size + id.x;
  y[id.y * params.size + id.x] = silu(x[gate]) * x[gate + params.size];
}
