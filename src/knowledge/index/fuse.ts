// Words and vectors as one ranking: cosine + WORDS × coverage. Coverage is the text's BM25 as a share of what a text with every
// term of the question has, so that it means the same in bases of any size, and a question whose words are missing leaves the
// order to the vectors. Ranks alone (reciprocal-rank fusion) are worse than vectors alone: they take no notice of how little the
// best text by words has in common with the question. Figures: README.md.
import { best, scoreBm25, type Bm25Index, type Hit } from './bm25';
import { cosines } from './vectors';
import type { Vectors } from '../types';

/** Chosen on each half of the 100 questions alone, and by leaving out one at a time: 0.05 every time. */
export const WORDS = 0.05;

/** The best texts by both. @param vector of the question, by the model of the vectors */
export function searchBoth(
  index: Bm25Index,
  vectors: Vectors,
  { question, vector }: { question: string; vector: Float32Array },
  limit: number,
): Hit[] {
  const { scores, ideal } = scoreBm25(index, question);
  return best(fused(cosines(vectors, vector), scores, ideal || 1), limit);
}

/**
 * Scores above zero of all texts, of which the first ones have a cosine. The others are taken to be as near as their words are
 * good: files that no model has read yet are found, too.
 */
export function fused(near: Float64Array, words: Float64Array, ideal: number): Float64Array {
  const bestWords = words.reduce((most, score) => Math.max(most, score), 0) || 1;
  const nearest = near.reduce((most, cosine) => Math.max(most, cosine), 0);
  const mean = near.length > 0 ? near.reduce((sum, cosine) => sum + cosine, 0) / near.length : 0;
  return words.map((score, id) => {
    const cosine = id < near.length ? near[id] : mean + ((nearest - mean) * score) / bestWords;
    return Math.max(1e-6, cosine + (WORDS * score) / ideal);
  });
}
