// Codes of q4 and q4m: word j of a block holds weights 8j..8j+3 in the low nibbles of its bytes, 8j+4..8j+7 in the high.
// A nibble that is or-ed into the mantissa of 2^(23 - its lowest bit) adds exactly its code to that power of two; one
// subtraction takes the power and the zero point away again. No shifts by lane and no integer conversions, which many
// GPUs run at quarter rate. The upper half word is shifted down first: a mantissa has only 23 bits.
const GROUP_BLOCKS = 1u;
const LOW_MASK = vec4u(0xfu, 0xf00u, 0xfu, 0xf00u);
const LOW_EXPONENT = vec4u(0x4b000000u, 0x47000000u, 0x4b000000u, 0x47000000u);
const LOW_OFFSET = vec4f(8388608.0, 32768.0, 8388608.0, 32768.0) + ZERO_POINT;
const HIGH_MASK = vec4u(0xf0u, 0xf000u, 0xf0u, 0xf000u);
const HIGH_EXPONENT = vec4u(0x49000000u, 0x45000000u, 0x49000000u, 0x45000000u);
const HIGH_OFFSET = vec4f(524288.0, 2048.0, 524288.0, 2048.0) + ZERO_POINT;

fn low_nibbles(word: u32) -> vec4f {
  let halves = vec4u(word, word, word >> 16u, word >> 16u);
  return bitcast<vec4f>((halves & LOW_MASK) | LOW_EXPONENT) - LOW_OFFSET;
}

fn high_nibbles(word: u32) -> vec4f {
  let halves = vec4u(word, word, word >> 16u, word >> 16u);
  return bitcast<vec4f>((halves & HIGH_MASK) | HIGH_EXPONENT) - HIGH_OFFSET;
}

fn load_codes(block: u32) -> Group {
  let q = blocks[block];
  return Group(
    low_nibbles(q.x), high_nibbles(q.x), low_nibbles(q.y), high_nibbles(q.y),
    low_nibbles(q.z), high_nibbles(q.z), low_nibbles(q.w), high_nibbles(q.w),
  );
}
