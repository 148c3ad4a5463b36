// One user turn: from the chat so far to the model's answer. The tools loop will live here; today a turn is one generate call.
import type { CallOptions, EngineClient } from '../client/engineClient';
import type {
  ChatTurn,
  ContextPolicy,
  GenerateRequest,
  GenerateSummary,
  SamplingParams,
} from '../protocol/chat';

export interface TurnRequest {
  /** Empty: no system turn is sent. */
  systemPrompt: string;
  /** The chat up to and including the user's message. */
  history: ChatTurn[];
  /** The beginning of the answer, for the model to go on from; '' for a new one. */
  answerStart?: string;
  sampling: SamplingParams;
  /** At most this many new tokens; default: what the context still holds. */
  maxTokens?: number;
  /** When the chat has outgrown the context. */
  contextPolicy?: ContextPolicy;
  /** Events with the log-probabilities of every token, and so many alternatives. */
  topLogprobs?: number;
}

/** How a turn ended; a stop is an outcome, a failure is thrown. */
export interface TurnOutcome {
  text: string;
  summary: GenerateSummary;
}

/** What the engine is asked for. */
export function turnRequest(turn: TurnRequest): GenerateRequest {
  const { systemPrompt, history, answerStart, sampling, maxTokens, contextPolicy, topLogprobs } = turn;
  const system: ChatTurn[] = systemPrompt.trim() ? [{ role: 'system', content: systemPrompt.trim() }] : [];
  const start: ChatTurn[] = answerStart ? [{ role: 'assistant', content: answerStart }] : [];
  return {
    messages: [...system, ...history, ...start],
    sampling,
    maxTokens,
    ...(answerStart && { continue: true }),
    ...(contextPolicy && { contextPolicy }),
    ...(topLogprobs !== undefined && { topLogprobs }),
  };
}

/** @throws AppError of the engine; the text so far has then already gone through `onEvent`. */
export async function runTurn(
  client: Pick<EngineClient, 'call'>,
  turn: TurnRequest,
  { signal, onEvent }: CallOptions<'generate'>,
): Promise<TurnOutcome> {
  let text = turn.answerStart ?? '';
  const summary = await client.call('generate', turnRequest(turn), {
    signal,
    onEvent: (event) => {
      if (event.kind === 'text') text += event.text;
      onEvent?.(event);
    },
  });
  return { text, summary };
}
