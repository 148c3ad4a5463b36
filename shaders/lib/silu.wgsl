// silu(z) = z / (1 + e^-z); without the limit exp would reach infinity.
fn silu(z: f32) -> f32 { return z / (1.0 + exp(min(-z, 80.0))); }
