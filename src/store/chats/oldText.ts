// Answers of earlier versions were one string. This file turns such a string into parts, as the worker's answer parser
// does while an answer is written.
import type { CallPart, Part, ThoughtPart } from '../../protocol/chat';

const OPEN = '<think>';
const CLOSE = '</think>';
/** GLM-4.1V wraps the visible part of its answers in these. */
const ANSWER_TAG = /^\s*<answer>|<\/answer>\s*$/g;
/** Special tokens that a server may have left at an end of its text. The engine never wrote any. */
const LEADING_TOKENS = /^(?:\s*(?:\[gMASK\]|<sop>|<\|assistant\|>))+\n?/;
const TRAILING_TOKENS = /(?:<\|(?:user|observation|endoftext)\|>\s*)+$/;
/** GLM-4 was trained with this placeholder for the end of its knowledge; GLM's own demo fills it in like this. */
const KNOWLEDGE_END = ['[[训练时间]]', '2023年'] as const;
/** A call as GLM-4 writes it: the tool's name, a line feed, the arguments. */
const CALL = /^([\p{L}\p{N}_.:-]{1,64}) ?\n([\s\S]*)$/u;

export interface OldAnswer {
  content: string;
  /** The engine's reason: 'observation' marks a tool call. */
  end?: string;
  thinkingMs?: number;
}

interface Cut {
  /** null: the text has no thought. */
  thought: string | null;
  unfinished: boolean;
  rest: string;
}

/** A tag inside `code` is text: an odd number of backticks stands before it. */
const isInCode = (text: string, at: number) => (text.slice(0, at).split('`').length - 1) % 2 === 1;

const closed = (thought: string, rest: string): Cut => ({
  thought: thought.trim() || null, // models that are told not to think write an empty block
  unfinished: false,
  rest: rest.replace(ANSWER_TAG, '').replace(/^\n+/, ''),
});

/** Models whose prompt holds the opening tag write only the closing one. Tags in the middle of an answer are text. */
function cutThought(text: string): Cut {
  const start = text.trimStart();
  if (start.startsWith(OPEN)) {
    const body = start.slice(OPEN.length);
    const end = body.indexOf(CLOSE);
    if (end < 0) return { thought: body.trim(), unfinished: true, rest: '' };
    return closed(body.slice(0, end), body.slice(end + CLOSE.length));
  }
  const end = text.indexOf(CLOSE);
  if (end < 0 || text.lastIndexOf(OPEN, end) >= 0 || isInCode(text, end))
    return { thought: null, unfinished: false, rest: text };
  return closed(text.slice(0, end), text.slice(end + CLOSE.length));
}

function callIn(text: string): CallPart | null {
  const [, tool, args] = CALL.exec(text) ?? [];
  return tool === undefined ? null : { type: 'call', id: 'call-1', tool, args, state: 'unknown' };
}

/** The parts of an answer that was stored as text. */
export function partsOfAnswer({ content, end, thinkingMs }: OldAnswer): Part[] {
  const text = content
    .replace(LEADING_TOKENS, '')
    .replace(TRAILING_TOKENS, '')
    .replaceAll(...KNOWLEDGE_END);
  const { thought, unfinished, rest } = cutThought(text);
  const parts: Part[] = [];
  if (thought !== null) {
    const part: ThoughtPart = { type: 'thought', text: thought };
    if (thinkingMs !== undefined) part.thinkingMs = thinkingMs;
    if (unfinished) part.unfinished = true;
    parts.push(part);
  }
  const call = end === 'observation' ? callIn(rest) : null;
  if (call) parts.push(call);
  else if (rest) parts.push({ type: 'text', text: rest });
  return parts;
}
