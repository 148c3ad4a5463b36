// Answers of earlier versions were one string. This file turns such a string into parts, with the reader that takes an
// answer apart while it is written.
import type { CallPart, Part } from '../../protocol/chat';
import { AnswerText } from '../../shared/answerText';
import { PartWriter } from '../../shared/partWriter';

/** Special tokens that a server may have left at an end of its text. The engine never wrote any. */
const LEADING_TOKENS = /^(?:\s*(?:\[gMASK\]|<sop>|<\|assistant\|>))+\n?/;
const TRAILING_TOKENS = /(?:<\|(?:user|observation|endoftext)\|>\s*)+$/;
/** GLM-4 was trained with this placeholder for the end of its knowledge; GLM's own demo fills it in like this. */
const PLACEHOLDERS = { '[[训练时间]]': '2023年' };
/** A call as GLM-4 writes it: the tool's name, a line feed, the arguments. */
const CALL = /^([\p{L}\p{N}_.:-]{1,64}) ?\n([\s\S]*)$/u;

export interface OldAnswer {
  content: string;
  /** The engine's reason: 'observation' marks a tool call. */
  end?: string;
  thinkingMs?: number;
}

function callIn(text: string): CallPart | null {
  const [, tool, args] = CALL.exec(text) ?? [];
  return tool === undefined ? null : { type: 'call', id: 'call-1', tool, args, state: 'unknown' };
}

/** The parts of an answer that was stored as text. */
export function partsOfAnswer({ content, end, thinkingMs }: OldAnswer): Part[] {
  const writer = new PartWriter({ onEvent: () => {}, figures: () => ({ tokens: 0, contextUsed: 0 }) });
  const reader = new AnswerText({ writer, replaced: PLACEHOLDERS });
  reader.push(content.replace(LEADING_TOKENS, '').replace(TRAILING_TOKENS, ''));
  reader.end(true);
  return writer.parts.map((part) => {
    if (part.type === 'text') return (end === 'observation' && callIn(part.text)) || part;
    if (part.type !== 'thought') return part;
    const { thinkingMs: _, ...thought } = part; // the reader's own time
    return thinkingMs === undefined ? thought : { ...thought, thinkingMs };
  });
}
