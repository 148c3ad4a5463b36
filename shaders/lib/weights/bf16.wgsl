// bf16: the upper halves of f32s, 8 to a block. Needs weights/tiles.wgsl.
const GROUP_BLOCKS = 4u;
const SCALE_PLANES = 0u;

fn brains(lo: u32, hi: u32) -> vec4f {
  return bitcast<vec4f>(vec4u(lo << 16u, lo & 0xffff0000u, hi << 16u, hi & 0xffff0000u));
}

fn load_codes(block: u32) -> Group {
  let p = blocks[block];
  let q = blocks[block + TILE_ROWS];
  let r = blocks[block + 2u * TILE_ROWS];
  let s = blocks[block + 3u * TILE_ROWS];
  return Group(
    brains(p.x, p.y), brains(p.z, p.w), brains(q.x, q.y), brains(q.z, q.w),
    brains(r.x, r.y), brains(r.z, r.w), brains(s.x, s.y), brains(s.z, s.w),
  );
}
