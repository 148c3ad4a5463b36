// Knowledge in a prompt, in the form in which GLM-4's own demo gives documents. A small base stands whole in the system turn,
// which is the same in every turn, so that its KV is kept; of a larger one, passages stand in the turn that asks.
import { chunkText, findPassages, type KnowledgeBase } from './base';
import { estimateTokens } from './chunks/tokens';
import type { Passage } from './types';

/** A base of at most this share of the context stands whole in the prompt. */
const WHOLE_SHARE = 1 / 3;
/** Passages of one turn take at most this share of the context, and at most so many tokens. */
const PASSAGES_SHARE = 1 / 4;
const PASSAGES_TOKENS = 3000;
export const MOST_PASSAGES = 6;

/** Whether a base of so many estimated tokens stands whole in the prompt. @param contextTokens 0 where it is unknown */
export const fitsWhole = (tokens: number, contextTokens: number): boolean =>
  tokens <= contextTokens * WHOLE_SHARE;

const block = (name: string, text: string): string => `[File Name]\n${name}\n[File Content]\n${text}`;

/** The whole base as a text, file by file, with the number of each page. */
export function wholeText({ files, chunks }: Pick<KnowledgeBase, 'files' | 'chunks'>): string {
  const texts = files.map(({ name }, file) => {
    let page: number | undefined;
    const parts = chunks
      .filter((chunk) => chunk.file === file)
      .map((chunk) => {
        const mark = chunk.page !== undefined && chunk.page !== page ? `[Page ${chunk.page}]\n` : '';
        page = chunk.page;
        return mark + chunkText(chunk);
      });
    return block(name, parts.join('\n\n'));
  });
  return texts.join('\n\n');
}

/** The best passages of a question that fit a turn; the first one always does. */
export function passagesFor(
  base: KnowledgeBase,
  question: string,
  contextTokens: number,
  vector?: Float32Array,
): Passage[] {
  return fitting(findPassages(base, question, { limit: MOST_PASSAGES, vector }), contextTokens);
}

/** As many of the passages, best first, as fit a turn. */
export function fitting(passages: readonly Passage[], contextTokens: number): Passage[] {
  const share = contextTokens > 0 ? contextTokens * PASSAGES_SHARE : PASSAGES_TOKENS;
  let left = Math.min(share, PASSAGES_TOKENS);
  return passages.filter(({ text }, i) => (left -= estimateTokens(text)) >= 0 || i === 0);
}

/** A question with the passages in front of it, best first. */
export function questionWith(passages: readonly Passage[], question: string): string {
  if (passages.length === 0) return question;
  const name = ({ file, page }: Passage) => (page === undefined ? file : `${file}, page ${page}`);
  return `${passages.map((passage) => block(name(passage), passage.text)).join('\n\n')}\n\n\n${question}`;
}

/** The system turn of an agent: its instructions, and a small base behind them. */
export function systemText(instructions: string, whole: string | undefined): string {
  return [instructions.trim(), whole].filter(Boolean).join('\n\n');
}
