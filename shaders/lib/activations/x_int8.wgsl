// Activations of a mat-vec in int8: 32 codes of -127..127 to a scale, as quantize.wgsl stores them. The dot of codes
// and codes is an exact integer: w = (code - ZERO_POINT) · scale (+ min). Needs weights/tiles.wgsl, a quantised format.
@group(0) @binding(2) var<storage, read> x: array<vec4u>;
/// A group of a row.
struct Weights { codes: Integers, scale: f32, min: f32 }

fn load_weights(at: RowAddress, group: u32) -> Weights {
  let codes = load_integers(at.block + group * (TILE_ROWS * GROUP_BLOCKS));
  return Weights(codes, load_scale(at, group), load_min(at, group));
}

/// A group's share of a row's sum, without SCALE_UNIT. The twin of products in matmul_broadcast_int8.wgsl.
fn product(w: Weights, x: Activations) -> f32 {
  let dot = dot_integers(w.codes, x) - i32(ZERO_POINT) * x.sum;
  let value = w.scale * f32(dot);
  if (SCALE_PLANES < 2u) { return value * x.scale; }
  return (value + w.min * f32(x.sum)) * x.scale;
}
