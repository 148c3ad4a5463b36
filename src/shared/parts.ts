// Helpers that read and fold message parts.
import type { AnswerPart, Part, PartEvent, ToolEvent } from '../protocol/chat';

/** The text of a message, without thoughts, calls and other parts. Texts separated by other parts become paragraphs. */
export function textOf(parts: readonly Part[]): string {
  return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n');
}

/** The reasoning of an answer; '' if it has none. */
export function thoughtOf(parts: readonly Part[]): string {
  return parts.flatMap((part) => (part.type === 'thought' ? [part.text] : [])).join('\n\n');
}

/** The parts of an answer after one more event: a new list that reuses the unchanged parts. */
export function withPartEvent<P extends Part>(
  parts: readonly (P | AnswerPart)[],
  event: PartEvent | (Part extends P ? ToolEvent : never),
): (P | AnswerPart)[] {
  const next = [...parts];
  const { index } = event;
  if (event.kind !== 'part-delta') next[index] = event.part as P | AnswerPart;
  else if (next[index]) next[index] = withText(next[index] as AnswerPart, event.text);
  return next;
}

/** The part with text appended, or with a call's arguments appended. */
export function withText(part: AnswerPart, text: string): AnswerPart {
  return part.type === 'call' ? { ...part, args: part.args + text } : { ...part, text: part.text + text };
}
