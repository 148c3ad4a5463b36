// Random weights and pictures of the models with eyes, made by formula. Twin: scripts/oracle/eyes.py.

/** u32 [count] from a name: FNV-1a of the name, then the finaliser of MurmurHash3 over a counter. */
export function randomWords(name: string, count: number): Uint32Array<ArrayBuffer> {
  let seed = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) seed = Math.imul(seed ^ byte, 0x01000193);
  return Uint32Array.from({ length: count }, (_, i) => mixed((Math.imul(i, 0x9e3779b9) + seed) | 0));
}

function mixed(word: number): number {
  let value = word ^ (word >>> 16);
  value = Math.imul(value, 0x85ebca6b);
  value ^= value >>> 13;
  value = Math.imul(value, 0xc2b2ae35);
  return value ^ (value >>> 16);
}

/** The values of a tensor of a checkpoint: gains around 1, small biases, matrices that keep the variance. */
export function randomValues(name: string, shape: readonly number[]): Float32Array<ArrayBuffer> {
  const size = shape.reduce((product, dim) => product * dim, 1);
  const isTable = name.includes('embed_tokens') || name.includes('position_embedding');
  const scale = (name === 'lm_head.weight' ? 4.0 : 1.7) / Math.sqrt(size / shape[0]);
  return Float32Array.from(randomWords(name, size), (word) => {
    const value = word / 2 ** 31 - 1;
    if (name.endsWith('bias')) return 0.2 * value;
    if (shape.length === 1) return 1 + 0.2 * value;
    return isTable ? value : value * scale;
  });
}

/** A picture of noise. */
export function picture({ width, height, seed }: { width: number; height: number; seed: number }) {
  const data = Uint8Array.from(randomWords(`picture ${seed}`, width * height * 3), (word) => word >>> 24);
  return { width, height, channels: 3 as const, data };
}
