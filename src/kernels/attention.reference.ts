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

/**
 * The definition of combining splits, each with a peak of its own: partials [rows, splits, Dh + 4] → y [rows, Dh], of the
 * first numUsed splits.
 */
export function combineReference(
  partials: Float32Array,
  { headDim, numSplits, numUsed }: { headDim: number; numSplits: number; numUsed: number },
): Float32Array {
  const stride = headDim + 4;
  const numRows = partials.length / (numSplits * stride);
  const y = new Float32Array(numRows * headDim);
  for (let row = 0; row < numRows; row++) {
    const splits = Array.from({ length: numUsed }, (_, i) => (row * numSplits + i) * stride);
    const peak = Math.max(...splits.map((at) => partials[at + headDim]));
    const weights = splits.map((at) => Math.exp(partials[at + headDim] - peak));
    const total = splits.reduce((sum, at, i) => sum + weights[i] * partials[at + headDim + 1], 0);
    for (let d = 0; d < headDim; d++) {
      const sum = splits.reduce((all, at, i) => all + weights[i] * partials[at + d], 0);
      y[row * headDim + d] = sum / total;
    }
  }
  return y;
}
