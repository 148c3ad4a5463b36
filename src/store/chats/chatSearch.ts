// Full-text search over every message, by reading all of them. Measured against indexes over 1,000 chats × 50
// messages (chatSearch.test.ts), a scan with a case-insensitive pattern needs no time to build, one copy of the text,
// and no tokenizer: Chinese is found like any other text, inside words too.
import { newestFirst } from './chatDb';
import { searchText } from './partText';
import type { ChatMeta, Message } from './types';

export interface SearchHit {
  chatId: string;
  title: string;
  /** null: the title was found. */
  messageId: string | null;
  role: Message['role'] | null;
  /** A line around the first match. */
  snippet: string;
  /** Matches in the snippet, or in the title: [start, end). */
  marks: [start: number, end: number][];
  updatedAt: number;
}

/** A message's text, as it is searched. */
interface Words extends Pick<Message, 'id' | 'role'> {
  text: string;
}

export interface ChatSearch {
  /** Adds or replaces messages of a chat. */
  put(chatId: string, messages: Pick<Message, 'id' | 'role' | 'parts'>[]): void;
  remove(chatId: string, messageIds?: string[]): void;
  clear(): void;
  /** Chats whose title, then messages that hold every word, newest first. */
  find(query: string, chats: ChatMeta[], limit?: number): SearchHit[];
}

/** Width before the match, in Latin letters: with it, the match stands in the first line of a phone. */
const BEFORE = 26;
const AFTER = 110;
/** Hits shown per chat, so that a long chat does not hide the others. */
const MOST_PER_CHAT = 3;

const escaped = (word: string) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
const patternsOf = (query: string): RegExp[] =>
  query
    .trim()
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => new RegExp(escaped(word), 'iu'));

function marksIn(text: string, patterns: RegExp[]): [number, number][] {
  const marks: [number, number][] = [];
  for (const { source } of patterns) {
    for (const { index, 0: found } of text.matchAll(new RegExp(source, 'giu'))) {
      marks.push([index, index + found.length]);
    }
  }
  marks.sort((a, b) => a[0] - b[0]);
  return marks.filter(([start], i) => i === 0 || start >= marks[i - 1][1]);
}

/** Never between the halves of a surrogate pair. */
const whole = (text: string, at: number) => (/[\udc00-\udfff]/.test(text[at] ?? '') ? at - 1 : at);

/** Chinese, kana, Hangul and full-width forms are twice as wide as a Latin letter; an emoji is two code units. */
const isWide = (char: string) => char >= '\u2e80' && !/[\ud800-\udfff]/.test(char);

/** Where the text before `at` that is `width` wide begins. */
function startBefore(text: string, at: number, width: number): number {
  let start = at;
  for (let left = width; start > 0 && left > 0; start--) left -= isWide(text[start - 1]) ? 2 : 1;
  return whole(text, start);
}

function snippetOf(text: string, patterns: RegExp[]): Pick<SearchHit, 'snippet' | 'marks'> {
  const first = Math.max(0, text.search(patterns[0]));
  const start = startBefore(text, first, BEFORE);
  const end = whole(text, Math.min(text.length, first + AFTER));
  const line = text.slice(start, end).replace(/\s/g, ' ');
  const snippet = `${start > 0 ? '…' : ''}${line}${end < text.length ? '…' : ''}`;
  return { snippet, marks: marksIn(snippet, patterns) };
}

export function createChatSearch(): ChatSearch {
  const texts = new Map<string, Map<string, Words>>();
  return {
    put(chatId, messages) {
      const known = texts.get(chatId) ?? new Map<string, Words>();
      texts.set(chatId, known);
      for (const { id, role, parts } of messages) known.set(id, { id, role, text: searchText(parts) });
    },
    remove(chatId, messageIds) {
      if (!messageIds) texts.delete(chatId);
      else for (const id of messageIds) texts.get(chatId)?.delete(id);
    },
    clear: () => texts.clear(),
    find(query, chats, limit = 40) {
      const patterns = patternsOf(query);
      if (patterns.length === 0) return [];
      const holds = (text: string) => patterns.every((pattern) => pattern.test(text));
      const ordered = newestFirst(chats);
      const titles: SearchHit[] = ordered
        .filter(({ title }) => holds(title))
        .slice(0, limit)
        .map(({ id, title, updatedAt }) => {
          const where = { messageId: null, role: null, snippet: '' };
          return { chatId: id, title, updatedAt, ...where, marks: marksIn(title, patterns) };
        });
      const hits: SearchHit[] = [];
      for (const { id: chatId, title, updatedAt } of ordered) {
        let found = 0;
        for (const { id, role, text } of texts.get(chatId)?.values() ?? []) {
          if (!holds(text)) continue;
          hits.push({ chatId, title, messageId: id, role, updatedAt, ...snippetOf(text, patterns) });
          if (++found === MOST_PER_CHAT) break;
        }
        if (hits.length >= limit) break;
      }
      return [...titles, ...hits.slice(0, limit)];
    },
  };
}
