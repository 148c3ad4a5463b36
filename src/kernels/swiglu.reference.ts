/** silu(gate) · up for rows of gate and up, `size` values each. */
export function swigluReference(x: Float32Array, size: number): Float32Array {
  return Float32Array.from({ length: x.length / 2 }, (_, i) => {
    const at = Math.floor(i / size) * 2 * size + (i % size);
    return (x[at] / (1 + Math.exp(-x[at]))) * x[at + size];
  });
}
