// An answer while it is written: what the engine's events make of it, and what it becomes. Plain functions.
import type { GenerateEvent, GenerateSummary, Part } from '../../protocol/chat';
import { modelText } from './chatTurns';
import { partsOfAnswer } from './oldText';
import { hasWriting } from './partText';
import type { AnswerEnd, AssistantMessage, RunningTurn } from './types';

/** Ends after which more could follow. */
const CUT_ENDS: AnswerEnd[] = ['aborted', 'interrupted', 'error', 'length'];
export const canContinue = ({ end, parts }: AssistantMessage): boolean =>
  hasWriting(parts) && CUT_ENDS.includes(end);

/**
 * The parts that a continued answer begins with. Trailing blanks go: a model writes a blank together with the word that
 * follows, so that a text ending in one would be cut within a token.
 */
export function startOfContinuation(parts: readonly Part[]): Part[] {
  const last = parts.at(-1);
  if (last?.type !== 'text' && last?.type !== 'thought') return [...parts];
  return [...parts.slice(0, -1), { ...last, text: last.text.replace(/[ \t]+$/, '') }];
}

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

/** Gathers the parts of an answer from the text that arrives. */
export interface Gathering {
  /** @param now in ms @returns the parts so far, without half of a tag at the end */
  add(text: string, now: number): Part[];
  /** The parts once no more text comes. */
  end(): Part[];
}

export function gatherParts(start: readonly Part[]): Gathering {
  let written = modelText(start);
  let parts: Part[] = [...start];
  let thinkingSince = 0;
  let thinkingMs = start[0]?.type === 'thought' ? start[0].thinkingMs : undefined;
  const msBefore = thinkingMs ?? 0;
  const read = (live: boolean): Part[] => (parts = partsOfAnswer({ content: written, thinkingMs }, live));
  return {
    add(text, now) {
      const wasThinking = parts.length === 0 || (parts[0].type === 'thought' && parts[0].unfinished);
      written += text;
      if (read(true)[0]?.type !== 'thought' || !wasThinking) return parts;
      thinkingSince ||= now;
      thinkingMs = msBefore + now - thinkingSince;
      return read(true);
    },
    end: () => read(false),
  };
}

/** Follows one answer's events. `now` in ms. */
export function followAnswer(startTurn: RunningTurn): {
  latest: () => RunningTurn;
  begin: () => void;
  take: (event: GenerateEvent, now: number) => void;
  /** No more text comes. */
  end: () => void;
  /** When the first word came; 0 before. */
  firstTextAt: () => number;
} {
  let latest = startTurn;
  let firstTextAt = 0;
  let firstTokens = 0;
  const gathered = gatherParts(startTurn.parts);
  return {
    latest: () => latest,
    begin: () => void (latest = { ...latest, phase: 'prefill' }),
    end() {
      if (firstTextAt) latest = { ...latest, parts: gathered.end() };
    },
    firstTextAt: () => firstTextAt,
    take(event, now) {
      if (event.kind === 'prefill') {
        latest = { ...latest, prefillDone: event.doneTokens, prefillTotal: event.totalTokens };
      }
      if (event.kind !== 'text') return;
      if (!firstTextAt) [firstTextAt, firstTokens] = [now, event.tokens];
      const seconds = (now - firstTextAt) / 1000;
      latest = {
        ...latest,
        phase: 'decode',
        parts: gathered.add(event.text, now),
        tokens: event.tokens,
        contextUsed: event.contextUsed,
        tokensPerSecond: seconds > 0 ? (event.tokens - firstTokens) / seconds : 0,
      };
    },
  };
}
