// Chats, their rows and their messages: plain functions of them.
import { newestFirst } from './chatDb';
import { askedText } from './partText';
import { byCreation } from './tree';
import type { Chat, ChatMeta, ChatRow, Message } from './types';

export const TITLE_LENGTH = 60;
/** The first words of the first question, none of them cut where the language has words with blanks between. */
export function startTitle(messages: Message[]): string {
  const line = messages[0] ? askedText(messages[0].parts).trim().split('\n')[0].trim() : '';
  const characters = [...line];
  if (characters.length <= TITLE_LENGTH) return line;
  const cut = characters.slice(0, TITLE_LENGTH).join('');
  const words = cut.replace(/\s+\S*$/, '');
  return `${words.length > TITLE_LENGTH / 2 ? words : cut}…`;
}

/** A chat that begins; it is kept with its first message. */
export function emptyChat(systemPrompt: string): Chat {
  const now = Date.now();
  return {
    id: crypto.randomUUID(),
    title: '',
    titleBy: 'start',
    createdAt: now,
    updatedAt: now,
    pinned: false,
    systemPrompt,
    chosen: {},
    messages: [],
  };
}

export const metaOf = ({ id, title, updatedAt, pinned }: ChatRow): ChatMeta => ({
  id,
  title,
  updatedAt,
  pinned,
});
/** The list with this row in its place. */
export const withRow = (index: ChatMeta[], row: ChatRow): ChatMeta[] =>
  newestFirst([...index.filter(({ id }) => id !== row.id), metaOf(row)]);

/** The messages of both, the first one's where both have one. */
export function joined(first: Message[], second: Message[]): Message[] {
  const ids = new Set(first.map(({ id }) => id));
  return [...first, ...second.filter(({ id }) => !ids.has(id))].sort(byCreation);
}
