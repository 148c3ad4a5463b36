// int8 activations for dot4I8Packed: 3 blocks a group, the codes in order in two, then scale and sum of the codes.
const QUANTIZED_BLOCKS = 3u;
struct Activations { low: vec4u, high: vec4u, scale: f32, sum: i32 }

/// `group` counts from the first token's first.
fn load_activations(group: u32) -> Activations {
  let i = group * QUANTIZED_BLOCKS;
  let stats = x[i + 2u];
  return Activations(x[i], x[i + 1u], bitcast<f32>(stats.x), bitcast<i32>(stats.y));
}
