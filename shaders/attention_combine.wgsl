// attention_combine: y = the splits of each row, each with its own softmax peak, brought to a common one
// Source     the combining step of split-KV decoding, arXiv:2307.08691 and arXiv:1805.02867
// Shapes     partials [T·H, splits, Dh + 4] f32: Dh values, peak, total, 2 unused; y [T, H·Dh] f32, or int8 in groups
// Dispatch   T·H workgroups of Dh/4 lanes, four dims each; only splits that hold a visible row are read
// Constants  DH
// Variants   store_dims: lib/combine_f32.wgsl or lib/combine_int8.wgsl, joined by src/kernels/attention.ts
// Numerics   f32
// Reference  src/kernels/attention.reference.ts, through attention
const DH: u32 = 128u;
const LOWEST = -3e38;
struct Params { num_heads: u32, split_length: u32, num_splits: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> partials: array<vec4f>;
@group(0) @binding(2) var<storage, read> state: State;

@compute @workgroup_size(DH / 4u)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let quads = DH / 4u;
  let stride = quads + 1u;
  let first = group.x * params.num_splits * stride;
  let last_row = last_visible(state.slot, state.prefix_end, group.x / params.num_heads);
  let num_used = min(last_row / params.split_length + 1u, params.num_splits);
  var peak = LOWEST;
  for (var split = 0u; split < num_used; split++) {
    peak = max(peak, partials[first + split * stride + quads].x);
  }
  var total = 0.0;
  var sum = vec4f(0.0);
  for (var split = 0u; split < num_used; split++) {
    let at = first + split * stride;
    let stats = partials[at + quads];
    let weight = exp(stats.x - peak);
    total += weight * stats.y;
    sum += weight * partials[at + lane];
  }
  store_dims(group.x, lane, sum / total);
}
