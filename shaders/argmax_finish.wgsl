// argmax_finish: the best of the slices' best logits becomes the next token; with drafts in tokens[1 …], also the tokens
//            after it, for as long as the best one is the drafted one. After NaN or infinity the ring gets NOT_FINITE_ID
// Shapes     best [rows, groups] Best; state State; tokens [≥ rows] u32: tokens[0] = the last id;
//            ring [R] u32: ring[counter mod R] = id
// Dispatch   1 workgroup
// Reference  src/kernels/sampler.reference.ts
const WG: u32 = 64u;
struct Params { num_groups: u32, num_tokens: u32, num_rows: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> best: array<Best>;
@group(0) @binding(2) var<storage, read_write> state: State;
@group(0) @binding(3) var<storage, read_write> tokens: array<u32>;
@group(0) @binding(4) var<storage, read_write> ring: array<u32>;
var<workgroup> candidates: array<Best, WG>;
var<workgroup> is_draft_right: u32;

@compute @workgroup_size(WG)
fn main(@builtin(local_invocation_index) lane: u32) {
  for (var row = 0u; row < params.num_rows; row++) {
    let first = row * params.num_groups;
    var candidate = NONE;
    for (var i = lane; i < params.num_groups; i += WG) { candidate = better(candidate, best[first + i]); }
    candidates[lane] = candidate;
    workgroupBarrier();
    if (lane == 0u) {
      for (var i = 1u; i < WG; i++) { candidate = better(candidate, candidates[i]); }
      is_draft_right = u32(row + 1u < params.num_rows && tokens[row + 1u] == candidate.id);
      tokens[0] = select(candidate.id, 0u, candidate.id == NOT_FINITE_ID); // steps in flight still embed it
      ring[state.counter % arrayLength(&ring)] = candidate.id;
      state.counter += 1u;
      state.slot += params.num_tokens;
    }
    if (workgroupUniformLoad(&is_draft_right) == 0u) { break; }
  }
}
