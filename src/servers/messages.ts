// Turns as the OpenAI chat API has them: calls and results in fields of their own, no thoughts.
import type { Part, Turn } from '../protocol/chat';

interface ServerMessage {
  role: 'system' | 'user' | 'assistant' | 'tool';
  content: string;
  tool_calls?: { id: string; type: 'function'; function: { name: string; arguments: string } }[];
  tool_call_id?: string;
}

/**
 * The messages of a request. The thoughts of earlier answers are not sent: the models' own templates drop them. Only the
 * beginning of the answer that is continued keeps them, in tags.
 */
export function toMessages(turns: readonly Turn[], continueLast = false): ServerMessage[] {
  return turns.flatMap(({ role, parts }, index) => {
    if (role !== 'assistant') return [{ role, content: parts.map(wordsOf).join('') }];
    return assistantMessages(parts, continueLast && index === turns.length - 1);
  });
}

function assistantMessages(parts: readonly Part[], begun: boolean): ServerMessage[] {
  const messages: ServerMessage[] = [{ role: 'assistant', content: '' }];
  for (const part of parts) {
    const last = messages[messages.length - 1];
    if (part.type === 'result') {
      messages.push({ role: 'tool', content: part.parts.map(wordsOf).join(''), tool_call_id: part.callId });
      continue;
    }
    const message: ServerMessage = last.role === 'tool' ? { role: 'assistant', content: '' } : last;
    if (message !== last) messages.push(message);
    if (part.type === 'call') {
      const call = {
        id: part.id,
        type: 'function' as const,
        function: { name: part.tool, arguments: part.args },
      };
      (message.tool_calls ??= []).push(call);
    } else if (part.type === 'thought') message.content += begun ? tagged(part.text, part.unfinished) : '';
    else message.content += wordsOf(part);
  }
  return messages;
}

const tagged = (text: string, unfinished = false) => `<think>${text}${unfinished ? '' : '</think>\n\n'}`;

/** A part in words. */
function wordsOf(part: Part): string {
  if (part.type === 'text') return part.text;
  if (part.type === 'image') return part.alt;
  if (part.type === 'audio') return part.transcript ?? '';
  return part.type === 'citation' ? `【${part.source}†source】` : '';
}
