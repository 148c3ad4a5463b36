// An answer while it is written: what the engine's events make of it, and what it becomes. Plain functions.
import type { GenerateEvent, GenerateSummary } from '../../protocol/chat';
import { isThinking } from '../../shared/thinking';
import type { AnswerEnd, AssistantMessage, Turn } from './types';

/** Ends after which more could follow. */
const CUT_ENDS: AnswerEnd[] = ['aborted', 'interrupted', 'error', 'length'];
export const canContinue = ({ end, content }: AssistantMessage): boolean =>
  content !== '' && CUT_ENDS.includes(end);

/** A piece that ends in a blank would be cut within a token: the model writes blanks together with what follows. */
export const startOfContinuation = (text: string): string => text.replace(/[ \t]+$/, '');

/** Statistics of an answer written in several goes. */
export const added = (before: GenerateSummary | undefined, next: GenerateSummary): GenerateSummary =>
  before
    ? {
        ...next,
        newTokens: before.newTokens + next.newTokens,
        decodeMs: before.decodeMs + next.decodeMs,
      }
    : next;

/** What a turn adds to its message. */
export const written = ({ text, thinkingMs }: Turn): Pick<AssistantMessage, 'content' | 'thinkingMs'> =>
  thinkingMs === undefined ? { content: text } : { content: text, thinkingMs };

/** A turn that waits for the model. */
export const waitingTurn = (
  chatId: string,
  { id, seed, thinkingMs }: AssistantMessage,
  text: string,
): Turn => ({
  chatId,
  messageId: id,
  phase: 'waiting',
  text,
  prefillDone: 0,
  prefillTotal: 0,
  tokens: 0,
  contextUsed: 0,
  tokensPerSecond: 0,
  seed,
  thinkingMs,
});

/** Follows one answer's events. `now` in ms. */
export function followAnswer(startTurn: Turn): {
  latest: () => Turn;
  begin: () => void;
  take: (event: GenerateEvent, now: number) => void;
  /** When the first word came; 0 before. */
  firstTextAt: () => number;
} {
  let latest = startTurn;
  let firstTextAt = 0;
  let firstTokens = 0;
  const thoughtBefore = startTurn.thinkingMs ?? 0;
  return {
    latest: () => latest,
    begin: () => void (latest = { ...latest, phase: 'prefill' }),
    firstTextAt: () => firstTextAt,
    take(event, now) {
      if (event.kind === 'prefill') {
        latest = { ...latest, prefillDone: event.doneTokens, prefillTotal: event.totalTokens };
      }
      if (event.kind !== 'text') return;
      if (!firstTextAt) [firstTextAt, firstTokens] = [now, event.tokens];
      const seconds = (now - firstTextAt) / 1000;
      const text = latest.text + event.text;
      latest = {
        ...latest,
        phase: 'decode',
        text,
        thinkingMs: isThinking(text) ? thoughtBefore + now - firstTextAt : latest.thinkingMs,
        tokens: event.tokens,
        contextUsed: event.contextUsed,
        tokensPerSecond: seconds > 0 ? (event.tokens - firstTokens) / seconds : 0,
      };
    },
  };
}
