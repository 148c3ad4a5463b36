// What an answerer is asked for: the turns of the prompt, what a model reads of each, and the request.
import type {
  AnswerFormat,
  BrokenAnswer,
  ContextPolicy,
  FilePart,
  ForcedCall,
  GenerateRequest,
  Part,
  SamplingParams,
  Turn,
} from '../protocol/chat';
import type { Answerer } from './answerer';
import { withEveryResult } from './calls';
import { documentPrompt, passagePrompt } from './documentPrompt';
import type { TurnTools } from './turnTools';

export interface PromptRequest {
  /** Empty: no system turn is sent. */
  systemPrompt: string;
  /** The chat up to and including the user's message, as it is kept. */
  history: readonly Turn[];
}

export interface TurnRequest extends PromptRequest {
  /** The beginning of the answer, for the model to go on from; empty for a new one. */
  begun?: readonly Part[];
  sampling: SamplingParams;
  /** At most this many new tokens; default: what the context still holds. */
  maxTokens?: number;
  /** When the chat has outgrown the context. */
  contextPolicy?: ContextPolicy;
  /** Most tokens of reasoning; 0: none. */
  thinkingTokens?: number;
  /** Most tokens of a picture. */
  pictureTokens?: number;
  /** Events with the log-probabilities of every token, and so many alternatives. */
  topLogprobs?: number;
  /** Events from which a broken answer can be resumed. */
  journal?: boolean;
  /** The answer broke off here. */
  resume?: BrokenAnswer;
  /** The form of the answer. It has no calls then. */
  format?: AnswerFormat;
  /** The first request's answer begins with a call. */
  toolChoice?: ForcedCall;
  /** What the model may call. A beginning with calls that have no result is continued by running them. */
  tools?: TurnTools;
}

/**
 * The turns of a prompt: the system turn, and what a model reads of the chat. Documents stand as text before their question.
 * @param sees the answerer can see pictures; others get the words that describe them
 */
export function promptTurns({ systemPrompt, history }: PromptRequest, sees = false): Turn[] {
  const text = systemPrompt.trim();
  const system: Turn[] = text ? [{ role: 'system', parts: [{ type: 'text', text }] }] : [];
  const turns = history.map(({ role, parts }) => ({
    role,
    parts: readable(role === 'assistant' ? withEveryResult(parts) : parts, role, sees),
  }));
  return [...system, ...turns];
}

/** What an answerer is asked for. */
export function turnRequest(
  turn: TurnRequest,
  { images, tools: calls }: Pick<Answerer['can'], 'images'> & Partial<Pick<Answerer['can'], 'tools'>>,
): GenerateRequest {
  const {
    begun = [],
    sampling,
    maxTokens,
    contextPolicy,
    thinkingTokens,
    pictureTokens,
    topLogprobs,
    journal,
    resume,
    format,
    tools,
    toolChoice,
  } = turn;
  const start: Turn[] = begun.length > 0 ? [{ role: 'assistant', parts: [...begun] }] : [];
  const specs = calls && !format ? (tools?.tools ?? []).map(({ spec }) => spec) : [];
  return {
    messages: [...promptTurns(turn, images), ...start],
    sampling,
    maxTokens,
    ...(begun.length > 0 && { continue: true }),
    ...(contextPolicy && { contextPolicy }),
    ...(thinkingTokens !== undefined && { thinkingTokens }),
    ...(pictureTokens && images && { pictureTokens }),
    ...(topLogprobs !== undefined && { topLogprobs }),
    ...(journal && { journal }),
    ...(resume && { resume }),
    ...(format && begun.length === 0 && { format }),
    ...(specs.length > 0 && { tools: specs }),
    ...(specs.length > 0 && toolChoice && { toolChoice }),
  };
}

/**
 * Parts as a model reads them: documents in the words of GLM-4's demo, pictures in the words that describe them, the
 * passages that a question found each under its mark.
 */
function readable(parts: readonly Part[], role: Turn['role'], sees: boolean): Part[] {
  const documents = parts.flatMap((part) =>
    part.type === 'file' && part.document
      ? [{ name: part.name, text: part.document.text, kind: part.document.kind }]
      : [],
  );
  const passages = role === 'user' ? parts.filter((part) => part.type === 'citation') : [];
  const rest = parts
    .filter((part): part is Exclude<Part, FilePart> => part.type !== 'file')
    .filter((part) => role !== 'user' || part.type !== 'citation')
    .map((part): Part => {
      if (part.type === 'image' && !sees) return { type: 'text', text: `[${part.alt || 'image'}]\n` };
      return part.type === 'audio' && part.transcript ? { type: 'text', text: part.transcript } : part;
    });
  if (documents.length + passages.length === 0) return rest;
  const question = rest.map((part) => (part.type === 'text' ? part.text : '')).join('');
  const others = rest.filter(({ type }) => type !== 'text');
  const text = passagePrompt(passages, documentPrompt(documents, question));
  return [...others, { type: 'text', text }];
}
