// SentencePiece's unigram model as XLM-RoBERTa uses it (Kudo 2018, arXiv:1804.10959): of all ways to write a word as pieces,
// the one with the highest sum of scores. Equal to the tokenizer.json of multilingual-e5-small (Hugging Face tokenizers).
import { AppError } from '../shared/errors';
import type { Metadata } from '../weights/types';
import { badMetadata } from './vocabulary';

export interface UnigramTokenizer {
  /** Ids of a text, without begin and end. */
  encode(text: string): number[];
  readonly bos: number;
  readonly eos: number;
}

/** Stands for the space before a word. */
const SPACE = '▁';
/** An unknown character scores this much less than the worst piece. */
const UNKNOWN_PENALTY = 10;
/** Names of llama.cpp and of this app for the kind of tokenizer. */
const KINDS = ['t5', 'unigram'];

// SentencePiece's rule nmt_nfkc, as far as it differs from NFKC of today's Unicode.
const DROPPED = /(?![\t\n\f\r\u0080-\u008e\u0090-\u009e])\p{Cc}/gu;
const SPACES = /[\s\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]+/gu;
/** It keeps the wide tilde, and does not know the sign of an era that began after it. */
const KEPT = /([\uff5e\u32ff])/;

function normalized(text: string): string {
  const composed = text
    .split(KEPT)
    .map((part, i) => (i % 2 === 1 ? part : part.replace(DROPPED, '').normalize('NFKC')));
  return composed.join('').replace(SPACES, ' ').trim();
}

/** @throws AppError unsupported-tokenizer, bad-metadata */
export function createUnigramTokenizer(metadata: Metadata): UnigramTokenizer {
  const model = String(metadata['tokenizer.ggml.model'] ?? 'none');
  if (!KINDS.includes(model)) {
    const message = `The file's tokenizer is "${model}"; an embedding model of this app has unigram pieces. Choose multilingual-e5-small.`;
    throw new AppError('unsupported-tokenizer', message, { model, pre: 'none', supported: KINDS.join(', ') });
  }
  const tokens = metadata['tokenizer.ggml.tokens'];
  const scores = metadata['tokenizer.ggml.scores'];
  if (!Array.isArray(tokens) || tokens.some((token) => typeof token !== 'string'))
    throw badMetadata('tokenizer.ggml.tokens', 'a list of texts was expected');
  if (!Array.isArray(scores) || scores.length !== tokens.length)
    throw badMetadata('tokenizer.ggml.scores', `${tokens.length} numbers were expected`);
  const id = (name: string): number => {
    const value = metadata[`tokenizer.ggml.${name}_token_id`];
    if (typeof value === 'number' && value >= 0 && value < tokens.length) return value;
    throw badMetadata(`tokenizer.ggml.${name}_token_id`, 'an id was expected');
  };
  const [bos, eos, unknown] = [id('bos'), id('eos'), id('unknown')];
  return { bos, eos, encode: encoder(tokens as string[], scores as number[], unknown) };
}

function encoder(tokens: string[], scores: number[], unknown: number): (text: string) => number[] {
  const ids = new Map<string, number>();
  let [longest, worst] = [1, 0];
  tokens.forEach((token, i) => {
    if (/^<.+>$/.test(token) && (scores[i] === 0 || i === unknown)) return; // a special token is never made of text
    ids.set(token, i);
    longest = Math.max(longest, [...token].length);
    worst = Math.min(worst, scores[i]);
  });
  const unknownScore = worst - UNKNOWN_PENALTY;

  function encodeWord(word: string): number[] {
    const chars = [...word];
    const best = new Float64Array(chars.length + 1).fill(-Infinity);
    best[0] = 0;
    const from = new Int32Array(chars.length + 1);
    const piece = new Int32Array(chars.length + 1);
    const offer = (start: number, end: number, pieceId: number, score: number): void => {
      if (best[start] + score <= best[end]) return;
      [best[end], from[end], piece[end]] = [best[start] + score, start, pieceId];
    };
    for (let start = 0; start < chars.length; start++) {
      let text = '';
      let hasSingle = false;
      for (let end = start + 1; end <= Math.min(chars.length, start + longest); end++) {
        text += chars[end - 1];
        const found = ids.get(text);
        if (found === undefined) continue;
        offer(start, end, found, scores[found]);
        hasSingle ||= end === start + 1;
      }
      if (!hasSingle) offer(start, start + 1, unknown, unknownScore);
    }
    const result: number[] = [];
    for (let end = chars.length; end > 0; end = from[end]) result.push(piece[end]);
    // unknown characters side by side are one token
    return result.reverse().filter((one, i) => one !== unknown || result[i - 1] !== unknown);
  }

  const words = new Map<string, number[]>();
  return (text) =>
    normalized(text)
      .split(' ')
      .filter(Boolean)
      .flatMap((word) => {
        const known = words.get(word);
        if (known) return known;
        const encoded = encodeWord(SPACE + word);
        if (words.size > 16_384) words.clear();
        if (word.length <= 32) words.set(word, encoded);
        return encoded;
      });
}
