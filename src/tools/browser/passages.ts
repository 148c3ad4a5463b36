// Passages of texts, ranked by BM25: Chinese by characters and pairs of them, other scripts by words.
import { estimatedTokens } from '../estimate';
import { wordsOf } from '../pick';

const K1 = 1.2;
const B = 0.75;

/** Scores of texts for a query, by BM25; 0 without a common word. */
export function scores(texts: readonly string[], query: string): number[] {
  const documents = texts.map((text) => {
    const counts = new Map<string, number>();
    const words = wordsOf(text);
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    return { counts, length: words.length };
  });
  const average = documents.reduce((sum, { length }) => sum + length, 0) / documents.length || 1;
  const asked = [...new Set(wordsOf(query))].map((word) => {
    const holders = documents.filter(({ counts }) => counts.has(word)).length;
    return { word, idf: Math.log(1 + (documents.length - holders + 0.5) / (holders + 0.5)) };
  });
  return documents.map(({ counts, length }) =>
    asked.reduce((sum, { word, idf }) => {
      const count = counts.get(word) ?? 0;
      return sum + (idf * count * (K1 + 1)) / (count + K1 * (1 - B + (B * length) / average));
    }, 0),
  );
}

/** The items nearest to the query, the nearest first; those without a common word are left out. */
export function bestPassages<T>(
  items: readonly T[],
  query: string,
  { most, describe }: { most: number; describe: (item: T) => { title: string; text: string } },
): T[] {
  const all = scores(
    items.map((item) => Object.values(describe(item)).join('\n')),
    query,
  );
  return items
    .map((item, index) => ({ item, score: all[index] }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ item }) => item);
}

/** Longest piece of a paragraph that is ranked by itself. */
const PIECE_CHARS = 600;

/** Paragraphs; long ones in pieces that end with a sentence. */
export function piecesOf(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    if (line.length <= PIECE_CHARS) return line.trim() ? [line] : [];
    const pieces: string[] = [];
    for (const sentence of line.match(/[^。！？.!?]+(?:[。！？]|[.!?]+(?=\s|$)|[.!?]|$)+\s*/g) ?? [line]) {
      const last = pieces.at(-1);
      if (last !== undefined && last.length + sentence.length <= PIECE_CHARS)
        pieces[pieces.length - 1] = last + sentence;
      else
        for (let at = 0; at < sentence.length; at += PIECE_CHARS)
          pieces.push(sentence.slice(at, at + PIECE_CHARS));
    }
    return pieces;
  });
}

export interface Excerpt {
  text: string;
  /** Parts of the page were left out. */
  cut: boolean;
}

/** Stands where text was left out. */
export const GAP = '…';

/** What of a text fits: its beginning and the pieces nearest to the query, in their order. */
export function excerpt(text: string, query: string, maxTokens: number): Excerpt {
  if (estimatedTokens(text) <= maxTokens) return { text, cut: false };
  const pieces = piecesOf(text);
  const score = scores(pieces, query);
  const order = pieces.map((_, index) => index).sort((a, b) => score[b] - score[a] || a - b);
  const kept = new Set<number>();
  let left = maxTokens;
  const take = (index: number) => {
    const cost = estimatedTokens(pieces[index]) + 2;
    if (cost > left || kept.has(index)) return;
    kept.add(index);
    left -= cost;
  };
  if (estimatedTokens(pieces[0] ?? '') * 3 <= maxTokens) take(0);
  for (const index of order) if (score[index] > 0) take(index);
  for (const index of pieces.keys()) take(index);
  if (kept.size === 0) return { text: pieces[order[0]].slice(0, Math.max(20, maxTokens)), cut: true };
  const lines: string[] = [];
  let before = -1;
  for (const index of [...kept].sort((a, b) => a - b)) {
    if (index > before + 1) lines.push(GAP);
    lines.push(pieces[index].trimEnd());
    before = index;
  }
  if (before < pieces.length - 1) lines.push(GAP);
  return { text: lines.join('\n'), cut: true };
}
