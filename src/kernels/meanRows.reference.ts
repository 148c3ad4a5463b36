/** Means of [first, first + count) rows of `dim` values. */
export function meanRowsReference(
  x: Float32Array,
  ranges: readonly [number, number][],
  dim: number,
): Float32Array {
  return Float32Array.from({ length: ranges.length * dim }, (_, i) => {
    const [first, count] = ranges[Math.floor(i / dim)];
    let sum = 0;
    for (let t = first; t < first + count; t++) sum += x[t * dim + (i % dim)];
    return sum / count;
  });
}
