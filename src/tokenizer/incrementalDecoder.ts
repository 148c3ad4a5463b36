// Decodes tokens to text as they arrive. A character may span several tokens: its bytes wait until it is complete.
import type { Tokenizer } from './tokenizer';

/** Decodes one answer. */
export interface IncrementalDecoder {
  /** The text completed by this token; '' while a character is incomplete and for special tokens. */
  push(id: number): string;
  /** The remainder at the end of the answer: '', or U+FFFD for an incomplete character. */
  flush(): string;
}

/** A decoder for one stream of tokens. */
export function createIncrementalDecoder(tokenizer: Pick<Tokenizer, 'decodeBytes'>): IncrementalDecoder {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true }); // keeps U+FEFF as text
  return {
    push: (id) => decoder.decode(tokenizer.decodeBytes([id]), { stream: true }),
    flush: () => decoder.decode(),
  };
}
