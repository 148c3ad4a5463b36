// The integer dot of q4 or q4m codes, 0..15, and int8 activations where dot4I8Packed is emulated: one 32-bit product makes
// two. (q0 + q1·2^16)·(x1 + x0·2^16) = q0·x1 + (q0·x0 + q1·x1)·2^16 mod 2^32, and 8 such sums keep both halves within
// 16 bits: |low| ≤ 8·15·127, |high| ≤ 16·15·127 = 30480. The halves part after the low one's sign is rounded away.
const PAIR_NIBBLES = vec4i(0x000f000f);

fn dot_codes(block: u32, x: Activations) -> i32 {
  let q = bitcast<vec4i>(blocks[block]);
  let sums = (q & PAIR_NIBBLES) * x.a + ((q >> vec4u(4u)) & PAIR_NIBBLES) * x.b
    + ((q >> vec4u(8u)) & PAIR_NIBBLES) * x.c + ((q >> vec4u(12u)) & PAIR_NIBBLES) * x.d;
  let halves = (sums.xy + sums.zw + vec2i(0x8000)) >> vec2u(16u);
  return halves.x + halves.y;
}
