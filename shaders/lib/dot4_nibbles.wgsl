// The integer dot of q4 or q4m codes, 0..15, and int8 activations: 8 instructions where the hardware has them.
const NIBBLES = vec4u(0x0f0f0f0fu);

fn dot_codes(block: u32, x: Activations) -> i32 {
  let q = blocks[block];
  let low = q & NIBBLES;
  let high = (q >> vec4u(4u)) & NIBBLES;
  return dot4I8Packed(low.x, x.low.x) + dot4I8Packed(high.x, x.low.y)
    + dot4I8Packed(low.y, x.low.z) + dot4I8Packed(high.y, x.low.w)
    + dot4I8Packed(low.z, x.high.x) + dot4I8Packed(high.z, x.high.y)
    + dot4I8Packed(low.w, x.high.z) + dot4I8Packed(high.w, x.high.w);
}
