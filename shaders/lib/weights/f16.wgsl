// f16: plain half floats, 8 to a block, unpacked by core WGSL (no shader-f16). Needs weights/tiles.wgsl.
const GROUP_BLOCKS = 4u;
const SCALE_PLANES = 0u;

fn halves(lo: u32, hi: u32) -> vec4f {
  return vec4f(unpack2x16float(lo), unpack2x16float(hi));
}

fn load_codes(block: u32) -> Group {
  let p = blocks[block];
  let q = blocks[block + TILE_ROWS];
  let r = blocks[block + 2u * TILE_ROWS];
  let s = blocks[block + 3u * TILE_ROWS];
  return Group(
    halves(p.x, p.y), halves(p.z, p.w), halves(q.x, q.y), halves(q.z, q.w),
    halves(r.x, r.y), halves(r.z, r.w), halves(s.x, s.y), halves(s.z, s.w),
  );
}
