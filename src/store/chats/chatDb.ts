// Chats in a database of their own: a row for each chat, a record for each message, so that a word costs a word's
// write and two tabs never write over each other's messages. Forms and migrations: chatSchema.ts.
import { Database } from '../../shared/database';
import { AppError } from '../../shared/errors';
import { chatFromVersion1, messageFromVersion2, SCHEMA_VERSION } from './chatSchema';
import { mendedChat, mendedRow } from './mend';
import type { Chat, ChatMeta, ChatRow, DraftAttachment, Message } from './types';

export interface ChatWrite {
  chatId: string;
  row?: ChatRow;
  /** New or changed ones; the others stay. */
  messages?: Message[];
  removed?: string[];
  /** An answer on its way: other tabs hear of it when it has ended. */
  quiet?: boolean;
  /** The write counts as done when it has reached the disk. */
  strict?: boolean;
  /** The chat is known to be stored. If it no longer is, another tab has deleted it: nothing of the write stays. */
  known?: boolean;
}

/** gone: the chat was deleted in another tab, and what was to be written is dropped. */
export type SaveOutcome = 'saved' | 'gone';

/** What another tab did: with a chat (and messages of it), or with all of them when there is no id. */
export interface ChatChange {
  chatId: string | null;
  kind: 'changed' | 'removed';
  removedMessages?: string[];
}

/** A message as it is stored, under the key [chatId, id]. */
export type MessageRecord = Message & { chatId: string };
export type MessageKey = [chatId: string, id: string];

/** A file of an unsent message, and what was read of it. */
export type KeptFile = Pick<
  DraftAttachment,
  'id' | 'name' | 'file' | 'document' | 'picture' | 'reading' | 'pasted'
>;

/** Where chats are kept. Every method may reject when the browser refuses IndexedDB. */
export interface ChatDb {
  /** Rows of all chats. Damaged records come repaired, here and from `load`. */
  list(): Promise<ChatRow[]>;
  /** Chats of which there are messages. */
  chatsOfMessages(): Promise<string[]>;
  /** A chat without a row comes without a title. */
  load(id: string): Promise<Chat | undefined>;
  /** Messages of all chats, in the order of their keys, at most `count` of them after the key given. */
  readMessages(after: MessageKey | null, count: number): Promise<MessageRecord[]>;
  save(write: ChatWrite): Promise<SaveOutcome>;
  remove(id: string): Promise<void>;
  /** Many chats in one transaction: all of them or none. Messages that are there already stay as they are. */
  addAll(chats: Chat[]): Promise<void>;
  /** Chats, messages and drafts. */
  clear(): Promise<void>;
  /** Unsent texts by chat. */
  drafts(): Promise<Record<string, string>>;
  saveDraft(key: string, text: string): Promise<void>;
  /** Files of unsent messages by chat. */
  draftFiles(): Promise<Record<string, KeptFile[]>>;
  /** All of a chat's; none removes them. */
  saveDraftFiles(key: string, files: KeptFile[]): Promise<void>;
  /** Hears what other tabs changed. Returns an unsubscribe function. */
  onChange(listener: (change: ChatChange) => void): () => void;
  /**
   * A newer version of the page takes the database: what the listener writes at once still counts, later every method
   * fails with AppError 'storage-outdated'.
   */
  onOutdated(listener: () => void): void;
  /** A tab with an older version of the page holds the database; it opens once that one is closed. */
  onBlocked(listener: () => void): void;
}

export const CHAT_DATABASE = 'glm-chats';
const ALL = ['rows', 'messages', 'drafts'] as const;
type StoreName = (typeof ALL)[number];

/** Pinned ones first, then the newest. */
export const newestFirst = <T extends ChatMeta>(chats: T[]): T[] =>
  [...chats].sort((a, b) => Number(b.pinned) - Number(a.pinned) || b.updatedAt - a.updatedAt);

export const rowOf = ({ messages: _, ...row }: Chat): ChatRow => row;

/** Texts of drafts have a chat's id for a key, their files a list with it: lists come after all texts. */
const textKeys = () => IDBKeyRange.upperBound([], true);
const filesKey = (chatId: string): [string] => [chatId];

const messagesOf = (chatId: string) => IDBKeyRange.bound([chatId], [chatId, []]);

/** So many messages are read and written at once during a migration: a long chat in little memory. */
const MIGRATION_BATCH = 500;

/** Brings a database of any earlier version to the present one, inside the transaction that opens it. */
function migrate(database: IDBDatabase, transaction: IDBTransaction, oldVersion: number): void {
  if (oldVersion === 2) return migrateMessages(transaction.objectStore('messages'));
  const rows = database.createObjectStore('rows', { keyPath: 'id' });
  const messages = database.createObjectStore('messages', { keyPath: ['chatId', 'id'] });
  database.createObjectStore('drafts');
  if (!database.objectStoreNames.contains('chats')) return;
  const old = transaction.objectStore('chats');
  const request = old.openCursor();
  let unread = 0;
  request.onsuccess = () => {
    const cursor = request.result;
    if (!cursor) {
      if (unread === 0) database.deleteObjectStore('chats'); // records that cannot be read stay
      return;
    }
    if (cursor.key !== 'index') {
      const chat = chatFromVersion1(cursor.value);
      if (chat) {
        rows.put(rowOf(chat));
        for (const message of chat.messages) messages.put({ ...message, chatId: chat.id });
      } else unread++;
    }
    cursor.continue();
  };
}

/** Version 2 to 3: texts become parts. */
function migrateMessages(messages: IDBObjectStore, after: MessageKey | null = null): void {
  const request: IDBRequest<unknown[]> = messages.getAll(
    after && IDBKeyRange.lowerBound(after, true),
    MIGRATION_BATCH,
  );
  request.onsuccess = () => {
    for (const record of request.result) {
      const migrated = messageFromVersion2(record);
      if (migrated) messages.put(migrated);
    }
    const last = request.result.at(-1) as MessageRecord | undefined;
    if (request.result.length === MIGRATION_BATCH && last) migrateMessages(messages, [last.chatId, last.id]);
  };
}

/** In place of a row that was lost: what the messages tell. */
function strayRow(id: string, messages: Message[]): Partial<ChatRow> {
  const times = messages.map(({ createdAt }) => createdAt).filter(Number.isFinite);
  return { id, createdAt: Math.min(...times), updatedAt: Math.max(...times) };
}

/** The chats of a store of messages, from one key to the first of the next chat. */
function chatIdsOf(messages: IDBObjectStore): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const ids: string[] = [];
    const request = messages.openKeyCursor();
    request.onerror = () => reject(request.error ?? new Error('The keys cannot be read'));
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor) return resolve(ids);
      const [chatId] = cursor.key as MessageKey;
      ids.push(chatId);
      cursor.continue([chatId, []]); // a list lies behind every text
    };
  });
}

/** Errors of writes that a person must act on. */
const told = (error: unknown): unknown =>
  error instanceof DOMException && error.name === 'QuotaExceededError'
    ? new AppError('storage-quota', 'The browser has no room for these chats.', {}, error)
    : error;

export function openChatDb(): ChatDb {
  const [outdated, blocked] = [new Set<() => void>(), new Set<() => void>()];
  const database = new Database(CHAT_DATABASE, SCHEMA_VERSION, {
    upgrade: migrate,
    onBlocked: () => blocked.forEach((listener) => listener()),
    onOutdated: () => outdated.forEach((listener) => listener()),
  });
  const channel = new BroadcastChannel(CHAT_DATABASE);
  const tell = (change: ChatChange) => channel.postMessage(change);
  const write = (
    stores: readonly StoreName[],
    change: (transaction: IDBTransaction) => void,
    options?: { strict?: boolean; failsInPart?: boolean },
  ): Promise<void> =>
    database.write(stores, change, options).catch((error: unknown) => {
      throw told(error);
    });
  const read = <T>(store: StoreName, request: (records: IDBObjectStore) => IDBRequest<T>): Promise<T> =>
    database.read(store, request);
  const removeChat = (id: string) =>
    write(ALL, (transaction) => {
      transaction.objectStore('rows').delete(id);
      transaction.objectStore('messages').delete(messagesOf(id));
      transaction.objectStore('drafts').delete(id);
      transaction.objectStore('drafts').delete(filesKey(id));
    });

  return {
    async list() {
      const rows = await read('rows', (all) => all.getAll() as IDBRequest<unknown[]>);
      return rows.map(mendedRow);
    },
    chatsOfMessages: () => database.read('messages', chatIdsOf),
    async load(id) {
      const [row, records] = await Promise.all([
        read('rows', (rows) => rows.get(id) as IDBRequest<ChatRow | undefined>),
        read('messages', (all) => all.getAll(messagesOf(id)) as IDBRequest<MessageRecord[]>),
      ]);
      if (!row && records.length === 0) return undefined;
      const messages = records.map(({ chatId: _, ...message }): Message => message);
      return mendedChat({ ...mendedRow(row ?? strayRow(id, messages)), messages });
    },
    readMessages: (after, count) =>
      read('messages', (all) => all.getAll(after && IDBKeyRange.lowerBound(after, true), count)),
    async save({ chatId, row, messages = [], removed = [], quiet = false, strict = false, known = false }) {
      let before: IDBRequest<IDBValidKey | undefined> | undefined;
      await write(
        ['rows', 'messages'],
        (transaction) => {
          const [rows, records] = [transaction.objectStore('rows'), transaction.objectStore('messages')];
          // Looked at afterwards: the puts must not wait for an answer that a closing page never gets.
          before = rows.getKey(chatId);
          if (row) rows.put(row);
          for (const message of messages) records.put({ ...message, chatId });
          for (const id of removed) records.delete([chatId, id]);
        },
        { strict },
      );
      if (known && before?.result === undefined) {
        await removeChat(chatId);
        return 'gone';
      }
      if (!quiet) tell({ chatId, kind: 'changed', removedMessages: removed });
      return 'saved';
    },
    async remove(id) {
      await removeChat(id);
      tell({ chatId: id, kind: 'removed' });
    },
    async addAll(chats) {
      const add = (transaction: IDBTransaction) => {
        const [rows, records] = [transaction.objectStore('rows'), transaction.objectStore('messages')];
        // `add` fails where a key exists; that failure is expected and must not abort the rest.
        const keep = (request: IDBRequest) =>
          (request.onerror = (event) => {
            if (request.error?.name !== 'ConstraintError') return;
            event.preventDefault();
            event.stopPropagation();
          });
        for (const chat of chats) {
          keep(rows.add(rowOf(chat)));
          for (const message of chat.messages) keep(records.add({ ...message, chatId: chat.id }));
        }
      };
      await write(['rows', 'messages'], add, { failsInPart: true });
      tell({ chatId: null, kind: 'changed' });
    },
    async clear() {
      await write(ALL, (transaction) => ALL.forEach((name) => transaction.objectStore(name).clear()));
      tell({ chatId: null, kind: 'removed' });
    },
    async drafts() {
      const [keys, texts] = await Promise.all([
        read('drafts', (drafts) => drafts.getAllKeys(textKeys()) as IDBRequest<string[]>),
        read('drafts', (drafts) => drafts.getAll(textKeys()) as IDBRequest<string[]>),
      ]);
      return Object.fromEntries(keys.map((key, index) => [key, texts[index]]));
    },
    saveDraft: (key, text) =>
      write(['drafts'], (transaction) => {
        const drafts = transaction.objectStore('drafts');
        if (text) drafts.put(text, key);
        else drafts.delete(key);
      }),
    async draftFiles() {
      const range = IDBKeyRange.lowerBound([]);
      const [keys, files] = await Promise.all([
        read('drafts', (drafts) => drafts.getAllKeys(range) as IDBRequest<string[][]>),
        read('drafts', (drafts) => drafts.getAll(range) as IDBRequest<KeptFile[][]>),
      ]);
      return Object.fromEntries(keys.map(([key], index) => [key, files[index]]));
    },
    saveDraftFiles: (key, files) =>
      write(['drafts'], (transaction) => {
        const drafts = transaction.objectStore('drafts');
        if (files.length > 0) drafts.put(files, filesKey(key));
        else drafts.delete(filesKey(key));
      }),
    onChange(listener) {
      const hear = ({ data }: MessageEvent<ChatChange>) => listener(data);
      channel.addEventListener('message', hear);
      return () => channel.removeEventListener('message', hear);
    },
    onOutdated: (listener) => void outdated.add(listener),
    onBlocked: (listener) => void blocked.add(listener),
  };
}
