// One answer: prompt in, text events out, until the model ends its turn or somebody stops it.
import type { GenerateEvent, GenerateRequest, GenerateSummary } from '../../protocol/chat';
import { isAbort } from '../../shared/errors';
import { createIncrementalDecoder } from '../../tokenizer/incrementalDecoder';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import type { DecodeOptions } from './decoder';
import type { TokenLogprobs } from './logprobs';
import type { ChatPrompts } from '../prompt/chatPrompt';
import type { Session } from './session';

export interface GenerateArgs {
  session: Session;
  tokenizer: Tokenizer;
  /** Ids that end the turn. */
  stops: ReadonlySet<number>;
  prompts: ChatPrompts;
  request: GenerateRequest;
  onEvent: (event: GenerateEvent) => void;
  signal: AbortSignal;
}

/** @throws AppError context-full when the last turn alone is too long: nothing can be left out then */
export async function generateAnswer(args: GenerateArgs): Promise<GenerateSummary> {
  const { session, tokenizer, stops, prompts, request, onEvent, signal } = args;
  const { ids, droppedTurns, overflow } = prompts.fit(request, session.contextTokens);
  const opening = prompts.opening(request);
  const observation = tokenizer.specialId('<|observation|>');
  const maxTokens = request.maxTokens ?? Infinity;
  const summary: GenerateSummary = {
    reason: 'context',
    promptTokens: ids.length,
    reusedTokens: 0,
    prefilledTokens: 0,
    droppedTurns,
    newTokens: 0,
    prefillMs: 0,
    decodeMs: 0,
    contextUsed: 0,
    contextTokens: session.contextTokens,
  };
  if (overflow) return { ...summary, overflow, contextUsed: session.length };
  const decoder = createIncrementalDecoder(tokenizer);
  let atStart = !request.continue; // the model begins its answer with a newline that is part of the format
  const emit = (piece: string) => {
    const text = atStart && piece ? opening + piece.replace(/^\n/, '') : piece;
    if (piece) atStart = false;
    if (!text) return;
    onEvent({ kind: 'text', text, tokens: summary.newTokens, contextUsed: ids.length + summary.newTokens });
  };
  const answerIds: number[] = [];
  const started = performance.now();
  let decodeStarted = started;
  try {
    const { reusedTokens, prefilledTokens } = await session.prefill(ids, {
      signal,
      onReused: (tokens) => (summary.reusedTokens = tokens),
      onProgress: (doneTokens) =>
        onEvent({ kind: 'prefill', doneTokens, totalTokens: ids.length, reusedTokens: summary.reusedTokens }),
    });
    Object.assign(summary, { reusedTokens, prefilledTokens });
    decodeStarted = performance.now();
    summary.prefillMs = decodeStarted - started;
    if (maxTokens > 0) {
      for await (const id of session.decode(request.sampling, decodeOptions(args))) {
        if (stops.has(id)) {
          summary.reason = id === observation ? 'observation' : 'stop';
          break;
        }
        answerIds.push(id);
        summary.newTokens++;
        emit(decoder.push(id));
        if (summary.newTokens >= maxTokens) {
          summary.reason = 'length';
          break;
        }
      }
    } else summary.reason = 'length';
  } catch (error) {
    if (!isAbort(error)) throw error;
    summary.reason = 'aborted';
    if (decodeStarted === started) summary.prefillMs = performance.now() - started;
  }
  emit(decoder.flush());
  prompts.remember(ids, answerIds);
  summary.decodeMs = summary.prefillMs > 0 && decodeStarted > started ? performance.now() - decodeStarted : 0;
  summary.contextUsed = session.length;
  summary.stepsInFlight = session.stepsInFlight;
  summary.speculation = session.speculation;
  return summary;
}

function decodeOptions({ request, signal, tokenizer, onEvent }: GenerateArgs): DecodeOptions {
  const { mask, speculation, topLogprobs } = request;
  const text = (id: number) => new TextDecoder().decode(tokenizer.decodeBytes([id]));
  const onToken = ({ id, logprob, top }: TokenLogprobs) =>
    onEvent({
      ...{ kind: 'logprobs', id, text: text(id), logprob },
      top: top.map((other) => ({ ...other, text: text(other.id) })),
    });
  const logprobs = topLogprobs === undefined ? undefined : { top: topLogprobs, onToken };
  return { mask, speculation, signal, logprobs };
}
