// Log-probabilities of a token and of the likeliest others, from the raw logits before penalties and temperature.

/** Natural logarithms of probabilities. */
export interface TokenLogprobs {
  id: number;
  logprob: number;
  /** The likeliest ids first. */
  top: { id: number; logprob: number }[];
}

/** @param logits [V] */
export function logprobsOf(logits: Float32Array, id: number, top: number): TokenLogprobs {
  const best: number[] = []; // ids, descending; few, so that insertion is cheap
  for (let candidate = 0; candidate < logits.length; candidate++) {
    if (best.length === top && (top === 0 || logits[candidate] <= logits[best[top - 1]])) continue;
    const place = best.findIndex((other) => logits[candidate] > logits[other]);
    best.splice(place < 0 ? best.length : place, 0, candidate);
    if (best.length > top) best.pop();
  }
  const peak = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  let total = 0;
  for (const logit of logits) total += Math.exp(logit - peak);
  const logSumExp = peak + Math.log(total);
  const logprob = (of: number) => logits[of] - logSumExp;
  return { id, logprob: logprob(id), top: best.map((other) => ({ id: other, logprob: logprob(other) })) };
}
