// Reasoning in an answer: `<think>…</think>` before the visible part.
const OPEN = '<think>';
const CLOSE = '</think>';
/** What GLM-4.1V wraps its visible part in. */
const ANSWER_TAG = /^\s*<answer>|<\/answer>\s*$/g;

export interface Thought {
  /** null: the answer has no reasoning. */
  reasoning: string | null;
  /** The reasoning has ended. */
  closed: boolean;
  answer: string;
}

/** The longest end of `text` that is the beginning of `tag`. */
function partialTag(text: string, tag: string): number {
  for (let length = Math.min(tag.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(tag.slice(0, length))) return length;
  }
  return 0;
}

/**
 * Reasoning and visible part of an answer. Without an opening tag (models whose prompt holds it) a closing one is
 * enough. Tags in the middle of an answer are text: an answer may be about them.
 * @param live the text is being written: half of a tag at its end is held back.
 */
export function splitThought(text: string, live = false): Thought {
  const start = text.trimStart();
  if (!start.startsWith(OPEN)) {
    if (live && start !== '' && OPEN.startsWith(start)) return { reasoning: null, closed: false, answer: '' };
    const end = text.indexOf(CLOSE);
    if (end < 0 || text.lastIndexOf(OPEN, end) >= 0 || text.slice(0, end).includes('`')) {
      return { reasoning: null, closed: false, answer: text };
    }
    return closedThought(text.slice(0, end), text.slice(end + CLOSE.length));
  }
  const body = start.slice(OPEN.length);
  const end = body.indexOf(CLOSE);
  if (end >= 0) return closedThought(body.slice(0, end), body.slice(end + CLOSE.length));
  const held = live ? partialTag(body, CLOSE) : 0;
  return { reasoning: body.slice(0, body.length - held).trim(), closed: false, answer: '' };
}

const closedThought = (reasoning: string, answer: string): Thought => ({
  reasoning: reasoning.trim() || null, // an empty block is what a model writes that was told not to think
  closed: true,
  answer: answer.replace(ANSWER_TAG, '').replace(/^\n+/, ''),
});

/** The text so far is inside its reasoning. */
export function isThinking(text: string): boolean {
  const { reasoning, closed } = splitThought(text, true);
  return reasoning !== null && !closed;
}
