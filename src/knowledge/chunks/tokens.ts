// Text in pieces: estimated tokens and sentences. No model is loaded when files are indexed, so tokens are estimated.

/** Characters of scripts that are written without spaces between words. */
export const UNSPACED =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}々ー';
const WIDE = new RegExp(`[${UNSPACED}\u3000-\u303f\uff00-\uffef]`, 'gu');

/** GLM's tokenizer on mixed prose: about 0.65 tokens per Chinese character, 0.27 per other character. */
export function estimateTokens(text: string): number {
  const wide = text.match(WIDE)?.length ?? 0;
  return Math.ceil(wide * 0.65 + (text.length - wide) * 0.27);
}

const SENTENCE = /[^]+?(?:[。！？；!?…]+[”’」』）"')\]]*|\.["')\]]*(?=\s)|$)\s*/g;

/** Sentences with the white space after them; joined they are the text again. */
export const sentencesOf = (text: string): string[] => text.match(SENTENCE) ?? [];
