// state: what changes from token to token, so that a recorded decode step never changes. Twin of src/kernels/state.ts.
struct State {
  position: u32, // tokens in the KV cache before this pass
  counter: u32,  // tokens sampled so far: the random stream's index and the place in the ring of ids
}
