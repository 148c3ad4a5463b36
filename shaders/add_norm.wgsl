// add_norm: x[t,d] += a[t,d] / sqrt(mean_d(a[t,d]^2) + eps) * post_gain[d], then y = rmsnorm(x) with gain, as in rmsnorm.wgsl
// Source     Zhang & Sennrich 2019, arXiv:1910.07467; GLM-4-0414 norms what attention and FFN add to the residual stream
// Shapes     x, a [S, D] f32; y [T, D] f32 or int8 in groups, the norms of x's rows from first_row on; post_gain, gain [D] f32
// Dispatch   S workgroups, one row each; D need not be a multiple of WG
// Constants  WG: lanes per workgroup, a power of two
// Variants   store_row: lib/norm_f32.wgsl or lib/norm_int8.wgsl, joined by src/kernels/addNorm.ts
// Numerics   f32 throughout; eps may be 1.6e-7, which f16 could not hold
// Reference  src/kernels/addNorm.reference.ts
const WG: u32 = 256u;
struct Params { dim: u32, first_row: u32, eps: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> post_gain: array<f32>;
@group(0) @binding(3) var<storage, read> gain: array<f32>;
@group(0) @binding(4) var<storage, read_write> x: array<f32>;
const Y_BINDING = 5u;
var<workgroup> partials: array<f32, WG>;

/// 1 / rms of a row, from each lane's sum of squares.
fn inverse_rms(sum_sq: f32, lane: u32) -> f32 {
  partials[lane] = sum_sq;
  for (var half = WG / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { partials[lane] += partials[lane + half]; }
  }
  workgroupBarrier();
  return inverseSqrt(partials[0] / f32(params.dim) + params.eps);
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x * params.dim;
  var sum_sq = 0.0;
  for (var d = lane; d < params.dim; d += WG) {
    sum_sq += a[row + d] * a[row + d];
  }
  let post_scale = inverse_rms(sum_sq, lane);
  sum_sq = 0.0;
  for (var d = lane; d < params.dim; d += WG) {
    let value = x[row + d] + a[row + d] * post_scale * post_gain[d];
    x[row + d] = value;
    sum_sq += value * value;
  }
  if (group.x < params.first_row) { return; }
  storageBarrier(); // store_row may read what other lanes wrote
  workgroupBarrier(); // all have read partials[0]
  store_row(row, group.x - params.first_row, inverse_rms(sum_sq, lane), lane);
}
