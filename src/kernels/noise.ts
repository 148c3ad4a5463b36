// Deterministic data for trials and checks of kernels on the user's device.

/** Xorshift (Marsaglia 2003): 32 random bits a call, from a fixed seed. */
export function xorshift(seed = 2463534242): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>>= 0);
  };
}

/** Values of −1..1, uniform. */
export function noise(length: number, seed?: number): Float32Array<ArrayBuffer> {
  const random = xorshift(seed);
  return Float32Array.from({ length }, () => random() / 2 ** 31 - 1);
}
