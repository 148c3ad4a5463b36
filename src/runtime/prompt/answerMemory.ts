// Answers as the model gave them. A chat's history comes back as text, and text does not always become the same tokens.
import type { Tokenizer } from '../../tokenizer/tokenizer';
import { commonPrefix } from '../kv/prefixCache';

/** Answers remembered; older ones are encoded like any text. */
const MAX_ANSWERS = 64;

interface Answer {
  promptIds: number[];
  ids: number[];
}

type Piece = { special: number } | { ids: number[] };

/**
 * Puts remembered answers in the place of their texts in a prompt: then the KV cache, which holds the tokens that were
 * sampled, serves the next turn whole. The text is the same either way.
 */
export class AnswerMemory {
  private answers: Answer[] = [];

  constructor(private readonly tokenizer: Pick<Tokenizer, 'decodeBytes'>) {}

  /** @param ids of the answer without the token that ended it. */
  remember(promptIds: readonly number[], ids: readonly number[]): void {
    if (ids.length === 0) return;
    this.answers.push({ promptIds: [...promptIds], ids: [...ids] });
    if (this.answers.length > MAX_ANSWERS) this.answers.shift();
  }

  /** The prompt with the tokens of the answers that it repeats. */
  recall(ids: readonly number[]): number[] {
    let recalled = [...ids];
    // Of several answers to one prompt the one with the same text fits; earlier turns first, since later prompts hold them.
    for (const answer of this.answers.toSorted((a, b) => a.promptIds.length - b.promptIds.length)) {
      const start = answer.promptIds.length;
      if (start >= recalled.length || commonPrefix(recalled, answer.promptIds) < start) continue;
      const end = this.endOfSameText(recalled, start, answer.ids);
      if (end !== undefined) recalled = [...recalled.slice(0, start), ...answer.ids, ...recalled.slice(end)];
    }
    return recalled;
  }

  /** Where the text of `answer` ends in ids, if it stands there from `start` on. */
  private endOfSameText(
    ids: readonly number[],
    start: number,
    answer: readonly number[],
  ): number | undefined {
    const wanted = this.pieces(answer);
    const nearby = ids.slice(start, start + 4 * answer.length + 16); // a stray byte comes back as the three of U+FFFD
    const found = this.pieces(nearby).slice(0, wanted.length);
    const same = wanted.every((piece, i) => {
      const other = found.at(i);
      if (!other || 'special' in piece !== 'special' in other) return false;
      if ('special' in piece) return 'special' in other && piece.special === other.special;
      return 'ids' in other && this.text(piece.ids, i === 0) === this.text(other.ids, i === 0);
    });
    if (!same) return undefined;
    return start + found.reduce((sum, piece) => sum + ('ids' in piece ? piece.ids.length : 1), 0);
  }

  /** Special tokens apart: they have no bytes. */
  private pieces(ids: readonly number[]): Piece[] {
    const pieces: Piece[] = [];
    for (const id of ids) {
      const last = pieces.at(-1);
      if (this.tokenizer.decodeBytes([id]).length === 0) pieces.push({ special: id });
      else if (last && 'ids' in last) last.ids.push(id);
      else pieces.push({ ids: [id] });
    }
    return pieces;
  }

  /** The line feed that may begin an answer belongs to the format. */
  private text(ids: number[], isFirst: boolean): string {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.tokenizer.decodeBytes(ids));
    return isFirst ? text.replace(/^\n/, '') : text;
  }
}
