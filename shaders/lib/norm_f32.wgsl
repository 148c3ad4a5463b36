// The output of a norm as floats. Needs params.dim, x, gain and Y_BINDING of the body.
@group(0) @binding(Y_BINDING) var<storage, read_write> y: array<f32>;

/// y[row] = x[source …] · scale · gain
fn store_row(source: u32, row: u32, scale: f32, lane: u32) {
  for (var d = lane; d < params.dim; d += WG) {
    y[row * params.dim + d] = x[source + d] * scale * gain[d];
  }
}
