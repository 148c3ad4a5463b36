// head_norm: every Q head and every K head of qkv becomes head / rms(head) * gain, in place; V heads stay
// Source     Dehghani et al. 2023, arXiv:2302.05442 (query and key normalisation), as RMSNorm
// Shapes     qkv [T, (H+2K)·Dh] f32: Q heads, then K heads, then V heads; q_gain, k_gain [Dh] f32
// Dispatch   ceil((H+K) / WG) × T workgroups, a head per lane
// Constants  WG: lanes per workgroup
// Numerics   f32
// Reference  src/kernels/headNorm.reference.ts
const WG: u32 = 64u;
struct Params { num_heads: u32, num_kv_heads: u32, head_dim: u32, eps: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> q_gain: array<f32>;
@group(0) @binding(2) var<storage, read> k_gain: array<f32>;
@group(0) @binding(3) var<storage, read_write> qkv: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let head = id.x;
  if (head >= params.num_heads + params.num_kv_heads) { return; }
  let start = (id.y * (params.num_heads + 2u * params.num_kv_heads) + head) * params.head_dim;
  var squares = 0.0;
  for (var d = 0u; d < params.head_dim; d++) { squares += qkv[start + d] * qkv[start + d]; }
  let scale = inverseSqrt(squares / f32(params.head_dim) + params.eps);
  for (var d = 0u; d < params.head_dim; d++) {
    var gain = q_gain[d];
    if (head >= params.num_heads) { gain = k_gain[d]; }
    qkv[start + d] *= scale * gain;
  }
}
