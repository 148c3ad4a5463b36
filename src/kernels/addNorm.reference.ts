/** The definition of x += a / rms(a) * gain: x, a [T, D], gain [D] → the new x. */
export function addRmsNormReference(
  x: Float32Array,
  a: Float32Array,
  gain: Float32Array,
  eps: number,
): Float32Array {
  const dim = gain.length;
  const y = new Float32Array(x.length);
  for (let row = 0; row < x.length; row += dim) {
    let sumSq = 0; // a JS number, so f64
    for (let d = 0; d < dim; d++) sumSq += a[row + d] ** 2;
    for (let d = 0; d < dim; d++)
      y[row + d] = x[row + d] + (a[row + d] / Math.sqrt(sumSq / dim + eps)) * gain[d];
  }
  return y;
}
