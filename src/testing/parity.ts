// Measures the agreement of two sets of logits. Softmax ignores a constant offset, so both are centred first; this also
// allows comparing log probabilities with logits.
import { rootMeanSquare } from './expectClose';

export interface LogitsComparison {
  /** max|Δ| / RMS of `want`: the unit of the goldens' tolerances. */
  maxOverRms: number;
  /** RMS of Δ / RMS of `want`. */
  rmsOverRms: number;
  /** The id with the largest |Δ|. */
  worstId: number;
  /** KL(want ‖ got) of the softmax distributions, in nats. */
  kl: number;
  /** Whether the likeliest token is the same. */
  sameTop: boolean;
  /** Logit of the likeliest token of `want`, minus that of the second. */
  topGap: number;
}

/** Compares logits over the same vocabulary. @throws if lengths differ or a value is not finite. */
export function compareLogits(got: Float32Array, want: Float32Array): LogitsComparison {
  if (got.length !== want.length) throw new Error(`got ${got.length} logits, want ${want.length}`);
  const [g, w] = [centred(got), centred(want)];
  const rms = rootMeanSquare(w);
  const delta = g.map((value, id) => value - w[id]);
  const worstId = argmax(delta.map(Math.abs));
  const [logG, logW] = [logSumExp(g), logSumExp(w)];
  let kl = 0;
  w.forEach((logit, id) => (kl += Math.exp(logit - logW) * (logit - logW - (g[id] - logG))));
  const [best, second] = [...w].sort((a, b) => b - a);
  return {
    maxOverRms: Math.abs(delta[worstId]) / rms,
    rmsOverRms: rootMeanSquare(delta) / rms,
    worstId,
    kl: Math.max(kl, 0), // rounding may leave -1e-17
    sameTop: argmax(g) === argmax(w),
    topGap: best - second,
  };
}

/**
 * The number of greedy tokens that agree before the first difference. `excused` if the oracle's top two were closer than
 * `tolerance` there; the tokens after a difference are not comparable.
 */
export function compareGreedy(
  got: readonly number[],
  { greedy, gaps }: { greedy: readonly number[]; gaps: readonly number[] },
  tolerance: number,
): { agreed: number; excused: boolean } {
  const differs = greedy.findIndex((id, step) => got[step] !== id);
  return differs < 0
    ? { agreed: greedy.length, excused: false }
    : { agreed: differs, excused: gaps[differs] <= tolerance };
}

/** The logits minus their mean, in f64. @throws if one is not finite. */
export function centred(logits: Float32Array): Float64Array {
  let sum = 0;
  for (const logit of logits) sum += logit;
  if (!Number.isFinite(sum))
    throw new Error(`logit ${logits.findIndex((l) => !Number.isFinite(l))} is not finite`);
  return Float64Array.from(logits, (logit) => logit - sum / logits.length);
}

function logSumExp(logits: Float64Array): number {
  const peak = logits.reduce((max, logit) => Math.max(max, logit), -Infinity);
  return peak + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - peak), 0));
}

function argmax(values: Float64Array): number {
  return values.reduce((best, value, i) => (value > values[best] ? i : best), 0);
}
