import { geluReference } from './gelu.reference';

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
      y[row + d] = gelu ? geluReference(normed) : normed;
    });
  }
  return y;
}
