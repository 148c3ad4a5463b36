// Parts of messages, read and folded: small helpers for every room.
import type { AnswerPart, Part, PartEvent } from '../protocol/chat';

/** The text of a message, without thoughts, calls and the rest. Pieces with something between them are paragraphs. */
export function textOf(parts: readonly Part[]): string {
  return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n');
}

/** The reasoning of an answer; '' for none. */
export function thoughtOf(parts: readonly Part[]): string {
  return parts.flatMap((part) => (part.type === 'thought' ? [part.text] : [])).join('\n\n');
}

/** The parts of an answer after one more event: a new list, in which the other parts stay the same objects. */
export function withPartEvent<P extends Part>(
  parts: readonly (P | AnswerPart)[],
  event: PartEvent,
): (P | AnswerPart)[] {
  const next = [...parts];
  const { index } = event;
  if (event.kind !== 'part-delta') next[index] = event.part;
  else if (next[index]) next[index] = withText(next[index] as AnswerPart, event.text);
  return next;
}

/** The part with more of its text, or of a call's arguments. */
export function withText(part: AnswerPart, text: string): AnswerPart {
  return part.type === 'call' ? { ...part, args: part.args + text } : { ...part, text: part.text + text };
}
