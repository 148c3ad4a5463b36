// int8 activations for products of pairs: 5 blocks a group, four of 16-bit pairs, then scale and sum of the codes.
// Component j of pair block k holds x[8j+o]·2^16 + x[8j+o+2] with o = 0, 4, 1, 5 for k = 0..3: see pairs_nibbles.wgsl.
const QUANTIZED_BLOCKS = 5u;
struct Activations { a: vec4i, b: vec4i, c: vec4i, d: vec4i, scale: f32, sum: i32 }

fn load_activations(group: u32) -> Activations {
  let i = group * QUANTIZED_BLOCKS;
  let stats = x[i + 4u];
  return Activations(
    bitcast<vec4i>(x[i]), bitcast<vec4i>(x[i + 1u]), bitcast<vec4i>(x[i + 2u]), bitcast<vec4i>(x[i + 3u]),
    bitcast<f32>(stats.x), bitcast<i32>(stats.y),
  );
}
