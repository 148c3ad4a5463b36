// One answer: prompt in, part events out, until the model ends its turn or the signal stops it.
import type { GenerateEvent, GenerateRequest, GenerateSummary } from '../../protocol/chat';
import { AppError, isAbort } from '../../shared/errors';
import { fetchPart } from '../../shared/missingPart';
import { createAnswerParser, type AnswerEnd, type AnswerParser } from '../../model/answerParser';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import type { CallVerifier, Constraint } from './constraint';
import type { DecodeOptions } from './decoder';
import type { TokenLogprobs } from './logprobs';
import { spansOf, type ChatPrompts, type PictureRows } from '../prompt/chatPrompt';
import type { Fit } from '../prompt/contextPolicy';
import type { Session } from './session';

export interface GenerateArgs {
  /** The model's id, for the journal. */
  modelId: string;
  session: Session;
  tokenizer: Tokenizer;
  /** Ids that end the turn. */
  stops: ReadonlySet<number>;
  prompts: ChatPrompts;
  request: GenerateRequest;
  /** The rows of the pictures in it. */
  pictures?: PictureRows;
  onEvent: (event: GenerateEvent) => void;
  signal: AbortSignal;
  /** Restricts the tokens of the answer as it goes. */
  constraint?: Constraint;
  /** Keeps calls within the rules of their tools. */
  verifier?: CallVerifier;
}

/**
 * @throws AppError context-full when the last turn alone is too long: nothing can be left out then; logits-not-finite,
 *   after which the cache is empty: a next answer computes everything anew
 */
export async function generateAnswer(args: GenerateArgs): Promise<GenerateSummary> {
  const { modelId, session, tokenizer, stops, prompts, request, pictures, onEvent, signal } = args;
  const { resume, journal } = request;
  const fresh = resume && !pictures ? undefined : prompts.fit(request, session.contextTokens, pictures);
  const prompt = resume ? { ...resume, ids: resume.promptIds } : (fresh as Fit);
  // A broken answer's prompt has the pictures of its messages at the same places.
  const embedded = fresh ? spansOf(fresh, pictures) : [];
  const { ids, answerStart, droppedTurns } = prompt;
  const overflow = 'overflow' in prompt ? prompt.overflow : undefined;
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
  const figures = () => ({ tokens: summary.newTokens, contextUsed: ids.length + summary.newTokens });
  const begun = request.continue ? request.messages.at(-1)?.parts : [];
  const parser = createAnswerParser({
    tokenizer,
    answerStart: prompts.answerStart(request),
    tools: prompts.toolsOf(request),
    taggedCalls: prompts.taggedCalls,
    asFunctions: prompts.asFunctions,
    begun,
    figures,
    onEvent,
  });
  if (journal) onEvent({ kind: 'prompt', prompt: { modelId, promptIds: ids, answerStart, droppedTurns } });
  const answerIds: number[] = [];
  const take = (id: number): void => {
    answerIds.push(id);
    summary.newTokens++;
    parser.push(id);
    if (journal) onEvent({ kind: 'token', id });
  };
  resume?.ids.forEach(take);
  const started = performance.now();
  let decodeStarted = started;
  try {
    const { reusedTokens, prefilledTokens } = await session.prefill([...ids, ...answerIds], {
      signal,
      embedded,
      answerFrom: ids.length,
      onReused: (tokens) => (summary.reusedTokens = tokens),
      onProgress: (doneTokens) =>
        onEvent({
          kind: 'prefill',
          doneTokens,
          totalTokens: ids.length + (resume?.ids.length ?? 0),
          reusedTokens: summary.reusedTokens,
        }),
    });
    Object.assign(summary, { reusedTokens, prefilledTokens });
    decodeStarted = performance.now();
    summary.prefillMs = decodeStarted - started;
    if (maxTokens > summary.newTokens) {
      const room = session.contextTokens - ids.length - answerIds.length;
      args.constraint?.begin?.(Math.min(room, maxTokens - summary.newTokens));
      const written = [...ids.slice(answerStart), ...answerIds];
      await args.verifier?.follow(written);
      const constraint = args.constraint ?? (await budgetOf(args, parser, written.length));
      const options = { ...decodeOptions(args), constraint, drawn: answerIds.length };
      for await (const id of session.decode(request.sampling, options)) {
        if (stops.has(id)) {
          summary.reason = id === observation ? 'observation' : 'stop';
          break;
        }
        take(id);
        if (summary.newTokens >= maxTokens) {
          summary.reason = 'length';
          break;
        }
      }
    } else summary.reason = 'length';
  } catch (error) {
    if (error instanceof AppError && error.code === 'logits-not-finite') session.truncate(0);
    if (!isAbort(error)) throw error;
    summary.reason = 'aborted';
    if (decodeStarted === started) summary.prefillMs = performance.now() - started;
  }
  prompts.remember(prompt, answerIds, parser.end(endOf(summary.reason)));
  summary.decodeMs = summary.prefillMs > 0 && decodeStarted > started ? performance.now() - decodeStarted : 0;
  summary.contextUsed = session.length;
  summary.stepsInFlight = session.stepsInFlight;
  summary.speculation = session.speculation;
  summary.steps = session.steps;
  return summary;
}

/** What ends the thought at its budget; undefined where there is none. */
async function budgetOf(
  { prompts, tokenizer, request: { thinkingTokens } }: GenerateArgs,
  parser: AnswerParser,
  written: number,
): Promise<Constraint | undefined> {
  if (!thinkingTokens || !prompts.thinks) return undefined;
  const { ThoughtBudget } = await fetchPart(() => import('./thoughtBudget'));
  return new ThoughtBudget({
    tokens: thinkingTokens,
    closing: prompts.thoughtEnd,
    spent: parser.thinking ? written : 0,
    isThinking: () => parser.thinking,
    bytesOf: (id) => tokenizer.decodeBytes([id]),
    onSpent: () => parser.closeThought(),
  });
}

function endOf(reason: GenerateSummary['reason']): AnswerEnd {
  return reason === 'stop' || reason === 'observation' ? reason : 'cut';
}

function decodeOptions({ request, signal, verifier, tokenizer, onEvent }: GenerateArgs): DecodeOptions {
  const { mask, speculation, topLogprobs } = request;
  const text = (id: number) => new TextDecoder().decode(tokenizer.decodeBytes([id]));
  const onToken = ({ id, logprob, top }: TokenLogprobs) =>
    onEvent({
      kind: 'logprobs',
      id,
      text: text(id),
      logprob,
      top: top.map((other) => ({ ...other, text: text(other.id) })),
    });
  const logprobs = topLogprobs === undefined ? undefined : { top: topLogprobs, onToken };
  return { mask, verifier, speculation, signal, logprobs };
}
