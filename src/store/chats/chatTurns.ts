// Messages as the engine gets them: attached documents stand in a question's text, thoughts in an answer's.
import { documentPrompt } from '../../agent/documentPrompt';
import type { ChatTurn, Part } from '../../protocol/chat';
import { filesOf, spokenText } from './partText';
import type { Message } from './types';

/** An answer as the model wrote it, its thoughts in tags. */
export const modelText = (parts: readonly Part[]): string =>
  parts
    .map((part) => {
      if (part.type === 'text') return part.text;
      if (part.type === 'call') return `${part.tool}\n${part.args}`;
      if (part.type !== 'thought') return '';
      return part.unfinished ? `<think>\n${part.text}` : `<think>\n${part.text}\n</think>\n\n`;
    })
    .join('');

export function toChatTurn({ role, parts }: Message): ChatTurn {
  if (role === 'assistant') return { role, content: modelText(parts) };
  const documents = filesOf(parts).flatMap(({ name, document }) =>
    document ? [{ name, text: document.text }] : [],
  );
  return { role, content: documentPrompt(documents, spokenText(parts)) };
}
