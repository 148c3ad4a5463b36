// An answer under way: what it begins with, and what was there before it.
import type { ContextPolicy, Part } from '../../../protocol/chat';
import { withBytes } from '../bytes';
import type { AssistantMessage, Message } from '../types';
import { AnswerProgress, startOfContinuation, waitingTurn } from './answerProgress';
import type { UnendedAnswer } from './brokenAnswers';

const SEED_RANGE = 2 ** 32;

/** An answer under way. */
export interface Run {
  chatId: string;
  controller: AbortController;
  /** Its events no longer count. */
  ended: boolean;
  progress: AnswerProgress;
  message: AssistantMessage;
  /** Which branches were shown before, to go back to when nothing comes. */
  chosenBefore: Record<string, string>;
  /** What the answer began with: not empty when it is continued. */
  start: Part[];
  /** It was not stored before. */
  isNew: boolean;
  /** When it was last stored, by performance.now(), which no change of the clock turns back; -Infinity: not yet. */
  savedAt: number;
  /** Stores what came after that, even when nothing more comes. */
  saving: ReturnType<typeof setTimeout> | undefined;
}

export interface AnswerOptions {
  /** The answer to go on with; without it a new one is written. */
  continued?: AssistantMessage;
  /** For this once, instead of the chat's. */
  contextPolicy?: ContextPolicy;
  /** The answer that ended an earlier page. */
  unended?: UnendedAnswer;
  /** What a new answer begins with. */
  start?: Part[];
  /** One of several answers that are to differ. */
  sample?: SampleOptions;
}

/** An answer for a comparison. */
export interface SampleOptions {
  /** Added to a seed of the settings. */
  index: number;
  leastTemperature: number;
  /** Called with the id of its message. */
  onBegin: (id: string) => void;
}

interface Surroundings {
  /** The seed that the settings name. */
  wantedSeed: number | null;
  chosenBefore: Record<string, string>;
}

/** The run of an answer to `parent`. */
export function newRun(chatId: string, parent: Message, options: AnswerOptions & Surroundings): Run {
  const { continued, unended, start: begun, sample, wantedSeed, chosenBefore } = options;
  const own = wantedSeed === null ? undefined : (wantedSeed + (sample?.index ?? 0)) % SEED_RANGE;
  const seed = unended?.seed ?? own ?? Math.floor(Math.random() * SEED_RANGE);
  const message: AssistantMessage = continued ?? {
    id: unended?.messageId ?? crypto.randomUUID(),
    parentId: parent.id,
    role: 'assistant',
    parts: begun ?? [],
    createdAt: Math.max(Date.now(), parent.createdAt + 1),
    end: 'interrupted',
    seed,
    modelName: '',
  };
  const start = unended
    ? withBytes(unended.start, message.parts)
    : (begun ?? startOfContinuation(message.parts));
  const shown = unended && continued ? message.parts : start;
  const progress = new AnswerProgress(waitingTurn(chatId, { ...message, seed }, shown));
  return {
    ...{ chatId, message, start, progress, ended: false, savedAt: -Infinity, saving: undefined },
    isNew: !continued,
    controller: new AbortController(),
    chosenBefore,
  };
}

/** What a page that crashes leaves of an answer to `parentId`. */
export function unendedOf({ chatId, message, start, progress }: Run, parentId: string): UnendedAnswer {
  const { seed } = progress.latest;
  return { chatId, messageId: message.id, parentId, seed, start, prompt: null, ids: [], tries: 0 };
}
