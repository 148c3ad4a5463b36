// state: the values that change from token to token while the recorded decode step stays the same. Twin of src/kernels/state.ts.
struct State {
  slot: u32,       // rows in the KV cache before this pass: where its first token goes
  counter: u32,    // tokens sampled so far: the random stream's index and the place in the ring of ids
  prefix_end: u32, // cache rows before this one are visible to every query; 0: plain causal attention
}

/// The last cache row that the query of token t sees.
fn last_visible(slot: u32, prefix_end: u32, t: u32) -> u32 { return max(slot + t, max(prefix_end, 1u) - 1u); }
