// The terms of a text. An index holds no words that Intl.Segmenter found: browsers cut differently, and a base made in one
// is searched in another. Scripts without spaces are indexed as characters and pairs; the segmenter weighs those of a question.
import { UNSPACED } from '../chunks/tokens';

const RUN = new RegExp(`[${UNSPACED}]+|(?:(?![${UNSPACED}])[\\p{L}\\p{N}\\p{M}])+(?:[-_.'’](?:(?![${UNSPACED}])[\\p{L}\\p{N}\\p{M}])+)*`, 'gu'); // prettier-ignore
const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, 'u');
const BROKEN_RUN = new RegExp(`([${UNSPACED}])[ \\t]*\\n[ \\t]*(?=[${UNSPACED}])`, 'gu');
const HYPHENATED = /(\p{L})-\n\s*(?=\p{Ll})/gu;
const PARTS = /[-_.'’]/;

/** NFKC, lower case, and words that a line end cuts joined again. */
const normalized = (text: string): string =>
  text.normalize('NFKC').toLowerCase().replace(BROKEN_RUN, '$1').replace(HYPHENATED, '$1');

/** English endings go, so that "batteries" and "charging" find "battery" and "charge". */
export function stem(word: string): string {
  if (!/^[a-z]{4,}$/.test(word)) return word;
  let stemmed = word;
  if (/ies$/.test(word)) stemmed = `${word.slice(0, -3)}y`;
  else if (/(ss|sh|ch|x|z)es$/.test(word)) stemmed = word.slice(0, -2);
  else if (/[^sui]s$/.test(word)) stemmed = word.slice(0, -1);
  const verb = /^(.*[aeiouy].*?)(ing|ed)$/.exec(stemmed);
  if (verb && verb[1].length >= 3) stemmed = verb[1].replace(/([bdfgmnprt])\1$/, '$1');
  return stemmed.length > 4 ? stemmed.replace(/e$/, '') : stemmed;
}

/** A word and, where signs join several, each of them. */
function wordsOf(run: string): string[] {
  const whole = run.replace(/['’]s$/, '');
  const parts = whole.split(PARTS);
  return parts.length > 1 ? [whole, ...parts.map(stem)] : [stem(whole)];
}

/** Pairs of neighbouring characters. */
function pairsOf(chars: readonly string[]): string[] {
  return chars.slice(1).map((char, i) => chars[i] + char);
}

/** The terms of a text that is indexed, with repetitions. */
export function termsOf(text: string): string[] {
  const terms: string[] = [];
  for (const [run] of normalized(text).matchAll(RUN)) {
    if (!IS_UNSPACED.test(run)) terms.push(...wordsOf(run));
    else {
      const chars = [...run];
      terms.push(...chars, ...pairsOf(chars));
    }
  }
  return terms;
}

/** Weight of a pair of characters that belong to two words, or of which no word is known. */
const ACROSS_WORDS = 0.4;
/** Weight of one character of a longer word: it finds 充电器 for 充电宝, and decides between nothing else. */
const INSIDE_WORD = 0.1;

/** Weight of a part of a word such as glm-4.5. */
const OF_COMPOUND = 0.4;

let segmenter: Intl.Segmenter | undefined;

/** Words of a run of characters; undefined where the platform has no segmenter. */
function segmentsOf(run: string): string[] | undefined {
  if (typeof Intl === 'undefined' || !('Segmenter' in Intl)) return undefined;
  segmenter ??= new Intl.Segmenter('zh', { granularity: 'word' });
  return Array.from(segmenter.segment(run), ({ segment }) => segment);
}

const STOP_WORDS = new Set(
  (
    'a an the is are was were be been do does did of to in on at for from by with and or not it its this that these those ' +
    'what which who whom whose when where why how can could may must should will would shall i you he she we they my your ' +
    'me if there have has had about as any much many ' +
    '的 了 吗 呢 吧 啊 是 在 有 和 与 或 我 你 您 他 她 它 我们 你们 他们 这 那 哪 哪些 哪个 哪里 哪儿 什么 怎么 怎样 如何 为什么 为何 ' +
    '多少 几 谁 何时 何 可以 能 会 要 应该 请 请问 一下 被 把 从 到 对 就 都 也 还 时 个 多 么 怎 为 应'
  ).split(' '),
);
const isStop = (word: string): boolean => STOP_WORDS.has(word);
const STOP_STEMS = new Set([...STOP_WORDS].map(stem));

function addRun(weights: Map<string, number>, run: string): void {
  const add = (term: string, weight: number) => weights.set(term, Math.max(weight, weights.get(term) ?? 0));
  const words = segmentsOf(run);
  for (const pair of pairsOf([...run])) add(pair, isStop(pair) ? 0 : ACROSS_WORDS);
  for (const word of words ?? []) {
    const chars = [...word];
    const weight = isStop(word) ? 0 : 1;
    if (chars.length === 1) add(word, weight);
    else {
      for (const pair of pairsOf(chars)) add(pair, weight);
      for (const char of chars) add(char, isStop(char) ? 0 : weight * INSIDE_WORD);
    }
  }
  if (!words) for (const char of run) add(char, isStop(char) ? 0 : INSIDE_WORD);
}

/** The terms of a question, each once, with their weights; words that every question has only where there is no other. */
export function queryTerms(question: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const [run] of normalized(question).matchAll(RUN)) {
    if (IS_UNSPACED.test(run)) addRun(weights, run);
    else
      for (const [i, word] of wordsOf(run).entries())
        weights.set(word, STOP_STEMS.has(word) || isStop(word) ? 0 : i === 0 ? 1 : OF_COMPOUND);
  }
  const counted = new Map([...weights].filter(([, weight]) => weight > 0));
  return counted.size > 0 ? counted : new Map([...weights.keys()].map((term) => [term, 1]));
}
