// 32 consecutive values: weights that share a scale, or their activations.
const GROUP_SIZE = 32u;
const GROUP_VEC4S = GROUP_SIZE / 4u;
struct Group { a: vec4f, b: vec4f, c: vec4f, d: vec4f, e: vec4f, f: vec4f, g: vec4f, h: vec4f }

fn sum_group(x: Group) -> f32 {
  let sum = ((x.a + x.b) + (x.c + x.d)) + ((x.e + x.f) + (x.g + x.h));
  return (sum.x + sum.y) + (sum.z + sum.w);
}
