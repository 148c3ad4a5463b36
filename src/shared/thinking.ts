// How much a model thinks before it answers: the app's, the command line's and the library's words for a budget of tokens.

/** Most tokens of a thought, by effort. */
export const THINKING_TOKENS = { off: 0, short: 512, normal: 2048, long: 8192 };
export type ThinkingEffort = keyof typeof THINKING_TOKENS;

export const isEffort = (value: unknown): value is ThinkingEffort =>
  typeof value === 'string' && Object.hasOwn(THINKING_TOKENS, value);

/** The budget of a word, or of a number of tokens; undefined for anything else. */
export function thinkingBudget(value: unknown): number | undefined {
  if (isEffort(value)) return THINKING_TOKENS[value];
  return Number.isInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}
