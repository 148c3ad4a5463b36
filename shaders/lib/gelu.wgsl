// GELU by erf (Hendrycks & Gimpel 2016, arXiv:1606.08415); erf is off by 1.5e-7.

/// Abramowitz and Stegun, 7.1.26.
fn erf(z: f32) -> f32 {
  let t = 1.0 / (1.0 + 0.3275911 * abs(z));
  let polynomial = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return sign(z) * (1.0 - polynomial * exp(-min(z * z, 80.0)));
}

fn gelu(z: f32) -> f32 { return 0.5 * z * (1.0 + erf(z * 0.70710678)); }
