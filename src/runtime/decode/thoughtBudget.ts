// The budget of a thought: when it is spent, the closing tag is put into the answer, and the model goes on behind it.
import type { TokenSet } from '../../model/decodeState';
import type { Constraint } from './constraint';

/** Before its end a thought may close where a sentence ends: within this share of the budget, and so many tokens at most. */
const EARLY = { share: 1 / 8, tokens: 32 };
/** Tokens by which a thought may overrun until a character or a tag is whole. */
const MOST_OVER = 8;
const SENTENCE_END = /[.!?。！？；…\n]["'”’」』)）]?\s*$/;
/** The beginning of `</think>`, which may be several tokens. */
const HALF_TAG = /<(?:\/(?:t(?:h(?:i(?:n(?:k)?)?)?)?)?)?$/;

export interface ThoughtBudgetOptions {
  tokens: number;
  /** Ids that close a thought. */
  closing: readonly number[];
  /** Tokens of the thought that are in the prompt, or were written before. */
  spent?: number;
  /** Whether the answer's last token belongs to a thought that goes on. */
  isThinking: () => boolean;
  /** The bytes of a token. */
  bytesOf: (id: number) => Uint8Array;
  /** Called when the first closing token is about to come. */
  onSpent: () => void;
}

/** Counts the tokens of a thought, and forces its end. Free otherwise: steps and drafts run ahead. */
export class ThoughtBudget implements Constraint {
  private thought: number;
  /** The next of the closing ids; -1 while the thought is free. */
  private at = -1;
  private tail = new Uint8Array(0);

  constructor(private readonly options: ThoughtBudgetOptions) {
    this.thought = options.spent ?? 0;
  }

  next(id: number | undefined): TokenSet | null {
    const { closing, isThinking, onSpent } = this.options;
    if (this.at >= 0) return this.at < closing.length ? [closing[this.at++]] : null;
    if (id !== undefined) this.take(id);
    if (!isThinking() || !this.isSpent()) return null;
    onSpent();
    this.at = 1;
    return [closing[0]];
  }

  private take(id: number): void {
    if (!this.options.isThinking()) return;
    this.thought++;
    this.tail = Uint8Array.from([...this.tail, ...this.options.bytesOf(id)]).slice(-32);
  }

  private isSpent(): boolean {
    const { tokens } = this.options;
    const over = this.thought - tokens;
    if (over < -Math.min(EARLY.tokens, tokens * EARLY.share)) return false;
    const text = new TextDecoder().decode(this.tail);
    if (over < 0) return SENTENCE_END.test(text);
    return over >= MOST_OVER || !(text.endsWith('\ufffd') || HALF_TAG.test(text));
  }
}
