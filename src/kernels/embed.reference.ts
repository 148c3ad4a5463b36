/** The definition: y[t] = table[tokens[t]]; `row` gives the dequantised rows of the table. */
export function embedReference(
  tokens: ArrayLike<number>,
  row: (id: number) => ArrayLike<number>,
): Float32Array {
  const rows = Array.from(tokens, row);
  const y = new Float32Array(rows.length * rows[0].length);
  rows.forEach((values, t) => y.set(values, t * values.length));
  return y;
}
