/** The definition of RMSNorm: x [T, D], gain [D] → y [T, D]. */
export function rmsNormReference(x: Float32Array, gain: Float32Array, eps: number): Float32Array {
  const dim = gain.length;
  const y = new Float32Array(x.length);
  for (let row = 0; row < x.length; row += dim) {
    let sumSq = 0; // f64: a reference must be more exact than the kernel
    for (let d = 0; d < dim; d++) sumSq += x[row + d] ** 2;
    for (let d = 0; d < dim; d++) y[row + d] = (x[row + d] / Math.sqrt(sumSq / dim + eps)) * gain[d];
  }
  return y;
}
