// Tokens to text while they arrive. A character may be split over several tokens: its bytes wait until it is whole.
import type { Tokenizer } from './tokenizer';

/** Decodes one answer. */
export interface IncrementalDecoder {
  /** The text that this token completes; '' while a character is unfinished and for special tokens. */
  push(id: number): string;
  /** What is left at the end of the answer: '' or, for a character that never came, U+FFFD. */
  flush(): string;
}

/** A decoder for one stream of tokens. */
export function createIncrementalDecoder(tokenizer: Pick<Tokenizer, 'decodeBytes'>): IncrementalDecoder {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true }); // a U+FEFF is text like any other
  return {
    push: (id) => decoder.decode(tokenizer.decodeBytes([id]), { stream: true }),
    flush: () => decoder.decode(),
  };
}
