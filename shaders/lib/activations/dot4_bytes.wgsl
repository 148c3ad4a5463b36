// The integer dot of q8 or q8m codes, -128..127, and int8 activations.
/// The codes in order, four to a word.
struct Integers { low: vec4u, high: vec4u }

fn load_integers(block: u32) -> Integers {
  return Integers(blocks[block], blocks[block + TILE_ROWS]);
}

fn dot_integers(w: Integers, x: Activations) -> i32 {
  return dot4I8Packed(w.low.x, x.low.x) + dot4I8Packed(w.low.y, x.low.y)
    + dot4I8Packed(w.low.z, x.low.z) + dot4I8Packed(w.low.w, x.low.w)
    + dot4I8Packed(w.high.x, x.high.x) + dot4I8Packed(w.high.y, x.high.y)
    + dot4I8Packed(w.high.z, x.high.z) + dot4I8Packed(w.high.w, x.high.w);
}
