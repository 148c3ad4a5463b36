/** The sum of all words, modulo 2^32. */
export function streamSumReference(words: Uint32Array): number {
  return words.reduce((sum, word) => (sum + word) >>> 0, 0);
}
