// argmax: the largest logit of each slice of the vocabulary, and its id; argmax_finish takes the largest of them.
//         A NaN or an infinity becomes NOT_FINITE, which wins
// Shapes     logits [rows, V] f32; best [rows, groups] Best
// Dispatch   any number of workgroups of WG lanes × rows; each takes an equal slice of the first num_real_tokens ids
// Numerics   exact; of equal logits the lowest id wins
// Reference  src/kernels/sampler.reference.ts
const WG: u32 = 64u;
struct Params { num_real_tokens: u32, vocab_size: u32 }
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
  let first_logit = group.y * params.vocab_size;
  let end = min((group.x + 1u) * slice, params.num_real_tokens);
  var best_logit = NONE.logit;
  var best_id = group.x * slice + lane;
  for (var id = best_id; id < end; id += WG) {
    let logit = logits[first_logit + id];
    if (!is_finite(logit)) {
      best_logit = NOT_FINITE.logit;
      best_id = NOT_FINITE.id;
    } else if (logit > best_logit) { // ids ascend: the first of equals stays
      best_logit = logit;
      best_id = id;
    }
  }
  candidates[lane] = Best(best_logit, best_id);
  workgroupBarrier();
  if (lane == 0u) { best[group.y * num_groups.x + group.x] = best_of_lanes(); }
}

// One lane walks: few enough, and a tree of barriers costs more on a CPU adapter than it saves on a GPU.
fn best_of_lanes() -> Best {
  var winner = candidates[0];
  for (var i = 1u; i < WG; i++) { winner = better(winner, candidates[i]); }
  return winner;
}
