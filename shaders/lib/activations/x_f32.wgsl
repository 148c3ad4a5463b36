// Float activations of a mat-vec. Needs weights/tiles.wgsl.
@group(0) @binding(2) var<storage, read> x: array<vec4f>;
struct Activations { values: Group, sum: f32 }
/// A group of a row.
struct Weights { codes: Group, scale: f32, min: f32 }

/// `group` counts from the first token's first.
fn load_activations(group: u32) -> Activations {
  let i = group * GROUP_VEC4S;
  let values = Group(x[i], x[i + 1u], x[i + 2u], x[i + 3u], x[i + 4u], x[i + 5u], x[i + 6u], x[i + 7u]);
  return Activations(values, sum_group(values));
}

fn load_weights(at: RowAddress, group: u32) -> Weights {
  return Weights(load_group(at, group), load_scale(at, group), load_min(at, group));
}

/// A group's share of a row's sum, without SCALE_UNIT.
fn product(w: Weights, x: Activations) -> f32 {
  let dot = w.scale * dot_group(w.codes, x.values);
  if (SCALE_PLANES < 2u) { return dot; }
  return dot + w.min * x.sum;
}
