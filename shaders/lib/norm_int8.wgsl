// The output of a norm in int8 groups, a lane to a group: D a multiple of 32. Needs activations/quantize*.wgsl, and params.dim, x,
// gain and Y_BINDING of the body.
@group(0) @binding(Y_BINDING) var<storage, read_write> y: array<vec4u>;

fn four_normed(source: u32, d: u32, scale: f32) -> vec4f {
  let values = vec4f(x[source + d], x[source + d + 1u], x[source + d + 2u], x[source + d + 3u]);
  return values * scale * vec4f(gain[d], gain[d + 1u], gain[d + 2u], gain[d + 3u]);
}

/// y[row] = x[source …] · scale · gain
fn store_row(source: u32, row: u32, scale: f32, lane: u32) {
  let num_groups = params.dim / GROUP_SIZE;
  for (var group = lane; group < num_groups; group += WG) {
    let d = group * GROUP_SIZE;
    store_quantized(row * num_groups + group, Group(
      four_normed(source, d, scale), four_normed(source, d + 4u, scale),
      four_normed(source, d + 8u, scale), four_normed(source, d + 12u, scale),
      four_normed(source, d + 16u, scale), four_normed(source, d + 20u, scale),
      four_normed(source, d + 24u, scale), four_normed(source, d + 28u, scale),
    ));
  }
}
