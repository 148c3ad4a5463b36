// One user turn: from the chat so far to the model's answer. The tools loop will live here; today a turn is one generate call.
import type { CallOptions, EngineClient } from '../client/engineClient';
import type { ChatTurn, GenerateSummary, SamplingParams } from '../protocol/engine';

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
}

/** How a turn ended; a stop is an outcome, a failure is thrown. */
export interface TurnOutcome {
  text: string;
  summary: GenerateSummary;
}

/** @throws AppError of the engine; the text so far has then already gone through `onEvent`. */
export async function runTurn(
  client: Pick<EngineClient, 'call'>,
  { systemPrompt, history, answerStart, sampling, maxTokens }: TurnRequest,
  { signal, onEvent }: CallOptions<'generate'>,
): Promise<TurnOutcome> {
  const system: ChatTurn[] = systemPrompt.trim() ? [{ role: 'system', content: systemPrompt.trim() }] : [];
  const start: ChatTurn[] = answerStart ? [{ role: 'assistant', content: answerStart }] : [];
  let text = answerStart ?? '';
  const summary = await client.call(
    'generate',
    {
      messages: [...system, ...history, ...start],
      sampling,
      maxTokens,
      ...(answerStart && { continue: true }),
    },
    {
      signal,
      onEvent: (event) => {
        if (event.kind === 'text') text += event.text;
        onEvent?.(event);
      },
    },
  );
  return { text, summary };
}
