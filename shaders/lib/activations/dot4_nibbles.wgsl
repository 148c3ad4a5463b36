// The integer dot of q4 or q4m codes, 0..15, and int8 activations: 8 instructions where the hardware has them.
const NIBBLES = vec4u(0x0f0f0f0fu);
/// Word j of `low` holds the codes 8j..8j+3, of `high` 8j+4..8j+7.
struct Integers { low: vec4u, high: vec4u }

fn load_integers(block: u32) -> Integers {
  let q = blocks[block];
  return Integers(q & NIBBLES, (q >> vec4u(4u)) & NIBBLES);
}

fn dot_integers(w: Integers, x: Activations) -> i32 {
  return dot4I8Packed(w.low.x, x.low.x) + dot4I8Packed(w.high.x, x.low.y)
    + dot4I8Packed(w.low.y, x.low.z) + dot4I8Packed(w.high.y, x.low.w)
    + dot4I8Packed(w.low.z, x.high.x) + dot4I8Packed(w.high.z, x.high.y)
    + dot4I8Packed(w.low.w, x.high.z) + dot4I8Packed(w.high.w, x.high.w);
}
