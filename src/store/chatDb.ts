// Chats in a database of their own: one record per chat, and a light index for the list.
import { createStore, get, keys, promisifyRequest, update } from 'idb-keyval';
import type { Chat, ChatMeta } from './types';

const INDEX = 'index';
const PREFIX = 'chat:';
const recordKey = (id: string) => PREFIX + id;
const metaOf = ({ id, title, updatedAt }: Chat): ChatMeta => ({ id, title, updatedAt });

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
  const commit = (write: (records: IDBObjectStore) => void) =>
    store('readwrite', (records) => {
      write(records);
      const written = promisifyRequest(records.transaction);
      records.transaction.commit();
      return written;
    });
  return {
    /** The records rule: a page that went away may not have brought the index up to date. */
    async list() {
      const [index = [], stored] = await Promise.all([get<ChatMeta[]>(INDEX, store), keys<string>(store)]);
      const ids = new Set(
        stored.filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length)),
      );
      const listed = index.filter(({ id }) => ids.delete(id));
      const unlisted = await Promise.all([...ids].map((id) => get<Chat>(recordKey(id), store)));
      return newestFirst([...listed, ...unlisted.flatMap((chat) => (chat ? [metaOf(chat)] : []))]);
    },
    load: (id) => get<Chat>(recordKey(id), store),
    async save(chat) {
      // Both transactions are opened at once: on pagehide nothing after an `await` is sure to run.
      await Promise.all([
        commit((records) => records.put(chat, recordKey(chat.id))),
        changeIndex((index) => [...index.filter(({ id }) => id !== chat.id), metaOf(chat)]),
      ]);
    },
    async remove(id) {
      await Promise.all([
        commit((records) => records.delete(recordKey(id))),
        changeIndex((index) => index.filter((row) => row.id !== id)),
      ]);
    },
  };
}
