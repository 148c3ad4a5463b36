// Several answers to one question, beside each other: written one after the other from the prompt that the engine has read
// once, graded by the model or counted by their results, and chosen by the user. All of them are branches of the chat.
// Loaded with the first comparison.
import type { Background } from '../../../agent/background';
import { turnRequest } from '../../../agent/turnRequest';
import { toWireError } from '../../../shared/errors';
import { GREEDY_SAMPLING } from '../../../shared/sampling';
import { textOf, withPartEvent } from '../../../shared/parts';
import type { Part } from '../../../protocol/chat';
import { Observable } from '../../observable';
import type { AnswererOf } from '../answers/answerers';
import type { Turns } from '../answers/turns';
import type { ChatBook } from '../book';
import { askedText, spokenText } from '../partText';
import { pathTo } from '../tree';
import type { AssistantMessage } from '../types';
import { GRADE_FORMAT, GRADE_TOKENS, gradingPrompt, readGrade } from './grading';
import { MOST_SAMPLES } from './best';
import type { SamplesDesk, SamplesState } from './types';
import { votesOf } from './votes';

/** Answers that are to differ are drawn: at temperature 0 all would be one. */
const LEAST_TEMPERATURE = 0.6;

const NOTHING: SamplesState = {
  ...{ chatId: '', parentId: '', ids: [], phase: 'idle', done: 0, total: 0, grades: {}, error: null },
};

export interface SamplesOptions {
  background: Background;
  answererOf: AnswererOf;
  book: ChatBook;
  turns: Turns;
}

export class Samples extends Observable<SamplesState> implements SamplesDesk {
  private stopping: AbortController | null = null;
  /** The answer that was shown before; it is shown again where none is chosen. */
  private shownBefore = '';

  constructor(private readonly options: SamplesOptions) {
    super(NOTHING);
  }

  /** Begins with the answers of the current chat that stand beside this one. */
  open(answerId: string): void {
    const { book } = this.options;
    const chat = book.current;
    const answer = pathTo(chat, answerId).at(-1);
    if (this.state.phase === 'writing' || this.state.phase === 'grading' || answer?.role !== 'assistant')
      return;
    const { parentId } = answer;
    const beside = chat.messages.filter(
      (one): one is AssistantMessage => one.parentId === parentId && one.role === 'assistant',
    );
    const others = beside.filter(({ id }) => id !== answerId).slice(-(MOST_SAMPLES - 1));
    const compared = beside.filter((one) => one.id === answerId || others.includes(one));
    this.shownBefore = answerId;
    this.replace({
      ...NOTHING,
      ...{ chatId: chat.id, parentId: parentId ?? '' },
      ids: compared.map(({ id }) => id),
      grades: Object.fromEntries(compared.flatMap(({ id, grade }) => (grade ? [[id, grade]] : []))),
    });
  }

  /** Writes answers until there are so many. */
  async write(count: number): Promise<void> {
    const { turns } = this.options;
    const { ids, parentId } = this.state;
    const total = Math.min(count, MOST_SAMPLES) - ids.length;
    if (this.stopping || turns.state.turn || total <= 0) return;
    await this.run({ phase: 'writing', done: 0, total }, async (signal) => {
      for (let done = 0; done < total && !signal.aborted; done++) {
        this.patch({ done });
        const id = await turns.sample(parentId, {
          index: this.state.ids.length,
          leastTemperature: LEAST_TEMPERATURE,
          onBegin: (begun) => this.patch({ ids: [...this.state.ids, begun] }),
        });
        this.showChosen(); // an answer that is written is shown; the reader chose another
        if (id === undefined || !this.answers.some((answer) => answer.id === id)) break;
        const { end } = this.answers.find((answer) => answer.id === id) as AssistantMessage;
        if (end === 'aborted' || end === 'error') break;
      }
    });
    // An answer that came to nothing is not in the chat.
    this.patch({ ids: this.answers.map(({ id }) => id) });
  }

  /** Has the model grade every answer that has no grade. */
  async grade(): Promise<void> {
    const { book, turns, answererOf, background } = this.options;
    const chat = book.chat(this.state.chatId);
    const question = book.message(this.state.chatId, this.state.parentId);
    const ungraded = this.answers.filter(({ id }) => !this.state.grades[id]);
    if (this.stopping || turns.state.turn || !chat || !question || ungraded.length === 0) return;
    await this.run({ phase: 'grading', done: 0, total: ungraded.length }, async (signal) => {
      const answerer = await answererOf(chat);
      for (const [done, answer] of ungraded.entries()) {
        this.patch({ done });
        const prompt = gradingPrompt(askedText(question.parts), spokenText(answer.parts));
        const request = turnRequest(
          {
            systemPrompt: '',
            history: [{ role: 'user', parts: [{ type: 'text', text: prompt }] }],
            sampling: { ...GREEDY_SAMPLING, seed: 0 },
            maxTokens: GRADE_TOKENS,
            thinkingTokens: 0,
            ...(answerer.can.constrain && { format: GRADE_FORMAT }),
          },
          { images: false },
        );
        let failure: unknown;
        let parts: Part[] = [];
        const text = answerer.local
          ? await background.write(request, { signal, onError: (error) => (failure = error) })
          : await answerer
              .generate(request, {
                signal,
                onEvent: (event) => {
                  if ('index' in event) parts = withPartEvent<Part>(parts, event);
                },
              })
              .then(() => textOf(parts));
        if (failure) throw failure;
        if (text === null || signal.aborted) return;
        const grade = readGrade(text);
        this.patch({ grades: { ...this.state.grades, [answer.id]: grade ?? null } });
        // As it is now: it may have been deleted, or written by another tab.
        const now = book.message(chat.id, answer.id);
        if (grade && now?.role === 'assistant') book.write(chat.id, [{ ...now, grade }]);
      }
    });
  }

  /** What is written so far stays. */
  stop(): void {
    this.stopping?.abort();
    if (this.state.phase === 'writing') this.options.turns.stop();
  }

  /** Shows this answer in the chat. */
  choose(id: string): void {
    this.shownBefore = id;
    this.options.book.showBranch(id);
  }

  /** Ends the comparison: the chosen answer is shown, or the one that was shown before. */
  close(): void {
    this.stop();
    this.showChosen();
  }

  private showChosen(): void {
    const { chatId } = this.state;
    const { book } = this.options;
    if (book.state.currentId === chatId && book.message(chatId, this.shownBefore))
      book.showBranch(this.shownBefore);
  }

  /** The answers that are compared. */
  get answers(): AssistantMessage[] {
    const { chatId, ids } = this.state;
    return ids
      .map((id) => this.options.book.message(chatId, id))
      .filter((message): message is AssistantMessage => message?.role === 'assistant');
  }

  /** How many answers come to the same result, by answer; empty where they name none. */
  get votes(): Record<string, { result?: string; votes: number }> {
    const { answers } = this;
    const votes = votesOf(answers.map(({ parts }) => spokenText(parts)));
    return Object.fromEntries(votes?.map((vote, i) => [answers[i].id, vote]) ?? []);
  }

  private async run(
    begin: Pick<SamplesState, 'phase' | 'done' | 'total'>,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const controller = new AbortController();
    this.stopping = controller;
    this.patch({ ...begin, error: null });
    try {
      await work(controller.signal);
    } catch (error) {
      if (!controller.signal.aborted) this.patch({ error: toWireError(error) });
    } finally {
      this.stopping = null;
      this.patch({ phase: 'done' });
    }
  }
}
