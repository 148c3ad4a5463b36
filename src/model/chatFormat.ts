// GLM's chat format: turns to prompt tokens, generated tokens to segments.
//
//   [gMASK]<sop><|system|>\n{system}<|user|>\n{question}<|assistant|>\n{answer}<|user|>\n{question}<|assistant|>
//
// A header line is a role token, a tool name or nothing, and a line feed. The next role token ends a turn. Header and
// content are encoded apart, as GLM's own tokenizer code does: a content that begins with a line feed never melts
// into its header. Only what stands here becomes a special token; what people type stays text.
import { AppError } from '../shared/errors';
import type { ChatTurn } from '../protocol/chat';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { ModelFamily } from './modelFamily';

export interface ChatRequest {
  family: Pick<ModelFamily, 'format' | 'defaultSystem' | 'thinks'>;
  messages: readonly ChatTurn[];
  /** End with <|assistant|>, for the model to go on. */
  addGenerationPrompt: boolean;
  /** The last message is the beginning of the answer to be generated: its text follows the generation prompt. */
  continueLast?: boolean;
}

/** A stretch of a prompt, encoded on its own. */
type Part =
  | { special: string; optional?: boolean } // one special token
  | { text: string } // somebody's words
  | { own: string }; // the format's words, where <think> and </think> may be tokens

const ASSISTANT = '<|assistant|>';
const THINK = '<think>';
const THINK_END = '</think>';

/**
 * Token ids of a chat. A chat with more turns starts with the same ids, so the KV cache of the shorter one serves the
 * longer one. Exceptions: a later system turn where those come first, and reasoning, which the history drops.
 * @throws AppError 'bad-metadata' when the vocabulary lacks a role token.
 */
export function encodeChat({ tokenizer, ...request }: ChatRequest & { tokenizer: Tokenizer }): number[] {
  return chatParts(request).flatMap((part) => {
    if ('text' in part) return tokenizer.encode(part.text);
    return 'own' in part ? encodeOwn(tokenizer, part.own) : encodeSpecial(tokenizer, part);
  });
}

/** What {@link encodeChat} encodes, for people and tests. */
export function renderChat(request: ChatRequest): string {
  return chatParts(request)
    .map((part) => ('text' in part ? part.text : 'own' in part ? part.own : part.special))
    .join('');
}

function chatParts({ family, messages, addGenerationPrompt, continueLast }: ChatRequest): Part[] {
  const { format, defaultSystem, thinks } = family;
  const begun = continueLast && messages.at(-1)?.role === 'assistant' ? messages.at(-1) : undefined;
  let turns = messages.slice(0, begun ? -1 : undefined);
  if (defaultSystem && !turns.some(isSystem)) turns.unshift({ role: 'system', content: defaultSystem });
  if (format.systemFirst) turns = [...turns.filter(isSystem), ...turns.filter((turn) => !isSystem(turn))];
  const parts: Part[] = format.prefix.map((special) => ({ special, optional: true }));
  for (const { role, metadata = '', content } of turns) {
    const space = role === 'assistant' && metadata ? format.afterToolName : '';
    const kept = role === 'assistant' && thinks ? splitThinking(content).answer : content;
    parts.push({ special: `<|${role}|>` }, { text: `${metadata}${space}\n` }, { text: kept });
  }
  if (!addGenerationPrompt) return parts;
  // Where the prompt ends with <|assistant|> the model itself wrote the line feed that ends its header.
  const answerStart = format.answerStart || (begun ? '\n' : '');
  // What the prompt says already stands in the text as well: src/runtime/decode/generate.ts.
  const opening = answerStart.trimStart();
  const rest = begun?.content.startsWith(opening)
    ? begun.content.slice(opening.length)
    : (begun?.content ?? '');
  parts.push({ special: ASSISTANT }, { own: answerStart }, ...(begun ? begunParts(rest) : []));
  return parts;
}

/** The beginning of an answer; the end of its reasoning is a token again, where the vocabulary has one. */
function begunParts(content: string): Part[] {
  const end = content.indexOf(THINK_END);
  if (end < 0) return [{ text: content }];
  const after = end + THINK_END.length;
  return [{ text: content.slice(0, end) }, { own: THINK_END }, { text: content.slice(after) }];
}

function isSystem({ role }: ChatTurn): boolean {
  return role === 'system';
}

function encodeSpecial(
  tokenizer: Tokenizer,
  { special, optional }: { special: string; optional?: boolean },
): number[] {
  const id = tokenizer.specialId(special);
  if (id !== undefined) return [id];
  if (optional) return [];
  const why = `no ${special} token`;
  throw new AppError('bad-metadata', `The file's vocabulary has ${why}. Choose another conversion.`, {
    key: 'tokenizer.ggml.tokens',
    why,
  });
}

function encodeOwn(tokenizer: Tokenizer, text: string): number[] {
  const tag = [THINK, THINK_END].find((name) => text.includes(name));
  const id = tag === undefined ? undefined : tokenizer.specialId(tag);
  if (tag === undefined || id === undefined) return tokenizer.encode(text);
  const [before, after] = text.split(tag);
  return [...tokenizer.encode(before), id, ...tokenizer.encode(after)];
}

/** An answer without the line feed that ends its empty header. */
export function stripAnswer(text: string): string {
  return text.startsWith('\n') ? text.slice(1) : text;
}

/** Part of a generated turn: text (empty metadata) or a call of the tool that metadata names. */
export interface AssistantSegment {
  metadata: string;
  content: string;
}

/** What may stand where a tool's name does; a sentence that lacks its line feed must not read as a call. */
const TOOL_NAME = /^[\p{L}\p{N}_.:-]{1,64}$/u;

/**
 * The segments of a generated turn, with the special tokens kept in the text as names. The model may speak, then
 * call: `\n{text}<|assistant|>{tool}\n{arguments}<|observation|>`.
 * @param answerStart what the generation prompt gave after <|assistant|>; if it was a line feed, no header follows.
 */
export function parseAssistant(text: string, answerStart = ''): AssistantSegment[] {
  const ended = text.replace(/<\|(?:observation|user|endoftext)\|>\s*$/, '');
  return (answerStart + ended)
    .split(ASSISTANT)
    .map(parseSegment)
    .filter(({ metadata, content }, _, all) => metadata !== '' || content !== '' || all.length === 1);
}

function parseSegment(segment: string): AssistantSegment {
  const newline = segment.indexOf('\n');
  const header = segment.slice(0, Math.max(newline, 0)).trim();
  if (newline < 0 || (header !== '' && !TOOL_NAME.test(header)))
    return { metadata: '', content: filled(segment) };
  const content = segment.slice(newline + 1);
  return { metadata: header, content: header === '' ? filled(content) : content };
}

/** GLM-4 was trained with a placeholder for the end of its knowledge; GLM's own demo fills it in like this. */
function filled(text: string): string {
  return text.replaceAll('[[训练时间]]', '2023年');
}

/**
 * Reasoning and answer of a thinking model. The opening tag is in the prompt, so usually not in the text; without
 * a closing tag everything is reasoning so far when `prompted` or begun with an opening tag, else answer.
 */
export function splitThinking(text: string, prompted = false): { reasoning: string; answer: string } {
  const end = text.indexOf(THINK_END);
  if (end < 0 && !prompted && !text.trimStart().startsWith(THINK)) return { reasoning: '', answer: text };
  const reasoning = end < 0 ? text : text.slice(0, end);
  return {
    reasoning: reasoning.replace(THINK, '').trim(),
    answer: end < 0 ? '' : text.slice(end + THINK_END.length).replace(/^\n+/, ''),
  };
}
