// An answer while it is written: what the engine's events make of it, and what it becomes. Plain functions.
import type { GenerateEvent, GenerateSummary, Part, ToolEvent } from '../../../protocol/chat';
import { withPartEvent } from '../../../shared/parts';
import { hasWriting, resultsOf, writtenText } from '../partText';
import type { AnswerEnd, AssistantMessage, Message, RunningTurn } from '../types';

/** Ends after which more could follow. */
const CUT_ENDS: AnswerEnd[] = ['aborted', 'interrupted', 'error', 'length', 'hops'];
export const canContinue = ({ end, parts }: AssistantMessage): boolean =>
  hasWriting(parts) && CUT_ENDS.includes(end);

/** The answer ended at a call or its result: every answerer can go on from there, also one that continues no text. */
export const endsAtCall = ({ parts }: Pick<AssistantMessage, 'parts'>): boolean =>
  ['call', 'result'].includes(parts.at(-1)?.type ?? '');

/**
 * The parts that a continued answer begins with. Trailing blanks go: a model writes a blank together with the word that
 * follows, so that a text ending in one would be cut within a token.
 */
export function startOfContinuation(parts: readonly Part[]): Part[] {
  const last = parts.at(-1);
  if (last?.type !== 'text' && last?.type !== 'thought') return [...parts];
  return [...parts.slice(0, -1), { ...last, text: last.text.replace(/[ \t]+$/, '') }];
}

/** No more was written, and no tool has run. */
export const sameWriting = (a: readonly Part[], b: readonly Part[]): boolean =>
  writtenText(a) === writtenText(b) && resultsOf(a) === resultsOf(b);
/** In a chat that lost a question, an answer may follow an answer. */
export const lastQuestion = (path: Message[]): Message | undefined =>
  path.findLast(({ role }) => role === 'user');

/** The name of what wrote an answer, as far as it is known yet. */
export const nameOf = ({ server, modelName, made }: AssistantMessage): string =>
  server ? modelName : made?.model.name || modelName;

/** Statistics of an answer written in several goes. */
export const added = (before: GenerateSummary | undefined, next: GenerateSummary): GenerateSummary =>
  before
    ? {
        ...next,
        newTokens: before.newTokens + next.newTokens,
        decodeMs: before.decodeMs + next.decodeMs,
      }
    : next;

/** A turn that waits for the model. */
export const waitingTurn = (chatId: string, { id, seed }: AssistantMessage, parts: Part[]): RunningTurn => ({
  chatId,
  messageId: id,
  phase: 'waiting',
  parts,
  prefillDone: 0,
  prefillTotal: 0,
  tokens: 0,
  contextUsed: 0,
  tokensPerSecond: 0,
  seed,
});

/** Follows one answer's events. `now` in ms. */
export class AnswerProgress {
  /** When the first text came; 0 before. */
  firstTextAt = 0;
  private firstTokens = 0;
  /** When the first text of the present request came, and the tokens of those before. */
  private request = { firstTextAt: 0, tokensBefore: 0 };
  /** Start of the thought being written, and the time it had taken before, when it is continued. */
  private thought = { since: 0, msBefore: 0 };

  constructor(private turn: RunningTurn) {}

  get latest(): RunningTurn {
    return this.turn;
  }

  /** The request is on its way. */
  begin(): void {
    this.turn = { ...this.turn, phase: 'prefill' };
  }

  take(event: GenerateEvent | ToolEvent, now: number): void {
    if (event.kind === 'queued') this.turn = { ...this.turn, queuedBehind: event.ahead };
    if (event.kind === 'prefill' && this.turn.queuedBehind) this.turn = { ...this.turn, queuedBehind: 0 };
    if (event.kind === 'seeing')
      this.turn = { ...this.turn, seeing: event.fraction < 1 ? event.fraction : undefined };
    if (event.kind === 'prefill')
      this.turn = { ...this.turn, prefillDone: event.doneTokens, prefillTotal: event.totalTokens };
    if (!('index' in event)) return;
    const parts = withPartEvent<Part>(this.turn.parts, event);
    const part = parts[event.index];
    if (event.kind === 'tool') this.nextRequest();
    if (event.kind === 'part-start' && part.type === 'thought')
      this.thought = { since: now, msBefore: part.thinkingMs ?? 0 };
    if (event.kind === 'part-delta' && part.type === 'thought')
      parts[event.index] = { ...part, thinkingMs: this.thought.msBefore + now - this.thought.since };
    this.turn = { ...this.turn, parts };
    if (event.kind === 'part-delta') this.count(event, now);
  }

  private count({ tokens, contextUsed }: { tokens: number; contextUsed: number }, now: number): void {
    this.firstTextAt ||= now;
    const { request } = this;
    if (!request.firstTextAt) {
      request.firstTextAt = now;
      this.firstTokens = tokens;
    }
    const seconds = (now - request.firstTextAt) / 1000;
    const tokensPerSecond = seconds > 0 ? (tokens - this.firstTokens) / seconds : 0;
    const total = request.tokensBefore + tokens;
    this.turn = { ...this.turn, phase: 'decode', tokens: total, contextUsed, tokensPerSecond };
  }

  /** A tool runs: what comes after it is another request. */
  private nextRequest(): void {
    this.request = { firstTextAt: 0, tokensBefore: this.turn.tokens };
  }
}
