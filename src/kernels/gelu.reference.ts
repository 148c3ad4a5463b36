/** The definition of GELU. */
export const geluReference = (x: number): number => 0.5 * x * (1 + erf(x / Math.SQRT2));

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
