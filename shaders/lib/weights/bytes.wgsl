// Codes of q8 and q8m: signed bytes in order, 16 to a block; the second half of a group is one block per row further on.
// The trick of weights/nibbles.wgsl: flipping the sign bits turns -128..127 into 0..255, the offset takes 128 away again.
const GROUP_BLOCKS = 2u;
const BYTE_MASK = vec4u(0xffu, 0xff00u, 0xffu, 0xff00u);
const BYTE_EXPONENT = vec4u(0x4b000000u, 0x47000000u, 0x4b000000u, 0x47000000u);
const BYTE_OFFSET = vec4f(8388608.0, 32768.0, 8388608.0, 32768.0) + 128.0;

fn signed_bytes(word: u32) -> vec4f {
  let flipped = word ^ 0x80808080u;
  let halves = vec4u(flipped, flipped, flipped >> 16u, flipped >> 16u);
  return bitcast<vec4f>((halves & BYTE_MASK) | BYTE_EXPONENT) - BYTE_OFFSET;
}

fn load_codes(block: u32) -> Group {
  let p = blocks[block];
  let q = blocks[block + TILE_ROWS];
  return Group(
    signed_bytes(p.x), signed_bytes(p.y), signed_bytes(p.z), signed_bytes(p.w),
    signed_bytes(q.x), signed_bytes(q.y), signed_bytes(q.z), signed_bytes(q.w),
  );
}
