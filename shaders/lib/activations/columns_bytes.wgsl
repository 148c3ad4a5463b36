// A group's columns in 8 words, four codes each, in order: c and d stay empty. Twin: columns_nibbles.wgsl.
struct Columns { a: vec4i, b: vec4i, c: vec4i, d: vec4i }
const HAS_SECOND_HALF = false;

fn columns_of_w(block: u32) -> Columns { return columns_of_x(blocks[block], blocks[block + TILE_ROWS]); }

fn columns_of_x(low: vec4u, high: vec4u) -> Columns {
  return Columns(bitcast<vec4i>(low), bitcast<vec4i>(high), vec4i(), vec4i());
}

fn multiply(w: i32, x: vec4i) -> vec4i {
  let codes = bitcast<u32>(w);
  let others = bitcast<vec4u>(x);
  return vec4i(
    dot4I8Packed(codes, others.x), dot4I8Packed(codes, others.y),
    dot4I8Packed(codes, others.z), dot4I8Packed(codes, others.w),
  );
}

fn settle(sums: vec4i) -> vec4i { return sums; }
