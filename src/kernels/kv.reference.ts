// The i8 cache on the host: what src/kernels/kv.ts and shaders/lib/kv_i8.wgsl describe, a row at a time.

/** Rows of headDim values as the cache holds them: codes, four to a word, then the row's scale. */
export function encodeI8(values: Float32Array, headDim: number): Uint8Array<ArrayBuffer> {
  const rowBytes = headDim + 4;
  const bytes = new Uint8Array((values.length / headDim) * rowBytes);
  const view = new DataView(bytes.buffer);
  for (let row = 0; row * headDim < values.length; row++) {
    const of = values.subarray(row * headDim, (row + 1) * headDim);
    const scale = Math.fround(Math.max(...of.map(Math.abs)) / 127);
    of.forEach((value, d) => view.setInt8(row * rowBytes + d, scale ? Math.round(value / scale) : 0));
    view.setFloat32(row * rowBytes + headDim, scale, true);
  }
  return bytes;
}

/** The values that a cache with these rows represents. */
export function decodeI8(bytes: ArrayBuffer, headDim: number): Float32Array<ArrayBuffer> {
  const view = new DataView(bytes);
  const rowBytes = headDim + 4;
  return Float32Array.from({ length: (bytes.byteLength / rowBytes) * headDim }, (_, i) => {
    const row = Math.floor(i / headDim) * rowBytes;
    return view.getInt8(row + (i % headDim)) * view.getFloat32(row + headDim, true);
  });
}
