// One user turn: from the chat so far to the answer's parts. Today one hop: a call stays `unknown`, since no tool is there
// to serve it. A tool's result will continue the answer in the next hop, by the same request with `begun`.
import type { CallOptions } from '../client/engineClient';
import type {
  BrokenAnswer,
  ContextPolicy,
  FilePart,
  GenerateRequest,
  GenerateSummary,
  Part,
  SamplingParams,
  Turn,
} from '../protocol/chat';
import { withPartEvent } from '../shared/parts';
import type { Answerer } from './answerer';
import { documentPrompt } from './documentPrompt';

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
  /** Events with the log-probabilities of every token, and so many alternatives. */
  topLogprobs?: number;
  /** Events from which a broken answer can be resumed. */
  journal?: boolean;
  /** The answer broke off here. */
  resume?: BrokenAnswer;
}

/** How a turn ended; a stop is an outcome, a failure is thrown. */
export interface TurnOutcome {
  /** The whole answer so far, a continued beginning included. */
  parts: Part[];
  summary: GenerateSummary;
}

/**
 * The turns of a prompt: the system turn, and what a model reads of the chat. Documents stand as text before their question.
 * @param sees the answerer can see pictures; others get the words that describe them
 */
export function promptTurns({ systemPrompt, history }: PromptRequest, sees = false): Turn[] {
  const text = systemPrompt.trim();
  const system: Turn[] = text ? [{ role: 'system', parts: [{ type: 'text', text }] }] : [];
  return [...system, ...history.map(({ role, parts }) => ({ role, parts: readable(parts, sees) }))];
}

/** What an answerer is asked for. */
export function turnRequest(turn: TurnRequest, { images }: Pick<Answerer['can'], 'images'>): GenerateRequest {
  const { begun = [], sampling, maxTokens, contextPolicy, topLogprobs, journal, resume } = turn;
  const start: Turn[] = begun.length > 0 ? [{ role: 'assistant', parts: [...begun] }] : [];
  return {
    messages: [...promptTurns(turn, images), ...start],
    sampling,
    maxTokens,
    ...(begun.length > 0 && { continue: true }),
    ...(contextPolicy && { contextPolicy }),
    ...(topLogprobs !== undefined && { topLogprobs }),
    ...(journal && { journal }),
    ...(resume && { resume }),
  };
}

/** @throws AppError of the answerer; the parts so far have then already gone through `onEvent`. */
export async function runTurn(
  answerer: Pick<Answerer, 'can' | 'generate'>,
  turn: TurnRequest,
  { signal, onEvent }: CallOptions<'generate'>,
): Promise<TurnOutcome> {
  let parts: Part[] = [...(turn.begun ?? [])];
  const summary = await answerer.generate(turnRequest(turn, answerer.can), {
    signal,
    onEvent: (event) => {
      if ('index' in event) parts = withPartEvent(parts, event);
      onEvent?.(event);
    },
  });
  return { parts, summary };
}

/** Parts as a model reads them: documents in the words of GLM-4's demo, pictures in the words that describe them. */
function readable(parts: readonly Part[], sees: boolean): Part[] {
  const documents = parts.flatMap((part) =>
    part.type === 'file' && part.document
      ? [{ name: part.name, text: part.document.text, kind: part.document.kind }]
      : [],
  );
  const rest = parts
    .filter((part): part is Exclude<Part, FilePart> => part.type !== 'file')
    .map((part): Part => {
      if (part.type === 'image' && !sees && part.alt) return { type: 'text', text: `[${part.alt}]\n` };
      return part.type === 'audio' && part.transcript ? { type: 'text', text: part.transcript } : part;
    });
  if (documents.length === 0) return rest;
  const question = rest.map((part) => (part.type === 'text' ? part.text : '')).join('');
  const others = rest.filter(({ type }) => type !== 'text');
  return [...others, { type: 'text', text: documentPrompt(documents, question) }];
}
