import { runTurn } from '../agent/runTurn';
import type { ChatTurn, GenerateEvent, GenerateSummary } from '../protocol/engine';
import { isAbort, toWireError, type WireError } from '../shared/errors';
import type { SliceMaker } from './appStore';
import { currentChat } from './chatsSlice';
import { createFrameBatch } from './frameBatch';
import { effectiveSampling } from './settingsSlice';
import type { AnswerEnd, AssistantMessage, Message, Turn } from './types';

export interface TurnSlice {
  /** The answer being written, in whichever chat. */
  turn: Turn | null;
  /** Why the last answer of a chat failed. */
  turnError: { chatId: string; error: WireError } | null;
  /** Counts ended answers, for who announces them. */
  finishedTurns: number;
  /** False when it cannot be sent now: another answer is running, or the text is blank. */
  send(text: string): boolean;
  /** Answers the last user message again, or for the first time. */
  regenerate(): void;
  /** Takes effect at once: the text so far is kept, whatever the engine still sends is ignored. */
  stop(): void;
  dismissTurnError(): void;
}

const SAVE_EVERY_MS = 1000;
const SEED_RANGE = 2 ** 32;

const toChatTurn = ({ role, content }: Message): ChatTurn => ({ role, content });

export const createTurnSlice: SliceMaker<TurnSlice> = (set, get, deps, subscribe) => {
  /** The running answer: its signal, whether its events still count, and how to bring the latest into the store. */
  let running: { controller: AbortController; ended: boolean; flush: () => void } | null = null;
  /** Settles when the engine is done with the last answer, also a stopped one. */
  let engineIdle: Promise<unknown> = Promise.resolve();
  let savedAt = 0;

  /** Resolves true once a model is ready, false when none is coming or the signal fired. */
  function untilModelReady(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      let unsubscribe = () => {};
      const check = () => {
        const { status } = get().model;
        if (status === 'loading' && !signal.aborted) return;
        unsubscribe();
        signal.removeEventListener('abort', check);
        resolve(status === 'ready' && !signal.aborted);
      };
      unsubscribe = subscribe(check);
      signal.addEventListener('abort', check);
      check();
    });
  }

  /** Ends the running answer: the turn becomes a message of its chat. */
  function finish(end: AnswerEnd, summary?: GenerateSummary): void {
    const { turn, chats, model, finishedTurns } = get();
    if (!turn || !running || running.ended) return;
    running.ended = true;
    running = null;
    set({ turn: null, finishedTurns: finishedTurns + 1 });
    const answer: AssistantMessage | undefined = turn.text
      ? {
          id: turn.messageId,
          role: 'assistant',
          content: turn.text,
          createdAt: Date.now(),
          end,
          summary,
          seed: turn.seed,
          modelName: model.info?.name ?? '',
        }
      : turn.replaces;
    const messages = chats[turn.chatId]?.messages ?? [];
    get().putMessages(turn.chatId, answer ? [...messages, answer] : messages);
  }

  /** A stopped answer's statistics arrive after it became a message. */
  function addSummary(chatId: string, messageId: string, summary: GenerateSummary): void {
    const messages = get().chats[chatId]?.messages ?? [];
    if (!messages.some(({ id }) => id === messageId)) return;
    const withSummary = messages.map((message) =>
      message.id === messageId && message.role === 'assistant' ? { ...message, summary } : message,
    );
    get().putMessages(chatId, withSummary);
  }

  async function answer(chatId: string, replaces?: AssistantMessage): Promise<void> {
    const run = (running = { controller: new AbortController(), ended: false, flush: () => {} });
    const { signal } = run.controller;
    const seed = get().preferences.seed ?? Math.floor(Math.random() * SEED_RANGE);
    const messageId = crypto.randomUUID();
    const fresh: Turn = {
      chatId,
      messageId,
      phase: 'waiting',
      text: '',
      prefillDone: 0,
      prefillTotal: 0,
      tokens: 0,
      contextUsed: 0,
      tokensPerSecond: 0,
      seed,
      replaces,
    };
    set({ turn: fresh, turnError: null });

    // Events gather here and reach the store once a frame.
    let latest: Turn = fresh;
    let firstTextAt = 0;
    let firstTokens = 0;
    const flush = () => {
      if (run.ended) return;
      set({ turn: latest });
      if (Date.now() - savedAt < SAVE_EVERY_MS || !latest.text) return;
      savedAt = Date.now();
      void get().saveChat(chatId);
    };
    const batch = createFrameBatch(flush);
    run.flush = flush;
    const onEvent = (event: GenerateEvent) => {
      if (run.ended) return;
      if (event.kind === 'prefill') {
        latest = { ...latest, prefillDone: event.doneTokens, prefillTotal: event.totalTokens };
      } else {
        const now = performance.now();
        if (!firstTextAt) [firstTextAt, firstTokens] = [now, event.tokens];
        const seconds = (now - firstTextAt) / 1000;
        latest = {
          ...latest,
          phase: 'decode',
          text: latest.text + event.text,
          tokens: event.tokens,
          contextUsed: event.contextUsed,
          tokensPerSecond: seconds > 0 ? (event.tokens - firstTokens) / seconds : 0,
        };
      }
      batch.request();
    };

    try {
      await engineIdle;
      if (!(await untilModelReady(signal))) return finish('aborted');
      const { chats, preferences } = get();
      latest = { ...latest, phase: 'prefill' };
      flush();
      const outcome = runTurn(
        deps.client,
        {
          systemPrompt: chats[chatId].systemPrompt,
          history: chats[chatId].messages.map(toChatTurn),
          sampling: { ...effectiveSampling(get()), seed },
          maxTokens: preferences.maxTokens ?? undefined,
        },
        { signal, onEvent },
      );
      engineIdle = outcome.catch(() => undefined);
      const { summary } = await outcome;
      get().rememberSpeed(summary);
      if (run.ended) return addSummary(chatId, messageId, summary);
      flush();
      finish(summary.reason, summary);
    } catch (error) {
      if (run.ended || isAbort(error)) return finish('aborted');
      flush();
      finish('error');
      const wire = toWireError(error);
      if (wire.code === 'no-model') get().markModelMissing();
      // A lost device is the model's trouble: its card says so, with the way out.
      if (wire.code !== 'device-lost') set({ turnError: { chatId, error: wire } });
    } finally {
      batch.cancel();
    }
  }

  return {
    turn: null,
    turnError: null,
    finishedTurns: 0,

    send(text) {
      const content = text.trim();
      if (!content || get().turn) return false;
      const chat = currentChat(get());
      const message: Message = { id: crypto.randomUUID(), role: 'user', content, createdAt: Date.now() };
      get().putMessages(chat.id, [...chat.messages, message]);
      void answer(chat.id);
      return true;
    },

    regenerate() {
      if (get().turn) return;
      const { id, messages } = currentChat(get());
      const last = messages.at(-1);
      if (!last) return;
      if (last.role === 'user') return void answer(id);
      // Not saved yet: if the page closes before new text arrives, the old answer is still there.
      set({ chats: { ...get().chats, [id]: { ...currentChat(get()), messages: messages.slice(0, -1) } } });
      void answer(id, last);
    },

    stop() {
      if (!running) return;
      running.flush();
      running.controller.abort(new DOMException('Stopped', 'AbortError'));
      finish('aborted');
    },

    dismissTurnError: () => set({ turnError: null }),
  };
};
