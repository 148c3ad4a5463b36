/** Tokens of a text without a tokenizer: one per character beyond Latin, one per two and a half letters. */
export function estimatedTokens(text: string): number {
  const wide = text.match(/[^\u0000-\u024f]/g)?.length ?? 0; // eslint-disable-line no-control-regex
  return Math.ceil(wide + (text.length - wide) / 2.5);
}
