/** The definition: y [T, D] with rows[source[t] − 1] in the place of row t wherever source[t] > 0. */
export function injectReference(
  source: ArrayLike<number>,
  rows: Float32Array,
  y: Float32Array,
  dim: number,
): Float32Array {
  const injected = y.slice();
  Array.from(source).forEach((row, t) => {
    for (let d = 0; row > 0 && d < dim; d++) injected[t * dim + d] = rows[(row - 1) * dim + d];
  });
  return injected;
}
