// Activations of a mat-vec in int8: 32 codes of -127..127 to a scale, as lib/quantize.wgsl stores them. The dot of codes
// and codes is an exact integer: w = (code - ZERO_POINT) · scale (+ min). Needs weights_tiles.wgsl, a quantised format.
@group(0) @binding(2) var<storage, read> x: array<vec4u>;

/// A group's share of a row's sum, without SCALE_UNIT.
fn product(at: RowAddress, group: u32, x: Activations) -> f32 {
  let block = at.block + group * (TILE_ROWS * GROUP_BLOCKS);
  let dot = dot_codes(block, x) - i32(ZERO_POINT) * x.sum;
  let value = load_scale(at, group) * f32(dot);
  if (SCALE_PLANES < 2u) { return value * x.scale; }
  return (value + load_min(at, group) * f32(x.sum)) * x.scale;
}
