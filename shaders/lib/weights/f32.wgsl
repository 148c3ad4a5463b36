// f32: plain floats, 4 to a block. Needs weights/tiles.wgsl.
const GROUP_BLOCKS = 8u;
const SCALE_PLANES = 0u;

fn floats(block: u32) -> vec4f {
  return bitcast<vec4f>(blocks[block]);
}

fn load_codes(block: u32) -> Group {
  return Group(
    floats(block), floats(block + TILE_ROWS), floats(block + 2u * TILE_ROWS), floats(block + 3u * TILE_ROWS),
    floats(block + 4u * TILE_ROWS), floats(block + 5u * TILE_ROWS),
    floats(block + 6u * TILE_ROWS), floats(block + 7u * TILE_ROWS),
  );
}
