import type { GenerateRequest } from '../../protocol/chat';
import { GREEDY_SAMPLING } from '../../shared/sampling';
import type { SliceMaker } from '../appState';
import type { TitlesSlice } from './state';
import { toChatTurn } from './chatTurns';
import { spokenText } from './partText';
import { shownPath } from './tree';
import type { Chat } from './types';

/** The page has to be left alone for so long. */
const IDLE_MS = 1500;
const TITLE_TOKENS = 24;
const MOST_TRIES = 3;
/** With more, reading the chat for its title would be noticed. */
const MOST_CHARACTERS = 6000;
/** Families that think first: an empty thought is handed over, and the title follows. */
const THINKING = ['glm-z1'];
const NO_THOUGHT = { type: 'thought' as const, text: '' };

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

/** Titles by the model, while nobody needs it. The words of the first question are the title until then. */
export const createTitlesSlice: SliceMaker<TitlesSlice> = (_set, get, { background, ports }, subscribe) => {
  let wanted: { chatId: string; tries: number } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing: AbortController | undefined;

  function wait(): void {
    clearTimeout(timer);
    timer = wanted ? setTimeout(() => void write(), IDLE_MS) : undefined;
  }

  async function write(): Promise<void> {
    const { chats, turn, model } = get();
    const chat = wanted ? chats[wanted.chatId] : undefined;
    // Nano was trained on answers only (training/phrases): no title is among them.
    if (get().inspection?.status === 'running') return wait();
    if (!wanted || turn || model.status !== 'ready' || ports.model.isBuiltIn() || chat?.titleBy !== 'start')
      return;
    const [question, answer] = beginningOf(chat);
    if (answer?.role !== 'assistant' || !['stop', 'length'].includes(answer.end)) return;
    const asked = spokenText(question.parts);
    if (asked.length + spokenText(answer.parts).length > MOST_CHARACTERS) return;
    const language = /\p{Script=Han}/u.test(asked) ? 'zh' : 'en';
    const thinks = THINKING.includes(model.info?.family ?? '');
    writing = new AbortController();
    const request: GenerateRequest = {
      messages: [
        // The same beginning as the chat's own requests: the engine has read it already.
        ...(chat.systemPrompt.trim() ? [{ role: 'system' as const, content: chat.systemPrompt.trim() }] : []),
        ...[question, answer].map(toChatTurn),
        { role: 'user', content: REQUEST[language] },
        ...(thinks ? [{ role: 'assistant' as const, parts: [NO_THOUGHT] }] : []),
      ],
      sampling: { ...GREEDY_SAMPLING, seed: 0 },
      maxTokens: TITLE_TOKENS,
      ...(thinks && { continue: true }),
    };
    const text = await background.write(request, { signal: writing.signal });
    if (text === null) {
      wanted = wanted && wanted.tries < MOST_TRIES ? { ...wanted, tries: wanted.tries + 1 } : null;
      return wait();
    }
    wanted = null;
    const title = cleanTitle(text);
    if (title) await get().renameChat(chat.id, title, 'model');
  }

  subscribe((state, before) => {
    if (state.turn) clearTimeout(timer);
    else if (before.turn) {
      wanted = { chatId: before.turn.chatId, tries: 0 };
      wait();
    }
  });

  return {
    noteActivity() {
      if (!wanted) return;
      writing?.abort();
      wait();
    },
  };
};
