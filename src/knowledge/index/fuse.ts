// Reciprocal-rank fusion (Cormack, Clarke & Büttcher 2009): several rankings as one, whatever their scores mean.
import type { Hit } from './bm25';

/** Lowers the weight of the first ranks; the paper's value. */
const RANK_OFFSET = 60;

/** Score of a text: Σ 1 / (60 + rank) over the rankings that have it. Of equal ones the lower number first. */
export function fuseRanks(rankings: readonly (readonly Pick<Hit, 'id'>[])[]): Hit[] {
  const scores = new Map<number, number>();
  for (const ranking of rankings)
    ranking.forEach(({ id }, i) => scores.set(id, (scores.get(id) ?? 0) + 1 / (RANK_OFFSET + i + 1)));
  return [...scores].map(([id, score]) => ({ id, score })).sort((a, b) => b.score - a.score || a.id - b.id);
}
