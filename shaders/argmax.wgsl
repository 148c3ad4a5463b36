// argmax: the largest logit of each slice of the vocabulary, and its id; argmax_finish takes the largest of them
// Shapes     logits [V] f32; best [groups] Best
// Dispatch   any number of workgroups of WG lanes; each takes an equal slice of the first num_real_tokens ids
// Numerics   exact; of equal logits the lowest id wins
// Reference  src/kernels/sampler.reference.ts
override WG: u32 = 256u;
struct Params { num_real_tokens: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read_write> best: array<Best>;
var<workgroup> candidates: array<Best, WG>;

@compute @workgroup_size(WG)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) num_groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let slice = (params.num_real_tokens + num_groups.x - 1u) / num_groups.x;
  let end = min((group.x + 1u) * slice, params.num_real_tokens);
  var candidate = NONE;
  for (var id = group.x * slice + lane; id < end; id += WG) {
    candidate = better(candidate, Best(logits[id], id));
  }
  candidates[lane] = candidate;
  for (var half = WG / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { candidates[lane] = better(candidates[lane], candidates[lane + half]); }
  }
  if (lane == 0u) { best[group.x] = candidates[0]; }
}
