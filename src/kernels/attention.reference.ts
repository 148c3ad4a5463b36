export interface AttentionReferenceArgs {
  /** [T, numHeads·headDim], already scaled */
  q: Float32Array;
  /** [numKvHeads, capacity, headDim] */
  k: Float32Array;
  v: Float32Array;
  /** Position of the first token. */
  position: number;
  /** Rows before this one are visible to every token; default 0. */
  prefixEnd?: number;
  numHeads: number;
  numKvHeads: number;
  headDim: number;
}

/** The definition of causal grouped-query attention, with a prefix that all tokens see: y [T, numHeads·headDim]. */
export function attentionReference(args: AttentionReferenceArgs): Float32Array {
  const { q, k, v, position, prefixEnd = 0, numHeads, numKvHeads, headDim } = args;
  const capacity = k.length / (numKvHeads * headDim);
  const y = new Float32Array(q.length);
  for (let row = 0; row < q.length / headDim; row++) {
    const length = Math.max(position + Math.floor(row / numHeads) + 1, prefixEnd);
    const kvHead = Math.floor((row % numHeads) / (numHeads / numKvHeads));
    const at = (s: number): number => (kvHead * capacity + s) * headDim;
    const scores = new Float64Array(length);
    for (let s = 0; s < length; s++) {
      for (let d = 0; d < headDim; d++) scores[s] += q[row * headDim + d] * k[at(s) + d];
    }
    const peak = scores.reduce((a, b) => Math.max(a, b));
    const weights = scores.map((score) => Math.exp(score - peak));
    const total = weights.reduce((a, b) => a + b);
    for (let d = 0; d < headDim; d++) {
      let sum = 0;
      for (let s = 0; s < length; s++) sum += weights[s] * v[at(s) + d];
      y[row * headDim + d] = sum / total;
    }
  }
  return y;
}
