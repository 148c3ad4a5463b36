// The search while chats change under it.
import { expect, test } from 'vitest';
import { gate, memoryDb } from '../scriptedStore';
import { ChatBook } from './book';
import { Finder } from './finder';
import { Rescue } from './rescue';
import type { Chat, Message } from './types';

const question = (id: string, text: string): Message => ({
  ...{ id, parentId: null, createdAt: 1, role: 'user' },
  parts: [{ type: 'text', text }],
});
const chat = (id: string, messages: Message[]): Chat => ({
  ...{ id, title: '', titleBy: 'user', createdAt: 1, updatedAt: 1 },
  ...{ pinned: false, systemPrompt: '', chosen: {}, messages },
});

test('an import while all chats are read for the search hides none of them', async () => {
  const database = memoryDb();
  const db = database.open();
  const many = Array.from({ length: 1500 }, (_, n) => question(`m${n}`, n === 0 ? '针' : 'hay'));
  await db.addAll([chat('a', many), chat('b', [question('last', 'needle')])]);
  const book = new ChatBook({
    ...{ chatDb: db, systemPrompt: () => '', onGone: () => {} },
    rescue: new Rescue({ getItem: () => null, setItem: () => {} }),
  });
  await book.open();
  const second = gate();
  let reads = 0;
  const finder = new Finder(
    {
      async readMessages(after, count) {
        if (++reads === 2) await second.promise;
        return db.readMessages(after, count);
      },
    },
    book,
  );
  const begun = finder.prepare();
  while (reads < 2) await new Promise((resolve) => setTimeout(resolve));
  await book.hear({ chatId: null, kind: 'changed' });
  second.open();
  await begun;
  expect(finder.state.searchReady).toBeNull();
  await finder.prepare();
  expect(finder.state.searchReady).toBe(1);
  expect([finder.find('针'), finder.find('needle')].map(({ length }) => length)).toEqual([1, 1]);
});
