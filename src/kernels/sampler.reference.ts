export interface SamplerReferenceArgs {
  logits: Float32Array;
  numRealTokens: number;
  temperature: number;
  topK: number;
  topP: number;
  minP: number;
  repetitionPenalty: number;
  frequencyPenalty?: number;
  presencePenalty?: number;
  /** Tokens of the prompt. */
  seen?: ReadonlySet<number>;
  /** How often a token was drawn. */
  drawn?: ReadonlyMap<number, number>;
  /** Tokens that may be drawn; default all. */
  allowed?: ReadonlySet<number>;
}

/** The definition of what is drawn: the probability of every id, zero for those cut off. At temperature 0 one id has all. */
export function samplerProbabilities(args: SamplerReferenceArgs): Float64Array {
  const { logits, numRealTokens, temperature, topK, topP, minP, repetitionPenalty } = args;
  const { seen = new Set(), drawn = new Map<number, number>(), allowed } = args;
  const { frequencyPenalty = 0, presencePenalty = 0 } = args;
  const scores = Array.from(logits.subarray(0, numRealTokens), (logit, id) => {
    const times = drawn.get(id) ?? 0;
    if (!seen.has(id) && times === 0) return logit;
    const repeated = logit > 0 ? logit / repetitionPenalty : logit * repetitionPenalty;
    return repeated - frequencyPenalty * times - presencePenalty * Math.min(1, times);
  });
  const order = scores
    .map((_, id) => id)
    .filter((id) => !allowed || allowed.has(id))
    .sort((a, b) => scores[b] - scores[a] || a - b);
  const probabilities = new Float64Array(logits.length);
  if (temperature === 0) {
    probabilities[order[0]] = 1;
    return probabilities;
  }
  const weight = (id: number): number => Math.exp((scores[id] - scores[order[0]]) / temperature);
  const sum = (ids: number[]): number => ids.reduce((total, id) => total + weight(id), 0);

  let kept =
    topK > 0 ? order.filter((id) => scores[id] >= scores[order[Math.min(topK, order.length) - 1]]) : order;
  if (topP < 1) {
    const enough = topP * sum(kept);
    let mass = 0;
    let last = 0;
    while (last < kept.length - 1 && (mass += weight(kept[last])) < enough) last++;
    kept = kept.filter((id) => scores[id] >= scores[kept[last]]); // equals of the last one stay
  }
  if (minP > 0) kept = kept.filter((id) => weight(id) >= minP);
  const total = sum(kept);
  for (const id of kept) probabilities[id] = weight(id) / total;
  return probabilities;
}

/** The part of [0, 1) that belongs to an id, ids in order: it is drawn when the random number falls inside. */
export function shareReference(probabilities: Float64Array, id: number): { start: number; end: number } {
  const start = probabilities.subarray(0, id).reduce((a, b) => a + b, 0);
  return { start, end: start + probabilities[id] };
}

/** The sampler's random number in [0, 1) for a seed and a counter: pcg2d (Jarzynski & Olano 2020), the upper 24 bits. */
export function randomReference(seed: number, counter: number): number {
  const step = (value: number): number => Math.imul(value, 1664525);
  let x = (step(seed) + 1013904223) | 0;
  let y = (step(counter) + 1013904223) | 0;
  for (let round = 0; round < 2; round++) {
    x = (x + step(y)) | 0;
    y = (y + step(x)) | 0;
    x ^= x >>> 16;
    y ^= y >>> 16;
  }
  return (x >>> 8) / 2 ** 24;
}
