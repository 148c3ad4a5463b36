// BM25 (Robertson & Zaragoza 2009) over chunks. The index depends on the texts alone: the same texts give the same bytes.
import { queryTerms, termsOf } from './terms';

/** Saturation of repeated terms, and how much the length of a text counts. */
const K1 = 1.2;
const B = 0.75;
/** Counts above this say no more, and fit into the low bits of a posting. */
export const MAX_COUNT = 255;

export interface Bm25Index {
  /** Number of terms of each text. */
  lengths: Uint32Array;
  /** Sorted by code units. */
  terms: string[];
  /** Where the postings of each term begin, and their end. */
  starts: Uint32Array;
  /** Number of the text × 256 + count of the term, ascending. */
  postings: Uint32Array;
}

export interface Hit {
  /** Number of the text. */
  id: number;
  score: number;
}

/** An array of numbers that grows; `push` on a plain array takes four times the memory. */
class Numbers {
  private data = new Uint32Array(1 << 16);
  length = 0;

  push(value: number): void {
    if (this.length === this.data.length) {
      const larger = new Uint32Array(this.data.length * 2);
      larger.set(this.data);
      this.data = larger;
    }
    this.data[this.length++] = value;
  }

  at = (i: number): number => this.data[i];
}

/** Collects texts, one at a time, so that indexing can pause between them. */
export class Bm25Builder {
  private readonly ids = new Map<string, number>();
  private readonly termIds = new Numbers();
  private readonly postings = new Numbers();
  private readonly lengths: number[] = [];

  /** @param earlier index that the texts are added to; it is left as it is. */
  constructor(earlier?: Bm25Index) {
    if (!earlier) return;
    const { lengths, terms, starts, postings } = earlier;
    for (const length of lengths) this.lengths.push(length);
    terms.forEach((term, id) => {
      this.ids.set(term, id);
      for (let i = starts[id]; i < starts[id + 1]; i++) {
        this.termIds.push(id);
        this.postings.push(postings[i]);
      }
    });
  }

  add(text: string): void {
    const terms = termsOf(text);
    const counts = new Map<number, number>();
    for (const term of terms) {
      let id = this.ids.get(term);
      if (id === undefined) this.ids.set(term, (id = this.ids.size));
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    for (const [id, count] of counts) {
      this.termIds.push(id);
      this.postings.push(this.lengths.length * 256 + Math.min(count, MAX_COUNT));
    }
    this.lengths.push(terms.length);
  }

  /** Sorts what was collected by term. */
  finish(): Bm25Index {
    const terms = [...this.ids.keys()].sort();
    const rank = new Uint32Array(terms.length);
    terms.forEach((term, i) => (rank[this.ids.get(term) as number] = i));
    const starts = new Uint32Array(terms.length + 1);
    for (let i = 0; i < this.termIds.length; i++) starts[rank[this.termIds.at(i)] + 1]++;
    for (let i = 1; i < starts.length; i++) starts[i] += starts[i - 1];
    const next = starts.slice();
    const postings = new Uint32Array(this.postings.length);
    for (let i = 0; i < postings.length; i++)
      postings[next[rank[this.termIds.at(i)]]++] = this.postings.at(i);
    return { lengths: Uint32Array.from(this.lengths), terms, starts, postings };
  }
}

/** The index without some of its texts: what indexing the others would give. */
export function dropTexts(
  { lengths, terms, starts, postings }: Bm25Index,
  isKept: readonly boolean[],
): Bm25Index {
  let numKept = 0;
  const places = Uint32Array.from(isKept, (kept) => (kept ? numKept++ : 0));
  const left: Bm25Index = {
    lengths: lengths.filter((_, id) => isKept[id]),
    terms: [],
    starts: new Uint32Array(terms.length + 1),
    postings: new Uint32Array(postings.length),
  };
  let length = 0;
  terms.forEach((term, at) => {
    const before = length;
    for (let i = starts[at]; i < starts[at + 1]; i++)
      if (isKept[postings[i] >>> 8])
        left.postings[length++] = places[postings[i] >>> 8] * 256 + (postings[i] & 255);
    if (length > before) left.starts[left.terms.push(term)] = length;
  });
  return {
    ...left,
    starts: left.starts.slice(0, left.terms.length + 1),
    postings: left.postings.slice(0, length),
  };
}

/** Number of a term; -1 when no text has it. */
function find(terms: readonly string[], term: string): number {
  let [low, high] = [0, terms.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (terms[middle] === term) return middle;
    if (terms[middle] < term) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** BM25 of every text, and of one that would have each term of the question once, at the usual length. */
export function scoreBm25(index: Bm25Index, question: string): { scores: Float64Array; ideal: number } {
  const { lengths, terms, starts, postings } = index;
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const average = total / Math.max(1, lengths.length) || 1;
  const scores = new Float64Array(lengths.length);
  let ideal = 0;
  for (const [term, weight] of queryTerms(question)) {
    const at = find(terms, term);
    const found = at < 0 ? 0 : starts[at + 1] - starts[at];
    const rarity = Math.log(1 + (lengths.length - found + 0.5) / (found + 0.5));
    ideal += weight * rarity;
    if (at < 0) continue;
    for (let i = starts[at]; i < starts[at + 1]; i++) {
      const [id, count] = [postings[i] >>> 8, postings[i] & 255];
      const norm = K1 * (1 - B + (B * lengths[id]) / average);
      scores[id] += (weight * rarity * count * (K1 + 1)) / (count + norm);
    }
  }
  return { scores, ideal };
}

/** The texts that have terms of the question, best first; of equal ones the earlier first. */
export const searchBm25 = (index: Bm25Index, question: string, limit: number): Hit[] =>
  best(scoreBm25(index, question).scores, limit);

/** The highest scores above zero; sorting them all would take longer than finding them. */
export function best(scores: Float64Array, limit: number): Hit[] {
  const hits: Hit[] = [];
  for (let id = 0; id < scores.length; id++) {
    const score = scores[id];
    if (score <= 0 || (hits.length === limit && score <= hits[limit - 1].score)) continue;
    let at = Math.min(hits.length, limit - 1);
    for (; at > 0 && hits[at - 1].score < score; at--) hits[at] = hits[at - 1];
    hits[at] = { id, score };
  }
  return hits;
}
