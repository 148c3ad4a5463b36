export interface RopeReferenceArgs {
  /** [T, (numHeads + 2·numKvHeads)·headDim] */
  qkv: Float32Array;
  /** Position of the first token. */
  position: number;
  numHeads: number;
  numKvHeads: number;
  headDim: number;
  ropeDims: number;
  base: number;
  pairing?: 'interleaved' | 'half';
}

/** The definition: q [T, numHeads, headDim] rotated and scaled, k [T, numKvHeads, headDim] rotated, v as it came. */
export function ropeReference(args: RopeReferenceArgs): {
  q: Float32Array;
  k: Float32Array;
  v: Float32Array;
} {
  const { qkv, position, numHeads, numKvHeads, headDim, ropeDims, base, pairing = 'interleaved' } = args;
  const width = (numHeads + 2 * numKvHeads) * headDim;
  const numTokens = qkv.length / width;
  const rotated: number[][] = []; // every head of every token, V heads too
  for (let t = 0; t < numTokens; t++) {
    for (let head = 0; head < numHeads + 2 * numKvHeads; head++) {
      const start = t * width + head * headDim;
      const x = Array.from(qkv.subarray(start, start + headDim));
      if (head < numHeads + numKvHeads) {
        for (let i = 0; i < ropeDims / 2; i++) {
          const [a, b] = pairing === 'half' ? [i, i + ropeDims / 2] : [2 * i, 2 * i + 1];
          const angle = (position + t) / base ** ((2 * i) / ropeDims);
          const [xa, xb] = [x[a], x[b]];
          x[a] = xa * Math.cos(angle) - xb * Math.sin(angle);
          x[b] = xb * Math.cos(angle) + xa * Math.sin(angle);
        }
      }
      if (head < numHeads) for (let d = 0; d < headDim; d++) x[d] /= Math.sqrt(headDim);
      rotated.push(x);
    }
  }
  const heads = (from: number, count: number): Float32Array =>
    Float32Array.from(
      rotated
        .filter((_, n) => {
          const head = n % (numHeads + 2 * numKvHeads);
          return head >= from && head < from + count;
        })
        .flat(),
    );
  return {
    q: heads(0, numHeads),
    k: heads(numHeads, numKvHeads),
    v: heads(numHeads + numKvHeads, numKvHeads),
  };
}
