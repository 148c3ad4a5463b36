/** A matrix by its dequantised rows, so that a large one need not exist at once. */
export interface ReferenceMatrix {
  rows: number;
  cols: number;
  row(index: number): ArrayLike<number>;
}

/** The definition: x [T, cols] → x·Wᵀ [T, rows] in f64. */
export function matmulReference(x: Float32Array, matrix: ReferenceMatrix): Float64Array {
  const { rows, cols } = matrix;
  const numTokens = x.length / cols;
  const y = new Float64Array(numTokens * rows);
  for (let r = 0; r < rows; r++) {
    const weights = matrix.row(r);
    for (let t = 0; t < numTokens; t++) {
      let sum = 0;
      for (let c = 0; c < cols; c++) sum += x[t * cols + c] * weights[c];
      y[t * rows + r] = sum;
    }
  }
  return y;
}

/** silu(gate)·up: both [T, 2F] halves of every row of `sums` → [T, F]. */
export function swigluReference(sums: Float64Array, ffnSize: number): Float64Array {
  const y = new Float64Array(sums.length / 2);
  for (let t = 0; t * 2 * ffnSize < sums.length; t++) {
    for (let f = 0; f < ffnSize; f++) {
      const gate = sums[t * 2 * ffnSize + f];
      const up = sums[t * 2 * ffnSize + ffnSize + f];
      y[t * ffnSize + f] = (gate / (1 + Math.exp(-gate))) * up;
    }
  }
  return y;
}
