// A group's columns in 16 words, two codes each, so that one 32-bit product makes two, where dot4I8Packed is emulated.
// (q0 + q1·2^16)·(x1 + x0·2^16) = q0·x1 + (q0·x0 + q1·x1)·2^16 mod 2^32, and 8 such sums keep both halves within 16 bits:
// |low| ≤ 8·15·127, |high| ≤ 16·15·127 = 30480. The upper half is the dot, once the low one's sign is rounded away.
// Component j of a, b, c, d holds columns 8j+o and 8j+o+2 with o = 0, 4, 1, 5.
struct Columns { a: vec4i, b: vec4i, c: vec4i, d: vec4i }
const HAS_SECOND_HALF = true;
const PAIR_NIBBLES = vec4u(0x000f000fu);

fn columns_of_w(block: u32) -> Columns {
  let q = blocks[block];
  return Columns(
    bitcast<vec4i>(q & PAIR_NIBBLES), bitcast<vec4i>((q >> vec4u(4u)) & PAIR_NIBBLES),
    bitcast<vec4i>((q >> vec4u(8u)) & PAIR_NIBBLES), bitcast<vec4i>((q >> vec4u(12u)) & PAIR_NIBBLES),
  );
}

/// Bytes 0 and 2 of each word, and 1 and 3: the first in the upper half, the other added below it.
fn even_bytes(words: vec4i) -> vec4i {
  return ((words << vec4u(24u)) >> vec4u(8u)) + ((words << vec4u(8u)) >> vec4u(24u));
}
fn odd_bytes(words: vec4i) -> vec4i {
  return (((words << vec4u(16u)) >> vec4u(8u)) & vec4i(-65536)) + (words >> vec4u(24u));
}

/// From codes in order.
fn columns_of_x(low: vec4u, high: vec4u) -> Columns {
  let first = bitcast<vec4i>(vec4u(low.x, low.z, high.x, high.z));
  let second = bitcast<vec4i>(vec4u(low.y, low.w, high.y, high.w));
  return Columns(even_bytes(first), even_bytes(second), odd_bytes(first), odd_bytes(second));
}

fn multiply(w: i32, x: vec4i) -> vec4i { return w * x; }

/// The dots in sums over 8 words.
fn settle(sums: vec4i) -> vec4i { return (sums + vec4i(0x8000)) >> vec4u(16u); }
