// Turns and events in the form before parts, until every room has moved on.
import type { PartEvent, SentTurn, Turn } from '../protocol/chat';
import { AnswerText } from './answerText';
import { PartWriter } from './partWriter';

/** A turn whose content is one text, as parts. */
export function asTurn(turn: SentTurn): Turn {
  if (turn.parts) return turn;
  const { role, content } = turn;
  if (role !== 'assistant')
    return { role: role === 'observation' ? 'user' : role, parts: [{ type: 'text', text: content }] };
  const writer = new PartWriter({ onEvent: () => undefined, figures: () => ({ tokens: 0, contextUsed: 0 }) });
  const text = new AnswerText({ writer });
  text.push(content);
  text.end(true);
  return { role, parts: writer.parts };
}

/** Part events as pieces of one text, with thoughts in `<think>`. */
/** @param begun parts of the answer that is continued */
export function asText(onText: (text: string) => void, begun = 0): (event: PartEvent) => void {
  let open = begun - 1;
  return (event) => {
    if (event.kind === 'part-start') {
      if (event.part.type === 'thought' && open !== event.index) onText('<think>');
      if (event.part.type === 'call') onText(`${event.part.tool}\n`);
      open = event.index;
    }
    if (event.kind === 'part-delta') onText(event.text);
    if (event.kind === 'part-end' && event.part.type === 'thought' && !event.part.unfinished)
      onText('</think>');
  };
}
