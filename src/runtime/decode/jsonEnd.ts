// The end of JSON that room is running out for: strings are closed, lists and objects get nothing more than they must have.
import type { TokenSet } from '../../model/decodeState';

/** Blanks, and what the estimate of bytes leaves out. */
const SPARE_TOKENS = 16;
/** For each list or object that is open: recursion can open more than the estimate knows of. */
const TOKENS_PER_LEVEL = 8;

/** The vocabulary, in the byte alphabet. */
interface Vocabulary {
  stops: ReadonlySet<number>;
  spelled(id: number): string;
  idOf(spelled: string): number | undefined;
}

/** Follows a JSON text, and narrows the masks of its grammar when it has to end. */
export class JsonEnd {
  private inString = false;
  private isEscaped = false;
  private depth = 0;

  /** @param bytesToEnd bytes that the text needs at most to become whole: one token each, at worst */
  constructor(
    private readonly vocabulary: Vocabulary,
    private readonly bytesToEnd: number,
  ) {}

  /** Takes the next token of the text. */
  push(id: number): void {
    for (const char of this.vocabulary.spelled(id)) {
      if (this.isEscaped) this.isEscaped = false;
      else if (char === '\\') this.isEscaped = this.inString;
      else if (char === '"') this.inString = !this.inString;
      else if (this.inString) continue;
      else if (char === '{' || char === '[') this.depth++;
      else if (char === '}' || char === ']') this.depth--;
    }
  }

  /** Whether the text has to come to its end with so many tokens left. At least half of all are free. */
  isDue(tokensLeft: number, allTokens: number): boolean {
    const needed = this.bytesToEnd + SPARE_TOKENS + TOKENS_PER_LEVEL * this.depth;
    return tokensLeft <= Math.min(needed, allTokens / 2);
  }

  /** The tokens of the mask that lead to the end soonest. */
  narrow(mask: Uint32Array<ArrayBuffer>): TokenSet {
    const { vocabulary, inString, isEscaped } = this;
    const allows = (id: number | undefined): id is number =>
      id !== undefined && ((mask[id >>> 5] >>> (id & 31)) & 1) === 1;
    const spelled = (...texts: string[]) => texts.map((text) => vocabulary.idOf(text)).filter(allows);
    if (isEscaped) return mask;
    if (inString) return firstOf(spelled('"'), mask);
    const isWhole = [...vocabulary.stops].filter(allows);
    const digits = spelled(...'0123456789');
    return firstOf(isWhole, spelled('}', ']'), spelled(','), spelled('"'), digits, mask);
  }
}

/** The first of the sets that is not empty. */
const firstOf = (...sets: TokenSet[]): TokenSet => sets.find(({ length }) => length > 0) ?? [];
