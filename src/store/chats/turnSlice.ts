import { runTurn } from '../../agent/runTurn';
import { serverClient } from '../../servers/serverClient';
import type { ContextPolicy, GenerateEvent, GenerateSummary } from '../../protocol/chat';
import { isAbort, toWireError } from '../../shared/errors';
import { added, canContinue, followAnswer, startOfContinuation, waitingTurn } from './answerProgress';
import type { SliceMaker } from '../appState';
import type { TurnSlice } from './state';
import { findReasons, hostOf, recordFor, recordOfServer } from './answerRecord';
import { currentAttachments } from './attachmentsSlice';
import { modelText, toChatTurn } from './chatTurns';
import { currentChat, shownMessages } from './chatsSlice';
import { createFrameBatch } from './frameBatch';
import { startClock } from './slowness';
import { pathTo } from './tree';
import { filesOf, writtenText } from './partText';
import type { AnswerEnd, AssistantMessage, Message, Part, SlowReason, UserMessage } from './types';

const SAVE_EVERY_MS = 1000;
const SEED_RANGE = 2 ** 32;

const sameWriting = (a: readonly Part[], b: readonly Part[]): boolean => writtenText(a) === writtenText(b);
const textPart = (text: string): Part => ({ type: 'text', text });

/** An answer under way. */
interface Run {
  controller: AbortController;
  /** Its events no longer count. */
  ended: boolean;
  /** Brings the latest into the store. */
  flush: () => void;
  message: AssistantMessage;
  /** Which branches were shown before, to go back to when nothing comes. */
  chosenBefore: Record<string, string>;
  /** What the answer began with: not empty when it is continued. */
  start: Part[];
  /** Ends the parts: no more text comes. */
  end: () => void;
}

export const createTurnSlice: SliceMaker<TurnSlice> = (set, get, deps) => {
  let running: Run | null = null;
  /** Settles when the engine is done with the last answer, also a stopped one. */
  let engineIdle: Promise<unknown> = Promise.resolve();
  let savedAt = 0;

  /** Ends the running answer: what was written becomes its message. */
  function finish(end: AnswerEnd, summary?: GenerateSummary): void {
    const { turn, model, finishedTurns } = get();
    if (!turn || !running || running.ended) return;
    const { message, chosenBefore, start } = running;
    running.ended = true;
    running = null;
    set({ turn: null, finishedTurns: finishedTurns + 1 });
    const nothingNew = sameWriting(turn.parts, start) && end !== 'stop';
    if (nothingNew && start.length === 0) return get().dropMessage(turn.chatId, message.id, chosenBefore);
    if (nothingNew) return get().putMessages(turn.chatId, [message]);
    const modelName = message.server ? message.modelName : (model.info?.name ?? message.modelName);
    const total = summary ? added(message.summary, summary) : message.summary;
    get().putMessages(turn.chatId, [{ ...message, parts: turn.parts, end, summary: total, modelName }]);
  }

  /** A stopped answer's statistics arrive after it became a message. */
  function addSummary(chatId: string, { id, summary: before }: AssistantMessage, summary: GenerateSummary) {
    const message = get().chats[chatId]?.messages.find((m) => m.id === id);
    if (message?.role !== 'assistant') return;
    get().putMessages(chatId, [{ ...message, summary: added(before, summary) }]);
  }

  function noteSlow(chatId: string, id: string, slow: SlowReason[]): void {
    const message = get().chats[chatId]?.messages.find((m) => m.id === id);
    if (message?.role !== 'assistant' || !message.made) return;
    get().putMessages(chatId, [{ ...message, made: { ...message.made, slow } }]);
  }

  /** Writes an answer to `parent`, or goes on with the one that is `continued`. */
  async function answer(
    chatId: string,
    parent: Message,
    { continued, contextPolicy }: { continued?: AssistantMessage; contextPolicy?: ContextPolicy } = {},
  ): Promise<void> {
    const seed =
      deps.ports.answering.settings(get().chats[chatId].settings).seed ??
      Math.floor(Math.random() * SEED_RANGE);
    const message: AssistantMessage = continued ?? {
      id: crypto.randomUUID(),
      parentId: parent.id,
      role: 'assistant',
      parts: [],
      createdAt: Math.max(Date.now(), parent.createdAt + 1),
      end: 'interrupted',
      seed,
      modelName: '',
    };
    const start = startOfContinuation(message.parts);
    const controller = new AbortController();
    const { signal } = controller;
    const run: Run = (running = {
      controller,
      ended: false,
      flush: () => {},
      message,
      chosenBefore: get().chats[chatId].chosen,
      start,
      end: () => {},
    });
    const progress = followAnswer(waitingTurn(chatId, { ...message, seed }, start));
    set({ turn: progress.latest(), turnError: null, turnOverflow: null });
    if (!continued) get().putMessages(chatId, [message], { show: true, keep: false });

    // Events gather and reach the store once a frame.
    const flush = () => {
      if (run.ended) return;
      set({ turn: progress.latest() });
      if (Date.now() - savedAt >= SAVE_EVERY_MS) void get().saveTurn();
    };
    const batch = createFrameBatch(flush);
    run.flush = flush;
    run.end = progress.end;
    const onEvent = (event: GenerateEvent) => {
      if (run.ended) return;
      progress.take(event, performance.now());
      batch.request();
    };

    try {
      await engineIdle;
      const { server, settings } = get().chats[chatId] ?? {};
      const choice = server ? await deps.ports.servers.choice(server, settings) : null;
      if (!choice && !(await deps.ports.model.untilReady(signal))) return finish('aborted');
      const made = recordFor(deps.ports, get().chats[chatId], contextPolicy);
      const kept = choice ? recordOfServer(made, choice) : made;
      run.message = { ...message, made: kept };
      if (choice) Object.assign(run.message, { modelName: choice.model, server: hostOf(choice) });
      else get().setChatModel(chatId, made.model);
      progress.begin();
      flush();
      const clock = startClock(deps.surroundings);
      const outcome = runTurn(
        choice ? serverClient(choice) : deps.client,
        {
          ...made,
          history: pathTo(get().chats[chatId], parent.id).map(toChatTurn),
          answerStart: modelText(start),
          sampling: { ...made.sampling, seed },
          maxTokens: made.maxTokens ?? undefined,
        },
        { signal, onEvent },
      );
      engineIdle = outcome.catch(() => undefined);
      const { summary } = await outcome;
      progress.end();
      const timing = clock(progress.firstTextAt());
      if (!choice) {
        set({ lastRun: summary });
        deps.ports.model.reportAnswer(summary);
      }
      if (run.ended) return addSummary(chatId, run.message, summary);
      flush();
      run.message.made = { ...kept, firstTokenMs: timing.firstTokenMs };
      finish(summary.reason, summary);
      if (choice) return;
      if (summary.overflow) {
        const overflow = { ...summary.overflow, chatId, parentId: parent.id, policy: made.contextPolicy };
        return set({ turnOverflow: overflow });
      }
      const slow = await findReasons(deps.ports.model.conditions(), deps.surroundings, {
        ...timing,
        summary,
      });
      if (slow.length > 0) noteSlow(chatId, message.id, slow);
    } catch (error) {
      if (run.ended || isAbort(error)) return finish('aborted');
      progress.end();
      flush();
      finish('error');
      const wire = toWireError(error);
      if (wire.code === 'no-model') deps.ports.model.reportMissing();
      // A lost device is the model's trouble: its card says so, with the way out.
      if (wire.code !== 'device-lost') set({ turnError: { chatId, error: wire } });
    } finally {
      batch.cancel();
    }
  }

  /** A question after `parent`, and its answer. */
  function ask(chatId: string, parts: Part[], parent?: Message) {
    const message: UserMessage = {
      id: crypto.randomUUID(),
      parentId: parent?.id ?? null,
      role: 'user',
      parts,
      createdAt: Math.max(Date.now(), (parent?.createdAt ?? 0) + 1),
    };
    get().putMessages(chatId, [message], { show: true });
    void answer(chatId, message);
  }

  return {
    turn: null,
    turnError: null,
    turnOverflow: null,
    lastRun: null,
    finishedTurns: 0,

    send(text) {
      const content = text.trim();
      if (!content || get().turn) return false;
      if (currentAttachments(get()).some(({ status }) => status === 'reading')) return false;
      get().setDraft('');
      const parts = [...get().takeAttachments(), textPart(content)];
      ask(get().currentId, parts, shownMessages(get()).at(-1));
      return true;
    },

    editQuestion(id, text) {
      const content = text.trim();
      const chat = currentChat(get());
      const path = pathTo(chat, id);
      const question = path.at(-1);
      if (!content || get().turn || question?.role !== 'user') return false;
      ask(chat.id, [...filesOf(question.parts), textPart(content)], path.at(-2));
      return true;
    },

    regenerate(answerId) {
      if (get().turn) return;
      const chat = currentChat(get());
      const path = answerId ? pathTo(chat, answerId) : shownMessages(get());
      const last = path.at(-1);
      const parent = last?.role === 'user' ? last : path.at(-2);
      if (parent) void answer(chat.id, parent);
    },

    continueAnswer() {
      if (get().turn) return;
      const [parent, last] = shownMessages(get()).slice(-2);
      const { server } = currentChat(get());
      if (
        last?.role === 'assistant' &&
        canContinue(last) &&
        (!server || deps.ports.servers.continues(server))
      )
        void answer(get().currentId, parent, { continued: last });
    },

    async saveTurn() {
      const { turn, model } = get();
      if (!turn || !running || sameWriting(turn.parts, running.start)) return;
      savedAt = Date.now();
      const { server, modelName: named } = running.message;
      const modelName = server ? named : (model.info?.name ?? '');
      await get().keepPartial(turn.chatId, {
        ...running.message,
        parts: turn.parts,
        end: 'interrupted',
        modelName,
      });
    },

    stop() {
      if (!running) return;
      running.end();
      running.flush();
      running.controller.abort(new DOMException('Stopped', 'AbortError'));
      finish('aborted');
    },

    answerWithoutOldest() {
      const { turnOverflow, turn, chats } = get();
      if (!turnOverflow || turn) return;
      const { chatId, parentId } = turnOverflow;
      set({ turnOverflow: null });
      const parent = chats[chatId]?.messages.find(({ id }) => id === parentId);
      if (parent) void answer(chatId, parent, { contextPolicy: 'drop-oldest' });
    },
    dismissOverflow: () => set({ turnOverflow: null }),

    async forgetKept() {
      await engineIdle; // what a stopped answer leaves behind is forgotten too
      await deps.client
        .call('forgetKept', {})
        .catch((error: unknown) => deps.ports.page.notify(toWireError(error)));
    },

    dismissTurnError: () => set({ turnError: null }),
  };
};
