// rmsnorm: y[t,d] = x[t,d] / sqrt(mean_d(x[t,d]^2) + eps) * gain[d]
// Source     Zhang & Sennrich 2019, arXiv:1910.07467
// Shapes     x [S, D] f32; y [T, D] f32 or int8 in groups; gain [D] f32; y's rows are x's rows from first_row on
// Dispatch   T workgroups, one row each; D need not be a multiple of WG
// Constants  WG: lanes per workgroup, a power of two
// Variants   store_row: lib/norm_f32.wgsl or lib/norm_int8.wgsl, joined by src/kernels/rmsnorm.ts
// Numerics   f32 throughout; eps may be 1.6e-7, which f16 could not hold
// Reference  src/kernels/rmsnorm.reference.ts
const WG: u32 = 256u;
struct Params { dim: u32, first_row: u32, eps: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> gain: array<f32>;
const Y_BINDING = 3u;
var<workgroup> partials: array<f32, WG>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let source = (params.first_row + group.x) * params.dim;
  var sum_sq = 0.0;
  for (var d = lane; d < params.dim; d += WG) {
    sum_sq += x[source + d] * x[source + d];
  }
  partials[lane] = sum_sq;
  for (var half = WG / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { partials[lane] += partials[lane + half]; }
  }
  workgroupBarrier();
  let scale = inverseSqrt(partials[0] / f32(params.dim) + params.eps);
  store_row(source, group.x, scale, lane);
}
