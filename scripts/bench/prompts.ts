// Prompts of an exact number of tokens, for engines that only take text.
import { seeded } from '../../src/testing/random';

export interface Prompt {
  text: string;
  ids: number[];
}

type Tokenize = (text: string) => Promise<number[]>;

/** A text of random words that is `tokens` long; with `after`, a continuation of it whose ids begin with its ids. */
export async function randomPrompt(
  tokenize: Tokenize,
  { tokens, seed, after }: { tokens: number; seed: number; after?: Prompt },
): Promise<Prompt> {
  const random = seeded(seed);
  const letter = () => String.fromCharCode(97 + random.int(26));
  const word = () => Array.from({ length: 2 + random.int(5) }, letter).join('');
  let text = after?.text ?? '';
  let ids = after?.ids ?? [];
  for (let tries = 0; ids.length < tokens; tries++) {
    if (tries > 100 * tokens) throw new Error(`No text of ${tokens} tokens was found`);
    const missing = tokens - ids.length;
    const few = [letter(), ` ${letter()}`, String(random.int(10)), '\n', '.'][random.int(5)]; // some words add one token
    // A line break may merge with the preceding token; a later try then uses a blank.
    const many = `${['\n', ' '][random.int(2)]}${Array.from({ length: missing >> 3 }, word).join(' ')}`;
    const piece = missing > 8 ? many : few;
    const grown = await tokenize(text + piece);
    if (grown.length > tokens || ids.some((id, i) => grown[i] !== id)) continue;
    text += piece;
    ids = grown;
  }
  return { text, ids };
}
