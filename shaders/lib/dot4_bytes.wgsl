// The integer dot of q8 or q8m codes, -128..127, and int8 activations.
fn dot_codes(block: u32, x: Activations) -> i32 {
  let p = blocks[block];
  let q = blocks[block + TILE_ROWS];
  return dot4I8Packed(p.x, x.low.x) + dot4I8Packed(p.y, x.low.y)
    + dot4I8Packed(p.z, x.low.z) + dot4I8Packed(p.w, x.low.w)
    + dot4I8Packed(q.x, x.high.x) + dot4I8Packed(q.y, x.high.y)
    + dot4I8Packed(q.z, x.high.z) + dot4I8Packed(q.w, x.high.w);
}
