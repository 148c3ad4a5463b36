const A = -0.75;

function weight(distance: number): number {
  const t = Math.abs(distance);
  if (t <= 1) return (A + 2) * t ** 3 - (A + 3) * t ** 2 + 1;
  return t < 2 ? A * t ** 3 - 5 * A * t ** 2 + 8 * A * t - 4 * A : 0;
}

/** The table at a row and column of a grid: the definition of bicubic convolution, borders repeated. */
export function positionAt(
  table: Float32Array,
  { side, dim }: { side: number; dim: number },
  at: { row: number; column: number },
  grid: { rows: number; columns: number },
): Float32Array {
  const y = ((at.row + 0.5) * side) / grid.rows - 0.5;
  const x = ((at.column + 0.5) * side) / grid.columns - 0.5;
  const inside = (i: number) => Math.min(Math.max(i, 0), side - 1);
  const sum = new Float64Array(dim);
  for (let i = Math.floor(y) - 1; i <= Math.floor(y) + 2; i++)
    for (let j = Math.floor(x) - 1; j <= Math.floor(x) + 2; j++)
      for (let d = 0; d < dim; d++)
        sum[d] += weight(y - i) * weight(x - j) * table[(inside(i) * side + inside(j)) * dim + d];
  return Float32Array.from(sum);
}
