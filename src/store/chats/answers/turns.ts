// The turn: one answer at a time, from the question to the message it becomes. It writes into the book of chats, stops
// when the book deletes what it answers, and asks models and settings through ports.
import { settledCalls } from '../../../agent/calls';
import { isSmall } from '../../../agent/smallModel';
import { runTurn } from '../../../agent/turn';
import type { EngineClient } from '../../../client/engineClient';
import type { GenerateEvent, GenerateSummary, Part, ToolEvent } from '../../../protocol/chat';
import { isAbort, toWireError } from '../../../shared/errors';
import { thinkingTokens } from '../../answerSettings';
import { Observable } from '../../observable';
import type { ChatsPorts } from '../../ports';
import { added, canContinue, endsAtCall, lastQuestion, nameOf, sameWriting } from './answerProgress';
import type { AnswererOf } from './answerers';
import type { BrokenAnswers } from './brokenAnswers';
import { findReasons, recordFor } from './answerRecord';
import type { BookEvent, ChatBook } from '../book';
import { createFrameBatch } from './frameBatch';
import { attachedParts, spokenText } from '../partText';
import { startClock, type Surroundings } from './slowness';
import { newRun, unendedOf, type AnswerOptions, type Run, type SampleOptions } from './run';
import { startOfCallAgain } from './callAgain';
import type { ToolDesk } from './toolDesk';
import type { TurnState } from '../state';
import type { MemoryDoor } from '../memory/memoryDoor';
import { pathTo, shownPath } from '../tree';
import type { AnswerEnd, Chat, ChatAgent, Message, RunningTurn, SlowReason, UserMessage } from '../types';

/** Between two writes of an answer on its way: with the write itself less than a second. */
const SAVE_EVERY_MS = 500;

/** None for a question that is a file without words. */
const textParts = (text: string): Part[] => (text ? [{ type: 'text', text }] : []);

export interface TurnsOptions {
  client: Pick<EngineClient, 'call'>;
  answererOf: AnswererOf;
  book: ChatBook;
  broken: BrokenAnswers;
  tools: ToolDesk;
  memory: Pick<MemoryDoor, 'textFor'>;
  surroundings: Surroundings;
  ports: ChatsPorts;
  /** The chat as the agent reads it that it is with, or that a question calls. */
  asAgent: (chat: Chat, question: UserMessage) => Promise<Chat>;
}

export class Turns extends Observable<TurnState> {
  private running: Run | null = null;
  /** Settles when the engine is done with the last answer, also a stopped one. */
  private engineIdle: Promise<unknown> = Promise.resolve();
  private readonly book: ChatBook;

  constructor(private readonly options: TurnsOptions) {
    super({ turn: null, turnError: null, turnOverflow: null, lastRun: null });
    this.book = options.book;
    this.book.onEvent((event) => this.hear(event));
  }

  /** Asks a question at the end of the current chat; files may stand without words. Another answer must not be running. */
  ask(files: Part[], text: string, agent?: ChatAgent): void {
    const chat = this.book.current;
    this.question(chat.id, [...files, ...textParts(text)], shownPath(chat).at(-1), agent);
  }

  /** Asks a question of the current chat in other words, as a branch beside it. @returns false when it cannot be sent */
  edit(id: string, text: string): boolean {
    const chat = this.book.current;
    const path = pathTo(chat, id);
    const question = path.at(-1);
    const content = text.trim();
    if (this.state.turn || question?.role !== 'user') return false;
    const parts = [...attachedParts(question.parts), ...textParts(content)];
    if (parts.length === 0) return false;
    this.question(chat.id, parts, path.at(-2), question.agent);
    return true;
  }

  /** Writes another answer beside this one, or beside the last of the current chat. */
  regenerate(answerId?: string): void {
    if (this.state.turn) return;
    const chat = this.book.current;
    const path = answerId ? pathTo(chat, answerId) : shownPath(chat);
    const parent = lastQuestion(path);
    if (parent) void this.answer(chat.id, parent);
  }

  /** Another answer to a question of the current chat. @returns its id when it has ended */
  async sample(parentId: string, sample: SampleOptions): Promise<string | undefined> {
    const { id: chatId } = this.book.current;
    const parent = this.book.message(chatId, parentId);
    if (this.state.turn || !parent) return undefined;
    const written = this.answer(chatId, parent, { sample });
    const messageId = this.running?.message.id;
    if (messageId) sample.onBegin(messageId);
    await written;
    return messageId;
  }

  /** Goes on from where the last answer of the current chat was cut, if what answers it can. */
  continueAnswer(): void {
    if (this.state.turn) return;
    const chat = this.book.current;
    const path = shownPath(chat);
    const [parent, last] = [lastQuestion(path), path.at(-1)];
    if (!parent || last?.role !== 'assistant' || !canContinue(last)) return;
    if (chat.server && !endsAtCall(last) && !this.options.ports.servers.continues(chat.server)) return;
    void this.answer(chat.id, parent, { continued: last });
  }

  /** Runs a call of the current chat with other arguments, beside its answer, and goes on from its result. */
  runCallAgain(messageId: string, callId: string, args: string): void {
    if (this.state.turn) return;
    const chat = this.book.current;
    const path = pathTo(chat, messageId);
    const [parent, message] = [lastQuestion(path), path.at(-1)];
    const start = message && startOfCallAgain(message.parts, callId, args);
    if (parent && start) void this.answer(chat.id, parent, { start });
  }

  /** Goes on with the answer that was written when the page crashed, as soon as its model is ready. */
  async resumeBroken(): Promise<void> {
    const { broken, ports } = this.options;
    const unended = await broken.take();
    if (!unended || !(await this.book.openChat(unended.chatId))) return;
    const { chatId, messageId, parentId, prompt } = unended;
    if (!(await ports.model.untilReady(new AbortController().signal)) || this.state.turn) return;
    const [parent, written] = [this.book.message(chatId, parentId), this.book.message(chatId, messageId)];
    const isOther = prompt && prompt.modelId !== ports.model.info()?.id;
    if (!parent || isOther || written?.role === 'user' || (written && written.end !== 'interrupted')) return;
    void this.answer(chatId, parent, { continued: written, unended });
  }

  /** Answers the question of `turnOverflow`, this once without the oldest turns. */
  answerWithoutOldest(): void {
    const { turnOverflow, turn } = this.state;
    if (!turnOverflow || turn) return;
    const { chatId, parentId, messageId } = turnOverflow;
    this.patch({ turnOverflow: null });
    const parent = this.book.message(chatId, parentId);
    // An answer that has called tools goes on from their results.
    const begun = this.book.message(chatId, messageId);
    const continued = begun?.role === 'assistant' && endsAtCall(begun) ? begun : undefined;
    if (parent) void this.answer(chatId, parent, { continued, contextPolicy: 'drop-oldest' });
  }

  /** Takes effect at once: the answer so far is kept, and events that still arrive are ignored. */
  stop(): void {
    const run = this.running;
    if (!run) return;
    this.show(run);
    run.controller.abort(new DOMException('Stopped', 'AbortError'));
    this.finish(run, 'aborted');
  }

  /** Stores the answer so far, should the page go away. */
  async save(): Promise<void> {
    const run = this.running;
    if (!run) return;
    clearTimeout(run.saving);
    run.saving = undefined;
    const { parts } = run.progress.latest;
    if (sameWriting(parts, run.start)) return;
    run.savedAt = performance.now();
    const message = { ...run.message, parts, end: 'interrupted' as const };
    await this.book.keepPartial(run.chatId, { ...message, modelName: nameOf(run.message) });
  }

  /** Deletes what the engine stored of chats to go on from: a trace of what was said. */
  async forgetKept(): Promise<void> {
    await this.engineIdle; // also what a stopped answer leaves behind
    await this.options.client
      .call('forgetKept', {})
      .catch((error: unknown) => this.options.ports.page.notify(toWireError(error)));
  }

  dismissError(): void {
    this.patch({ turnError: null });
  }

  dismissOverflow(): void {
    this.patch({ turnOverflow: null });
  }

  /** Another model answers from now on: figures of the last answer no longer describe it. */
  forgetLastRun(): void {
    this.patch({ lastRun: null });
  }

  private hear(event: BookEvent): void {
    const { turn } = this.state;
    if (event.kind !== 'deleting' || !turn) return;
    const { chatId, messageId } = event;
    if (chatId !== null && chatId !== turn.chatId) return;
    const isPart = messageId === undefined || this.path(turn).some(({ id }) => id === messageId);
    if (isPart) this.stop();
  }

  /** The messages from the start of the chat to the answer being written. */
  private path({ chatId, messageId }: RunningTurn): Message[] {
    return this.book.pathTo(chatId, messageId);
  }

  private question(chatId: string, parts: Part[], parent?: Message, agent?: ChatAgent): void {
    const message: UserMessage = {
      id: crypto.randomUUID(),
      parentId: parent?.id ?? null,
      role: 'user',
      parts,
      createdAt: Math.max(Date.now(), (parent?.createdAt ?? 0) + 1),
      ...(agent && { agent }),
    };
    this.book.write(chatId, [message], { show: true });
    void this.answer(chatId, message);
  }

  private begin(chatId: string, parent: Message, options: AnswerOptions): Run {
    const chat = this.book.chat(chatId);
    const { broken, ports } = this.options;
    const { seed } = ports.answering.settings(chat?.settings);
    const run = newRun(chatId, parent, { ...options, wantedSeed: seed, chosenBefore: chat?.chosen ?? {} });
    if (!chat?.server) broken.begin(options.unended ?? unendedOf(run, parent.id));
    this.running = run;
    this.patch({ turn: run.progress.latest, turnError: null, turnOverflow: null });
    this.book.hold(chatId, run.message);
    return run;
  }

  /** Writes an answer to `parent`, or goes on with the one that is `continued`. */
  private async answer(chatId: string, parent: Message, options: AnswerOptions = {}): Promise<void> {
    const { answererOf, broken, surroundings, ports, asAgent } = this.options;
    const run = this.begin(chatId, parent, options);
    const { progress, start } = run;
    const { signal } = run.controller;
    const batch = createFrameBatch(() => this.show(run)); // events reach the state once a frame
    const onEvent = (event: GenerateEvent | ToolEvent) => {
      if (run.ended) return;
      if (event.kind === 'prompt') return broken.notePrompt(event.prompt);
      if (event.kind === 'token') return broken.noteToken(event.id);
      progress.take(event, performance.now());
      if (event.kind === 'tool') broken.noteParts(progress.latest.parts);
      batch.request();
    };
    try {
      const chat = this.book.chat(chatId);
      if (!chat) return this.finish(run, 'aborted');
      const answerer = await answererOf(chat);
      if (answerer.local) await this.engineIdle;
      const author = (await answerer.ready(signal)) ? answerer.author() : null;
      if (!author || run.ended) return this.finish(run, 'aborted');
      let asked = this.book.chat(chatId) ?? chat; // its settings may have changed during the wait
      if (parent.role === 'user' && (asked.agent ?? parent.agent)) asked = await asAgent(asked, parent);
      if (run.ended) return;
      const about = { messageId: run.message.id, question: spokenText(parent.parts) };
      const tools = this.options.tools.forAnswer(asked, answerer, about);
      const names = tools?.tools.map(({ spec }) => spec.name);
      const { contextPolicy } = options;
      const made = recordFor(asked, author, ports.answering, { contextPolicy, tools: names });
      const notes = await this.options.memory
        .textFor(asked, {
          answerId: run.message.id,
          isSmall: answerer.local && isSmall(ports.model.info()),
          keep: (ids) => this.book.setNotes(chatId, ids),
        })
        .catch(() => ''); // its code is missing: the answer does without
      made.systemPrompt = [made.systemPrompt, notes].filter(Boolean).join('\n\n');
      const { sample } = options;
      const sampling = ports.answering.sampling(asked.settings);
      const temperature = Math.max(sampling.temperature, sample?.leastTemperature ?? 0);
      if (sample && answerer.local) made.sampling = { ...made.sampling, temperature };
      run.message = { ...run.message, made };
      if (author.server) Object.assign(run.message, { modelName: author.model.name, server: author.server });
      if (answerer.local) this.book.setModel(chatId, author.model);
      progress.begin();
      this.show(run);
      const clock = startClock(surroundings);
      const { unended } = options;
      const resumed = unended?.prompt ? { ...unended.prompt, ids: [...unended.ids] } : undefined;
      const outcome = runTurn(
        answerer,
        {
          systemPrompt: made.systemPrompt,
          history: pathTo(asked, parent.id),
          begun: start,
          sampling: { ...sampling, temperature, seed: progress.latest.seed },
          maxTokens: made.maxTokens ?? undefined,
          ...thinkingTokens(made),
          contextPolicy: made.contextPolicy,
          pictureTokens: made.pictureTokens,
          journal: answerer.local,
          resume: resumed,
          format: start.length > 0 ? undefined : ports.answering.settings(asked.settings).format,
          tools,
        },
        { signal, onEvent },
      );
      if (answerer.local) this.engineIdle = outcome.catch(() => undefined);
      const { summary, limit } = await outcome;
      const timing = clock(progress.firstTextAt);
      if (answerer.local) {
        this.patch({ lastRun: summary });
        ports.model.reportAnswer(summary);
      }
      if (run.ended) return this.addSummary(run, summary);
      this.show(run);
      run.message.made = { ...made, firstTokenMs: timing.firstTokenMs };
      this.finish(run, limit ?? summary.reason, summary);
      if (!answerer.local) return;
      if (summary.overflow) {
        const where = { chatId, parentId: parent.id, messageId: run.message.id };
        return this.patch({ turnOverflow: { ...summary.overflow, ...where, policy: made.contextPolicy } });
      }
      const facts = { ...timing, summary };
      const slow = await findReasons(ports.model.conditions(), surroundings, facts);
      if (slow.length > 0) this.noteSlow(run, slow);
    } catch (error) {
      this.fail(run, error);
    } finally {
      batch.cancel();
    }
  }

  private fail(run: Run, error: unknown): void {
    if (run.ended || isAbort(error)) return this.finish(run, 'aborted');
    this.show(run);
    this.finish(run, 'error');
    const wire = toWireError(error);
    if (wire.code === 'no-model') this.options.ports.model.reportMissing();
    // A lost device is the model's trouble: its card says so, with the way out.
    if (wire.code !== 'device-lost') this.patch({ turnError: { chatId: run.chatId, error: wire } });
  }

  /** Brings the latest parts into the state, and from time to time into the database. */
  private show(run: Run): void {
    if (run.ended) return;
    this.patch({ turn: run.progress.latest });
    const wait = run.savedAt + SAVE_EVERY_MS - performance.now();
    if (wait <= 0) void this.save();
    else run.saving ??= setTimeout(() => void this.save(), wait);
  }

  /** Ends the running answer: what was written becomes its message. */
  private finish(run: Run, end: AnswerEnd, summary?: GenerateSummary): void {
    const { turn } = this.state;
    if (!turn || run.ended) return;
    const { chatId, message, chosenBefore, start } = run;
    run.ended = true;
    clearTimeout(run.saving);
    this.options.broken.end();
    this.running = null;
    this.patch({ turn: null });
    this.book.release();
    const parts = settledCalls(turn.parts);
    // An answer that the model ended at once is one, with its notices.
    const byModel = end === 'stop' || end === 'observation';
    const nothingNew = sameWriting(turn.parts, start) && !byModel;
    if (nothingNew && run.isNew && run.savedAt < 0) return this.book.drop(chatId, message.id, chosenBefore);
    if (nothingNew) return this.book.write(chatId, [message]);
    const total = summary ? added(message.summary, summary) : message.summary;
    const { grade: _, ...ungraded } = message; // it was for what stood there before
    const finished = { ...ungraded, parts, end, modelName: nameOf(message) };
    this.book.write(chatId, [{ ...finished, ...(total && { summary: total }) }], { strict: true });
  }

  /** A stopped answer's statistics arrive after it became a message. */
  private addSummary({ chatId, message }: Run, summary: GenerateSummary): void {
    const written = this.book.message(chatId, message.id);
    if (written?.role !== 'assistant') return;
    this.book.write(chatId, [{ ...written, summary: added(message.summary, summary) }]);
  }

  private noteSlow({ chatId, message }: Run, slow: SlowReason[]): void {
    const written = this.book.message(chatId, message.id);
    if (written?.role !== 'assistant' || !written.made) return;
    this.book.write(chatId, [{ ...written, made: { ...written.made, slow } }]);
  }
}
