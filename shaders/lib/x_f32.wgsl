// Activations of a mat-vec as they are: floats. Needs weights_tiles.wgsl.
@group(0) @binding(2) var<storage, read> x: array<vec4f>;
struct Activations { values: Group, sum: f32 }

fn load_activations(group: u32) -> Activations {
  let i = group * GROUP_VEC4S;
  let values = Group(x[i], x[i + 1u], x[i + 2u], x[i + 3u], x[i + 4u], x[i + 5u], x[i + 6u], x[i + 7u]);
  return Activations(values, sum_group(values));
}

/// A group's share of a row's sum, without SCALE_UNIT.
fn product(at: RowAddress, group: u32, x: Activations) -> f32 {
  let dot = load_scale(at, group) * dot_group(load_group(at, group), x.values);
  if (SCALE_PLANES < 2u) { return dot; }
  return dot + load_min(at, group) * x.sum;
}
