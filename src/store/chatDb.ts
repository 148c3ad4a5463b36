// Chats in a database of their own: one record per chat, and a light index for the list.
import { createStore, del, get, promisifyRequest, update } from 'idb-keyval';
import type { Chat, ChatMeta } from './types';

const INDEX = 'index';
const recordKey = (id: string) => `chat:${id}`;

/** Where chats are kept. Every method may reject when the browser refuses IndexedDB. */
export interface ChatDb {
  /** Newest first. */
  list(): Promise<ChatMeta[]>;
  load(id: string): Promise<Chat | undefined>;
  save(chat: Chat): Promise<void>;
  remove(id: string): Promise<void>;
}

export const newestFirst = (chats: ChatMeta[]): ChatMeta[] =>
  [...chats].sort((a, b) => b.updatedAt - a.updatedAt);

export function openChatDb(): ChatDb {
  const store = createStore('glm-chats', 'chats');
  // The index is changed inside one transaction: two tabs do not lose each other's chats.
  const changeIndex = (change: (index: ChatMeta[]) => ChatMeta[]) =>
    update<ChatMeta[]>(INDEX, (index = []) => change(index), store);
  // An explicit commit: a page that is going away no longer takes part in the automatic one, and the write is lost.
  const writeAndCommit = (key: string, chat: Chat) =>
    store('readwrite', (records) => {
      records.put(chat, key);
      const written = promisifyRequest(records.transaction);
      records.transaction.commit();
      return written;
    });
  return {
    async list() {
      return newestFirst((await get<ChatMeta[]>(INDEX, store)) ?? []);
    },
    load: (id) => get<Chat>(recordKey(id), store),
    async save(chat) {
      const { id, title, updatedAt } = chat;
      // Both transactions are opened at once: on pagehide nothing after an `await` is sure to run.
      await Promise.all([
        writeAndCommit(recordKey(id), chat),
        changeIndex((index) => [...index.filter((row) => row.id !== id), { id, title, updatedAt }]),
      ]);
    },
    async remove(id) {
      await Promise.all([
        del(recordKey(id), store),
        changeIndex((index) => index.filter((row) => row.id !== id)),
      ]);
    },
  };
}
