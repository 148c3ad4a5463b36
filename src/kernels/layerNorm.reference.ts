/** The definition of LayerNorm over rows of gain.length, and of GELU behind it. */
export function layerNormReference(
  x: Float32Array,
  { gain, bias, eps, gelu = false }: { gain: Float32Array; bias: Float32Array; eps: number; gelu?: boolean },
): Float32Array {
  const dim = gain.length;
  const y = new Float32Array(x.length);
  for (let row = 0; row < x.length; row += dim) {
    const values = Array.from(x.subarray(row, row + dim));
    const mean = values.reduce((sum, value) => sum + value, 0) / dim;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / dim;
    values.forEach((value, d) => {
      const normed = ((value - mean) / Math.sqrt(variance + eps)) * gain[d] + bias[d];
      y[row + d] = gelu ? 0.5 * normed * (1 + erf(normed / Math.SQRT2)) : normed;
    });
  }
  return y;
}

/** By its power series; exact to f64's rounding for |z| < 6, beyond which it is ±1. */
function erf(z: number): number {
  if (Math.abs(z) > 6) return Math.sign(z);
  let [term, sum] = [z, z];
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum) && n < 300; n++) {
    term *= (-z * z) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
