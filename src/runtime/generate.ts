// One answer: prompt in, text events out, until the model ends its turn or somebody stops it.
import type { GenerateEvent, GenerateRequest, GenerateSummary } from '../protocol/engine';
import { isAbort } from '../shared/errors';
import { createIncrementalDecoder } from '../tokenizer/incrementalDecoder';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Session } from './session';

export interface GenerateArgs {
  session: Session;
  tokenizer: Tokenizer;
  /** Ids that end the turn. */
  stops: ReadonlySet<number>;
  /** The whole prompt. */
  ids: number[];
  /** What the prompt's end already says of the answer, such as '<think>\n': it belongs to its text. */
  opening: string;
  request: GenerateRequest;
  onEvent: (event: GenerateEvent) => void;
  signal: AbortSignal;
}

/** @throws AppError context-full when the prompt alone is too long */
export async function generateAnswer(args: GenerateArgs): Promise<GenerateSummary> {
  const { session, tokenizer, stops, ids, opening, request, onEvent, signal } = args;
  const observation = tokenizer.specialId('<|observation|>');
  const maxTokens = request.maxTokens ?? Infinity;
  const summary: GenerateSummary = {
    reason: 'context',
    promptTokens: ids.length,
    reusedTokens: 0,
    newTokens: 0,
    prefillMs: 0,
    decodeMs: 0,
    contextUsed: 0,
    contextTokens: session.contextTokens,
  };
  const decoder = createIncrementalDecoder(tokenizer);
  let atStart = !request.continue; // the model begins its answer with a newline that is part of the format
  const emit = (piece: string) => {
    const text = atStart && piece ? opening + piece.replace(/^\n/, '') : piece;
    if (piece) atStart = false;
    if (!text) return;
    onEvent({ kind: 'text', text, tokens: summary.newTokens, contextUsed: ids.length + summary.newTokens });
  };
  const started = performance.now();
  let decodeStarted = started;
  try {
    const { reusedTokens } = await session.prefill(ids, {
      signal,
      onProgress: (doneTokens) =>
        onEvent({ kind: 'prefill', doneTokens, totalTokens: ids.length, reusedTokens: summary.reusedTokens }),
    });
    summary.reusedTokens = reusedTokens;
    decodeStarted = performance.now();
    summary.prefillMs = decodeStarted - started;
    if (maxTokens > 0) {
      for await (const id of session.decode(request.sampling, { mask: request.mask, signal })) {
        if (stops.has(id)) {
          summary.reason = id === observation ? 'observation' : 'stop';
          break;
        }
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
  summary.decodeMs = summary.prefillMs > 0 && decodeStarted > started ? performance.now() - decodeStarted : 0;
  summary.contextUsed = session.length;
  summary.stepsInFlight = session.stepsInFlight;
  return summary;
}
