import 'fake-indexeddb/auto';
import { createStore, del, set } from 'idb-keyval';
import { expect, test } from 'vitest';
import { openChatDb } from './chatDb';
import type { Chat } from './types';

const chat = (id: string, updatedAt: number): Chat => ({
  id,
  title: `Chat ${id}`,
  createdAt: 1,
  updatedAt,
  systemPrompt: '',
  messages: [{ id: `${id}-1`, role: 'user', content: 'Hi', createdAt: 1 }],
});

test('one record per chat and an index that follows', async () => {
  const db = openChatDb();
  expect(await db.list()).toEqual([]);
  // At the same time, as two tabs may: neither loses the other's row.
  await Promise.all([db.save(chat('a', 10)), db.save(chat('b', 20)), openChatDb().save(chat('c', 15))]);
  expect((await db.list()).map(({ id }) => id)).toEqual(['b', 'c', 'a']);
  await db.save(chat('a', 30));
  expect((await openChatDb().list())[0]).toEqual({ id: 'a', title: 'Chat a', updatedAt: 30 });
  expect(await db.load('a')).toEqual(chat('a', 30));
  await db.remove('a');
  expect(await db.load('a')).toBeUndefined();
  expect((await db.list()).map(({ id }) => id)).toEqual(['b', 'c']);
});

test('the records rule over an index that a closing page left behind', async () => {
  const db = openChatDb();
  await db.save(chat('deleted', 40));
  const store = createStore('glm-chats', 'chats');
  await del('chat:deleted', store);
  await set('chat:unlisted', chat('unlisted', 50), store);
  const ids = (await db.list()).map(({ id }) => id);
  expect(ids).toContain('unlisted');
  expect(ids).not.toContain('deleted');
});
