import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { deleteDB, openDB } from 'idb';
import { beforeEach, expect, test } from 'vitest';
import { CHAT_DATABASE, openChatDb, rowOf } from './chatDb';
import { SCHEMA_VERSION } from './chatSchema';
import type { Chat, Message } from './types';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const question = (id: string, parentId: string | null, createdAt = 1): Message => ({
  id,
  parentId,
  role: 'user',
  parts: [{ type: 'text', text: `Hi ${id}` }],
  createdAt,
});
const chat = (id: string, updatedAt: number, messages: Message[] = [question('m1', null)]): Chat => ({
  id,
  title: `Chat ${id}`,
  titleBy: 'start',
  createdAt: 1,
  updatedAt,
  pinned: false,
  systemPrompt: '',
  chosen: {},
  messages,
});
const saveAll = (db: ReturnType<typeof openChatDb>, whole: Chat) =>
  db.save({ chatId: whole.id, row: rowOf(whole), messages: whole.messages });

test('a row for each chat, a record for each message', async () => {
  const db = openChatDb();
  expect(await db.list()).toEqual([]);
  await Promise.all([
    saveAll(db, chat('a', 10)),
    saveAll(db, chat('ab', 20)),
    saveAll(openChatDb(), chat('c', 15)),
  ]);
  expect((await db.list()).map(({ id }) => id).sort()).toEqual(['a', 'ab', 'c']);
  await db.save({ chatId: 'a', messages: [question('m2', 'm1', 2)] });
  expect(await openChatDb().load('a')).toEqual(
    chat('a', 10, [question('m1', null), question('m2', 'm1', 2)]),
  );
  await db.save({ chatId: 'a', removed: ['m2'] });
  expect((await db.load('a'))?.messages).toHaveLength(1);
  await db.remove('a');
  expect(await db.load('a')).toBeUndefined();
  expect(await db.load('ab')).toEqual(chat('ab', 20)); // 'a' is a prefix of its key
});

test('messages of all chats are read in steps', async () => {
  const db = openChatDb();
  for (const id of ['a', 'b', 'c'])
    await saveAll(db, chat(id, 1, [question('m1', null), question('m2', 'm1', 2)]));
  const seen: string[] = [];
  for (let after: [string, string] | null = null; ;) {
    const step = await db.readMessages(after, 4);
    seen.push(...step.map(({ chatId, id }) => chatId + id));
    if (step.length < 4) break;
    after = [step[3].chatId, step[3].id];
  }
  expect(seen).toEqual(['am1', 'am2', 'bm1', 'bm2', 'cm1', 'cm2']);
});

test('two tabs write to one chat, and each keeps the other’s messages', async () => {
  const [one, two] = [openChatDb(), openChatDb()];
  await saveAll(one, chat('a', 1));
  await Promise.all([
    one.save({ chatId: 'a', messages: [question('m2', 'm1', 2)] }),
    two.save({ chatId: 'a', messages: [question('m3', 'm1', 3)] }),
  ]);
  expect((await one.load('a'))?.messages.map(({ id }) => id)).toEqual(['m1', 'm2', 'm3']);
});

test('another tab hears of a change once it is written, and nothing of an answer on its way', async () => {
  const [one, two] = [openChatDb(), openChatDb()];
  const heard: unknown[] = [];
  two.onChange((change) => heard.push(change));
  await saveAll(one, chat('a', 1));
  await one.save({ chatId: 'a', messages: [question('m2', 'm1', 2)], quiet: true });
  await one.remove('a');
  await expect
    .poll(() => heard)
    .toEqual([
      { chatId: 'a', kind: 'changed', removedMessages: [] },
      { chatId: 'a', kind: 'removed' },
    ]);
});

test('many chats are added at once; what is there already stays', async () => {
  const db = openChatDb();
  await saveAll(db, { ...chat('a', 1), title: 'Mine' });
  await db.addAll([
    { ...chat('a', 9), title: 'Theirs', messages: [question('m1', null), question('m2', 'm1', 2)] },
    chat('b', 2),
  ]);
  const own = await db.load('a');
  expect(own?.title).toBe('Mine');
  expect(own?.messages.map(({ id }) => id)).toEqual(['m1', 'm2']);
  expect(await db.load('b')).toEqual(chat('b', 2));
});

test('drafts are kept, and all goes at once', async () => {
  const db = openChatDb();
  await saveAll(db, chat('a', 1));
  await db.saveDraft('a', 'begun');
  await db.saveDraft('new', 'other');
  await db.saveDraft('new', '');
  const file = { id: '1', name: 'a.txt', file: new File(['x'], 'a.txt') };
  await db.saveDraftFiles('a', [file]);
  await db.saveDraftFiles('b', [file]);
  await db.saveDraftFiles('b', []);
  expect(await db.drafts()).toEqual({ a: 'begun' });
  expect(Object.keys(await db.draftFiles())).toEqual(['a']);
  expect((await db.draftFiles()).a[0].name).toBe('a.txt');
  await db.clear();
  expect(await db.drafts()).toEqual({});
  expect(await db.draftFiles()).toEqual({});
  expect(await db.list()).toEqual([]);
});

/** A chat as version 1 stored it. */
const VERSION_1 = {
  id: 'old',
  title: 'Hello',
  createdAt: 100,
  updatedAt: 300,
  systemPrompt: 'Be brief.',
  messages: [{ id: 'q1', role: 'user', content: 'Hello', createdAt: 100 }],
};

/** A tab with the first version of the page. */
const openVersion1 = () =>
  openDB(CHAT_DATABASE, 1, { upgrade: (database) => void database.createObjectStore('chats') });

test('version 1 without its index; records that cannot be read stay in its store', async () => {
  const old = await openVersion1();
  await old.put('chats', VERSION_1, 'chat:old');
  await old.put('chats', { id: 5 }, 'chat:strange');
  old.close();
  const db = openChatDb();
  expect((await db.list()).map(({ id }) => id)).toEqual(['old']);
  const still = await openDB(CHAT_DATABASE);
  expect(await still.get('chats', 'chat:strange')).toEqual({ id: 5 });
});

test('a tab with the old version open blocks the migration until it is closed', async () => {
  const old = await openVersion1();
  await old.put('chats', VERSION_1, 'chat:old');
  let blocked = 0;
  const db = openChatDb();
  db.onBlocked(() => blocked++);
  const list = db.list();
  await expect.poll(() => blocked).toBe(1);
  old.close();
  expect(await list).toHaveLength(1);
});

test('a newer page gets the database: what is written when it asks still counts, then writes are refused', async () => {
  const db = openChatDb();
  await saveAll(db, chat('a', 1));
  let last: Promise<unknown> | undefined;
  db.onOutdated(() => (last = db.save({ chatId: 'a', messages: [question('m2', 'm1', 2)] })));
  const newer = await openDB(CHAT_DATABASE, SCHEMA_VERSION + 1);
  await last;
  expect(await newer.count('messages')).toBe(2);
  await expect(saveAll(db, chat('b', 1))).rejects.toMatchObject({ code: 'storage-outdated' });
  await expect(db.list()).rejects.toMatchObject({ code: 'storage-outdated' });
  newer.close();
});

test('a database that was deleted is made anew', async () => {
  const db = openChatDb();
  await saveAll(db, chat('a', 1));
  await deleteDB(CHAT_DATABASE); // waits for every connection to close
  expect(await db.list()).toEqual([]);
  await saveAll(db, chat('b', 1));
  expect(await db.list()).toHaveLength(1);
});
