// embed: y[t] = table[tokens[t]], dequantised
// Shapes     tokens [≥T] u32; table [V, D] in tiles of any format; y [T, D] f32
// Dispatch   T workgroups, one token each; one dispatch per chunk of the table, which writes the rows it owns
// Constants  WG: lanes per workgroup, a group of 32 weights each in turn; ADD: y += instead of y =
// Variants   weight formats: lib/weights/*.wgsl, joined by src/kernels/weights.ts
// Numerics   code · scale + min in f32; a token id of V or more reads row 0
// Reference  src/kernels/embed.reference.ts
const WG: u32 = 64u;
const ADD: bool = false;
struct Params { num_groups: u32, rows: u32, first_tile: u32, num_tiles: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> tokens: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;

fn put(at: u32, values: vec4f) {
  if (ADD) { y[at] += values; } else { y[at] = values; }
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_index) lane: u32) {
  let token = wg.x;
  let id = select(0u, tokens[token], tokens[token] < params.rows);
  let tile = id / TILE_ROWS - params.first_tile; // wraps to a huge number before this chunk
  if (tile >= params.num_tiles) { return; }
  let at = row_address(tile, id % TILE_ROWS, params.num_groups);
  for (var group = lane; group < params.num_groups; group += WG) {
    let codes = load_group(at, group);
    let scale = load_scale(at, group) * SCALE_UNIT;
    let minimum = load_min(at, group) * SCALE_UNIT;
    let to = (token * params.num_groups + group) * GROUP_VEC4S;
    put(to, codes.a * scale + minimum);
    put(to + 1u, codes.b * scale + minimum);
    put(to + 2u, codes.c * scale + minimum);
    put(to + 3u, codes.d * scale + minimum);
    put(to + 4u, codes.e * scale + minimum);
    put(to + 5u, codes.f * scale + minimum);
    put(to + 6u, codes.g * scale + minimum);
    put(to + 7u, codes.h * scale + minimum);
  }
}
