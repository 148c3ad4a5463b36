// Seeded random numbers, identical in every browser and in Node, so data made from a seed can be compared by hash.
// Uses only integer arithmetic and exact float operations; Math.log and Math.cos may differ between engines.

/** A stream of random numbers determined by a seed. */
export interface Random {
  /** A random 32-bit unsigned integer. */
  bits(): number;
  /** Uniform in [0, 1), 32 random bits. */
  uniform(): number;
  /** A uniform integer in [0, n). */
  int(n: number): number;
  /** One number of mean 0 and variance 1, within ±4.9. */
  gauss(): number;
  /** n numbers of mean 0 and variance 1. */
  normal(n: number): Float32Array;
  /** n random bytes. They depend on endianness; WebGPU exists on little-endian machines only. */
  bytes(n: number): Uint8Array;
}

const GAUSS_TERMS = 8;
/** A uniform 16-bit integer has variance (2^32 - 1) / 12. */
const GAUSS_SCALE = 1 / Math.sqrt((GAUSS_TERMS * (2 ** 32 - 1)) / 12);
const GAUSS_MEAN = (GAUSS_TERMS * 65535) / 2;

/** Random numbers from a seed: sfc32 (Chris Doty-Humphrey, PractRand). */
export function seeded(seed: number): Random {
  let a = 0x9e3779b9;
  let b = seed | 0;
  let c = Math.floor(seed / 2 ** 32) | 0;
  let counter = 1;

  function bits(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  function gauss(): number {
    let sum = 0; // sum of GAUSS_TERMS uniform 16-bit integers: nearly normal by the central limit theorem
    for (let i = 0; i < GAUSS_TERMS; i += 2) {
      const pair = bits();
      sum += (pair & 0xffff) + (pair >>> 16);
    }
    return (sum - GAUSS_MEAN) * GAUSS_SCALE;
  }

  for (let i = 0; i < 12; i++) bits(); // mixes the seed into every state word
  return {
    bits,
    uniform: () => bits() / 2 ** 32,
    int: (n) => Math.floor((bits() / 2 ** 32) * n),
    gauss,
    normal: (n) => Float32Array.from({ length: n }, gauss),
    bytes: (n) => new Uint8Array(Uint32Array.from({ length: Math.ceil(n / 4) }, bits).buffer, 0, n),
  };
}
