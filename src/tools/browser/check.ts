// Whether a passage says what a sentence cites it for, without a second model: the sentence's numbers and names must occur
// in it, and enough of its words (ROUGE-1 precision). What a person means by "supported" is more than this; a sentence that
// fails is therefore marked, never deleted. Measured in scripts/citations.
import { piecesOf } from './passages';
import { takeQuantities, valuesIn, type Quantity } from './quantities';

export interface Verdict {
  /** supported: as far as words tell. other: the passage is in another language, so words could not be compared. */
  kind: 'supported' | 'other' | 'unsupported';
  /** Numbers and names of the sentence that are not in the passage. */
  missing: string[];
  /** Share of the sentence's words that are in the passage, 0 to 1. */
  overlap: number;
  /** What of the passage is nearest to the sentence. */
  passage: string;
}

/** Set on the first half of the development set of scripts/citations. */
export const LEAST_OVERLAP = 0.6;

const STOP = new Set(
  (
    'a an and are as at be been but by did do does for from had has have he her his i in is it its of on or she that the their them ' +
    'there they this to was were what when where which who will with you your also than then so not no about into over after before ' +
    '的 了 是 在 和 有 也 不 这 那 他 她 它 们 我 你 一 个 与 及 或 而 被 把 对 为 于 之 其 以 由 从 到 就 都 还 又'
  ).split(' '),
);
const HAN = /\p{Script=Han}/u;
const MARK = /【\s*\d{1,5}\s*†[^】\n]{0,200}】|\[\^?\d{1,4}\]/g;

/** A text in which equal words are equal: half-width, lower case, plain digits. */
const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/(\d)[,，](?=\d{3}(?!\d))/g, '$1');

const segmenter = new Intl.Segmenter('zh', { granularity: 'word' });

/** Words without endings; Chinese as the browser parts it. */
function contentWords(text: string): string[] {
  return [...plain(text).matchAll(/\p{Script=Han}+|[\p{L}\p{M}]+|\d+(?:\.\d+)?/gu)].flatMap(([word]) => {
    if (!HAN.test(word)) return STOP.has(word) ? [] : [stem(word)];
    return [...segmenter.segment(word)].flatMap(({ segment }) => (STOP.has(segment) ? [] : [segment]));
  });
}

/** Finds content words in a text. Where Chinese is parted depends on what stands around it, so it is looked for as text. */
function finder(text: string): (word: string) => boolean {
  const words = new Set(contentWords(text));
  const searched = plain(text);
  return (word) => (HAN.test(word) ? searched.includes(word) : words.has(word));
}

const stem = (word: string): string =>
  word.length > 4 ? word.replace(/ies$/, 'y').replace(/(?:ing|ed|es|s|e)$/, '') : word;

/** Numbers that a source must have, without those that only count the items of a list. */
function numbersIn(sentence: string): { numbers: Quantity[]; rest: string } {
  const { quantities, rest } = takeQuantities(sentence.replace(/^\s*\d{1,2}[.)、]\s+/, ''));
  const exact = quantities.filter(({ isExact }) => isExact);
  return { numbers: [...new Map(exact.map((one) => [one.text, one])).values()], rest };
}

const holds = (values: ReadonlySet<number>, number: Quantity): boolean =>
  number.values.some((value) => values.has(value));

/** Names: capitalised words that do not only begin the sentence, and what stands in quotes or title marks. */
function namesIn(sentence: string): string[] {
  const quoted = [...sentence.matchAll(/[「『《“"]([^」』》”"]{2,40})[」』》”"]/g)].map(([, name]) => name);
  const latin = [
    ...sentence.matchAll(/(?<![\p{L}\p{N}])\p{Lu}[\p{L}\p{M}'’-]+(?:\s+\p{Lu}[\p{L}\p{M}'’-]+)*/gu),
  ].flatMap(([name], index, all) => {
    const words = name.split(/\s+/);
    const begins = index === 0 && all[0].index === /^\s*/.exec(sentence)?.[0].length;
    // The first word of a sentence may be any word; with a second capital it is part of a name.
    return begins && words.length === 1
      ? []
      : words.filter((word) => !STOP.has(word.toLowerCase()) && word.length > 1);
  });
  return [...new Set([...quoted, ...latin, ...chineseNames(sentence)])];
}

const SURNAMES = new Set(
  '王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤',
);

/**
 * Chinese personal names: a surname that the browser parts from what follows it, which it does not in ordinary words. One
 * to two characters follow.
 */
function chineseNames(sentence: string): string[] {
  const segments = [...segmenter.segment(sentence)].map(({ segment }) => segment);
  return segments.flatMap((surname, at) => {
    const [next = '', after = ''] = segments.slice(at + 1, at + 3);
    if (!SURNAMES.has(surname) || !HAN.test(next) || next.length > 2 || STOP.has(next)) return [];
    const isOneByOne = next.length === 1 && after.length === 1 && HAN.test(after) && !STOP.has(after);
    return [surname + next + (isOneByOne ? after : '')];
  });
}

/** Words that turn a sentence round. */
const NEGATION = /\b(?:not|no|never|none|neither|nor|without|cannot)\b|n't\b|不|没|未|无|非(?!常)/u;

/** Neighbouring pieces of a passage that are looked at together. */
const WINDOW = 3;

/** Sentences of a text; a title or a heading counts as one. */
export const sentencesOf = (text: string): string[] =>
  piecesOf(text).flatMap((piece) => piece.match(/[^。！？!?.;；]+(?:[。！？!?；;]+|\.+(?=\s|$)|\.|$)[”』」"'）)]*\s*/g) ?? [piece]).filter((one) => one.trim() !== ''); // prettier-ignore

/** An abbreviation, an initial or a decimal, at whose point a sentence does not end. */
const NOT_THE_END = /(?:\d\.|(?<![\p{L}\p{N}])(?:\p{Lu}|Dr|Mr|Mrs|Ms|St|No|c|ca|e\.g|i\.e)\.\s*)$/u;

/** Joins what was cut at such a point. */
function whole(sentences: string[]): string[] {
  const joined: string[] = [];
  for (const sentence of sentences) {
    const last = joined.at(-1);
    if (last !== undefined && NOT_THE_END.test(last)) joined[joined.length - 1] = last + sentence;
    else joined.push(sentence);
  }
  return joined;
}

const share = (part: number, all: number): number => (all === 0 ? 1 : part / all);

/** The sentence of a window that has the most of the words, or the whole window where several share them. */
function nearestPiece(window: string[], words: string[], numbers: Quantity[]): string {
  const shares = window.map((piece) => {
    const values = valuesIn(piece);
    const found =
      words.filter(finder(piece)).length + numbers.filter((number) => holds(values, number)).length;
    return share(found, words.length + numbers.length);
  });
  const most = Math.max(...shares);
  return (most >= 0.6 ? window[shares.indexOf(most)] : window.join('')).trim();
}

/** Clauses of a sentence that can be judged one by one; one clause for most. */
function clausesOf(sentence: string): string[] {
  const parts = sentence.split(/[;；]\s*|，(?=[^，]{6,})|,?\s+(?:and|but|while)\s+(?=[^,]{12,})/u);
  const clauses: string[] = [];
  for (const part of parts) {
    const last = clauses.at(-1);
    // What is too short to say something belongs to what stands before it.
    if (last !== undefined && (contentWords(part).length < 3 || contentWords(last).length < 3))
      clauses[clauses.length - 1] = `${last} ${part}`;
    else clauses.push(part);
  }
  return clauses;
}

/**
 * Judges one sentence against the text of the page that it cites. Where no place of the page says all of it, its clauses are
 * looked for one by one.
 */
export function judge(sentence: string, passage: string, leastOverlap = LEAST_OVERLAP): Verdict {
  const said = sentence.replace(MARK, '').trim();
  const whole = judgeClause(said, passage, leastOverlap);
  if (whole.kind !== 'unsupported') return whole;
  const clauses = clausesOf(said);
  if (clauses.length < 2) return whole;
  const verdicts = clauses.map((clause) => judgeClause(clause, passage, leastOverlap));
  if (verdicts.some(({ kind }) => kind === 'unsupported')) return whole;
  return {
    kind: verdicts.every(({ kind }) => kind === 'supported') ? 'supported' : 'other',
    missing: [],
    overlap: Math.min(...verdicts.map(({ overlap }) => overlap)),
    passage: [...new Set(verdicts.map((verdict) => verdict.passage))].join('\n'),
  };
}

function judgeClause(said: string, passage: string, leastOverlap: number): Verdict {
  const { numbers, rest } = numbersIn(said);
  const words = [...new Set(contentWords(rest))].filter((word) => !/^\d/.test(word));
  const names = namesIn(rest);
  const inHan = HAN.test(said);
  const isOther = inHan !== HAN.test(passage) && words.length + numbers.length > 0;
  const pieces = whole(sentencesOf(passage));
  const negation = NEGATION.exec(said)?.[0];
  let best: Verdict = {
    kind: 'unsupported',
    missing: [...numbers.map((number) => number.text), ...names],
    overlap: 0,
    passage: pieces[0] ?? '',
  };
  let bestScore = -1;
  for (let at = 0; at < pieces.length; at++) {
    const window = pieces.slice(at, at + WINDOW);
    const joined = window.join('');
    const text = plain(joined);
    const values = valuesIn(joined);
    const notThere = numbers.filter((number) => !holds(values, number));
    const missing = [
      ...notThere.map((number) => number.text),
      ...names.filter((name) => !text.includes(plain(name)) && !(isOther && HAN.test(name) === inHan)),
    ];
    const found = words.filter(finder(joined)).length + numbers.length - notThere.length;
    const overlap = share(found, words.length + numbers.length);
    const score = overlap - missing.length * 0.25;
    if (score <= bestScore) continue;
    bestScore = score;
    if (negation && !isOther && !NEGATION.test(joined)) missing.push(negation);
    const isSaid = missing.length === 0 && (isOther || overlap >= leastOverlap);
    const kind = isSaid ? (isOther ? 'other' : 'supported') : 'unsupported';
    best = { kind, missing, overlap, passage: nearestPiece(window, words, numbers) };
  }
  return best;
}

/** A sentence of an answer and the numbers of the sources that it cites. */
export interface CitedSentence {
  text: string;
  sources: number[];
}

/** The sentences of an answer with their marks, which stand before or after the full stop. Code and headings say nothing. */
export function citedSentences(answer: string): CitedSentence[] {
  const text = answer.replace(/```[\s\S]*?(?:```|$)/g, '\n').replace(/^\s*(?:#{1,6}\s|[|>]|-{3,}).*$/gm, '');
  return text.split('\n').flatMap((line) => {
    const marked = line
      .replace(/^\s*[-*+]\s+/, '')
      .replace(/([。！？!?.；;])((?:\s*【\s*\d{1,5}\s*†[^】\n]{0,200}】)+)/g, '$2$1');
    const kept = marked.replace(/【([^】]*)】/g, (mark) => mark.replaceAll('.', '\u0000'));
    return whole(
      kept.match(/[^。！？!?.；;]+(?:[。！？!?；;]+|\.+(?=\s|$)|\.|$)[”』」"'）)]*\s*/g) ?? [],
    ).flatMap((one) => {
      const sentence = one.replaceAll('\u0000', '.');
      const sources = [...sentence.matchAll(/【\s*(\d{1,5})\s*†/g)].map(([, id]) => Number(id));
      const said = sentence.replace(MARK, '').trim();
      return contentWords(said).length > 0 ? [{ text: said, sources: [...new Set(sources)] }] : [];
    });
  });
}

/** Passages by the number of their source. */
export type Passages = ReadonlyMap<number, string>;

export interface AnswerCheck {
  sentences: number;
  /** Sentences that a cited source says, as far as the check can tell. */
  supported: number;
  citations: number;
  /** Citations that are needed: without them their sentence loses its support. */
  needed: number;
  /** Citations to a source that does not say it, or does not exist. */
  wrong: number;
}

/**
 * Citation recall is `supported / sentences`, precision `needed / citations`, as ALCE counts them (arXiv:2305.14627), with
 * `judge` in place of an entailment model.
 */
export function checkAnswer(answer: string, passages: Passages): AnswerCheck {
  const check: AnswerCheck = { sentences: 0, supported: 0, citations: 0, needed: 0, wrong: 0 };
  for (const { text, sources } of citedSentences(answer)) {
    const holds = (ids: readonly number[]): boolean => {
      const found = ids.flatMap((id) => passages.get(id) ?? []);
      return found.length > 0 && judge(text, found.join('\n')).kind !== 'unsupported';
    };
    const isSupported = holds(sources);
    check.sentences++;
    check.supported += Number(isSupported);
    check.citations += sources.length;
    for (const id of sources) {
      const alone = holds([id]);
      const others = sources.filter((one) => one !== id);
      check.needed += Number(isSupported && (alone || !holds(others)));
      check.wrong += Number(!alone);
    }
  }
  return check;
}
