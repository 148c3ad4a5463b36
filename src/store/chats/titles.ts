import type { Background } from '../../agent/background';
import type { GenerateRequest, Part } from '../../protocol/chat';
import { GREEDY_SAMPLING } from '../../shared/sampling';
import type { ChatsPorts } from '../ports';
import type { ChatBook } from './book';
import { turnRequest } from '../../agent/turnRequest';
import { spokenText } from './partText';
import { shownPath } from './tree';
import type { Turns } from './answers/turns';
import type { Chat } from './types';

/** The page has to be left alone for so long. */
const IDLE_MS = 1500;
const TITLE_TOKENS = 24;
const MOST_TRIES = 3;
/** With more, reading the chat for its title would be noticed. */
const MOST_CHARACTERS = 6000;

const REQUEST = {
  zh: '为以上对话起一个标题，不超过十二个字。只写标题，不要引号和标点。',
  en: 'Write a title for this conversation, at most six words. Only the title, no quotes, no full stop.',
};

/** A title out of what a model wrote; null when it is none. */
export function cleanTitle(text: string): string | null {
  const lines = text.split('\n').map((line) => line.trim());
  const line = lines.find((candidate) => candidate !== '' && !candidate.startsWith('<')) ?? '';
  const title = line
    .replace(/^#+\s*/, '')
    .replace(/^(?:title|标题)\s*[:：]\s*/i, '')
    .replace(/[*_`]+/g, '')
    .replace(/^["'“”‘’「『《]+|["'“”‘’」』》]+$/g, '')
    .replace(/[.。!！,，;；:：]+$/, '')
    .trim();
  const isChinese = /\p{Script=Han}/u.test(title);
  const words = title.split(/\s+/).length;
  if (title.length < 2 || title.length > (isChinese ? 24 : 70) || words > 10) return null;
  return title;
}

/** The first question and answer, which is what a title is about. */
const beginningOf = (chat: Chat) => shownPath(chat).slice(0, 2);

export interface TitlesOptions {
  background: Background;
  book: ChatBook;
  turns: Turns;
  ports: Pick<ChatsPorts, 'model'>;
  /** The model is busy with something that titles would interrupt. */
  isBusy: () => boolean;
}

/** Titles by the model, written while the page is left alone. Until then the first words are the title. */
export class Titles {
  private wanted: { chatId: string; tries: number } | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private writing: AbortController | undefined;

  constructor(private readonly options: TitlesOptions) {
    options.turns.subscribe(({ turn }, before) => {
      if (turn) clearTimeout(this.timer);
      else if (before.turn) {
        this.wanted = { chatId: before.turn.chatId, tries: 0 };
        this.wait();
      }
    });
  }

  /** The user does something: titles wait. */
  noteActivity(): void {
    if (!this.wanted) return;
    this.writing?.abort();
    this.wait();
  }

  private wait(): void {
    clearTimeout(this.timer);
    this.timer = this.wanted ? setTimeout(() => void this.write(), IDLE_MS) : undefined;
  }

  private async write(): Promise<void> {
    const { background, book, turns, ports, isBusy } = this.options;
    const chat = this.wanted ? book.chat(this.wanted.chatId) : undefined;
    if (isBusy()) return this.wait();
    const info = ports.model.info();
    // Nano was trained on answers only (training/phrases), and on no titles.
    if (!this.wanted || turns.state.turn || !info || ports.model.isBuiltIn()) return;
    const request = chat && titleRequest(chat);
    if (!chat || !request) return;
    this.writing = new AbortController();
    const text = await background.write(request, { signal: this.writing.signal });
    if (text === null) {
      const { wanted } = this;
      this.wanted = wanted && wanted.tries < MOST_TRIES ? { ...wanted, tries: wanted.tries + 1 } : null;
      return this.wait();
    }
    this.wanted = null;
    const title = cleanTitle(text);
    if (title) await book.rename(chat.id, title, 'model');
  }
}

/** Asks for a title; null for a chat that needs none or is too long. */
function titleRequest(chat: Chat): GenerateRequest | null {
  const [question, answer] = beginningOf(chat);
  if (chat.titleBy !== 'start' || answer?.role !== 'assistant') return null;
  if (!['stop', 'length'].includes(answer.end)) return null;
  const asked = spokenText(question.parts);
  if (asked.length + spokenText(answer.parts).length > MOST_CHARACTERS) return null;
  const language = /\p{Script=Han}/u.test(asked) ? 'zh' : 'en';
  const request: Part = { type: 'text', text: REQUEST[language] };
  const turn = {
    // The same beginning as the chat's own requests: the engine has read it already.
    systemPrompt: answer.made?.systemPrompt ?? chat.systemPrompt,
    history: [question, answer, { role: 'user' as const, parts: [request] }],
    thinkingTokens: 0,
    sampling: { ...GREEDY_SAMPLING, seed: 0 },
    maxTokens: TITLE_TOKENS,
  };
  return turnRequest(turn, { images: false });
}
