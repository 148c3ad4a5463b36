// layer_norm: y[t,d] = f((x[t,d] - mean) / sqrt(variance + eps) * gain[d] + bias[d]), over d; f is the identity or GELU
// Source     Ba et al. 2016, arXiv:1607.06450; GELU by erf, Hendrycks & Gimpel 2016, arXiv:1606.08415
// Shapes     x, y [T, D] f32; gain, bias [D] f32
// Dispatch   T workgroups, one row each; D need not be a multiple of WG
// Constants  WG: lanes per workgroup, a power of two; GELU: whether f is GELU
// Numerics   f32; the variance is the mean of squares of x - mean, not a difference of large numbers; erf is off by 1.5e-7
// Variants   gelu from lib/gelu.wgsl, which src/kernels/layerNorm.ts puts in front
// Reference  src/kernels/layerNorm.reference.ts
const WG: u32 = 256u;
const GELU: bool = false;
struct Params { dim: u32, eps: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> gain: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
var<workgroup> partials: array<f32, WG>;

/// The sum of one number per lane; every lane gets it.
fn sum_of_lanes(lane: u32, value: f32) -> f32 {
  workgroupBarrier(); // the last sum has been read
  partials[lane] = value;
  for (var half = WG / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { partials[lane] += partials[lane + half]; }
  }
  workgroupBarrier();
  return partials[0];
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x * params.dim;
  var sum = 0.0;
  for (var d = lane; d < params.dim; d += WG) { sum += x[row + d]; }
  let mean = sum_of_lanes(lane, sum) / f32(params.dim);
  var squares = 0.0;
  for (var d = lane; d < params.dim; d += WG) { squares += (x[row + d] - mean) * (x[row + d] - mean); }
  let scale = inverseSqrt(sum_of_lanes(lane, squares) / f32(params.dim) + params.eps);
  for (var d = lane; d < params.dim; d += WG) {
    let normed = (x[row + d] - mean) * scale * gain[d] + bias[d];
    if (GELU) { y[row + d] = gelu(normed); } else { y[row + d] = normed; }
  }
}
