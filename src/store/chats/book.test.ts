// The book by itself: its events, what deletion leaves, and two tabs.
import { expect, test } from 'vitest';
import { memoryDb, until } from '../scriptedStore';
import { ChatBook, type BookEvent } from './book';
import type { Message } from './types';

function openBook(database = memoryDb()) {
  const failures: string[] = [];
  const book = new ChatBook({
    chatDb: database.open(),
    systemPrompt: () => 'Be brief.',
    onFailure: ({ code }) => failures.push(code),
  });
  const events: BookEvent[] = [];
  book.onEvent((event) => events.push(event));
  return { book, events, failures, database };
}

const message = (id: string, parentId: string | null, createdAt: number): Message => ({
  ...{ id, parentId, createdAt, role: 'user' },
  parts: [{ type: 'text', text: id }],
});

test('deletion is announced while the chat is still there, and tells when it is gone', async () => {
  const { book, events } = openBook();
  const { currentId } = book.state;
  book.write(currentId, [message('a', null, 1), message('b', 'a', 2)]);
  events.length = 0;
  const seen: (number | undefined)[] = [];
  book.onEvent(({ kind }) => kind === 'deleting' && seen.push(book.chat(currentId)?.messages.length));
  await book.deleteMessage('b');
  await book.deleteChat(currentId);
  expect(seen[0]).toBe(2);
  expect(events.map(({ kind }) => kind)).toEqual(['deleting', 'written', 'deleting', 'deleting', 'gone']);
  expect(events[0]).toMatchObject({ chatId: currentId, messageId: 'b' });
  book.undoDelete();
  expect(book.chat(currentId)?.messages.map(({ id }) => id)).toEqual(['a']);
  expect(book.state.currentId).toBe(currentId);
});

test('a message that is being written here is not replaced by what another tab stored of it', async () => {
  const database = memoryDb();
  const [one, two] = [openBook(database), openBook(database)];
  const { currentId } = one.book.state;
  one.book.write(currentId, [message('q', null, 1)]);
  const answer = message('answer', 'q', 2);
  one.book.hold(currentId, answer);
  await one.book.keepPartial(currentId, { ...answer, parts: [{ type: 'text', text: 'stored' }] });
  await two.book.open();
  await two.book.openChat(currentId);
  await one.book.hear({ chatId: currentId, kind: 'changed' });
  expect(one.book.message(currentId, 'answer')?.parts).toEqual(answer.parts);
  one.book.release();
  await one.book.hear({ chatId: currentId, kind: 'changed' });
  expect(one.book.message(currentId, 'answer')?.parts).toEqual([{ type: 'text', text: 'stored' }]);
});

test('a database that refuses is reported once, and the chats go on in memory', async () => {
  const database = memoryDb();
  const chatDb = { ...database.open(), save: () => Promise.reject(new Error('refused')) };
  const failures: string[] = [];
  const book = new ChatBook({ chatDb, systemPrompt: () => '', onFailure: ({ code }) => failures.push(code) });
  const { currentId } = book.state;
  book.write(currentId, [message('a', null, 1)]);
  book.write(currentId, [message('b', 'a', 2)]);
  await until(() => failures.length > 0);
  await new Promise((resolve) => setTimeout(resolve));
  expect(failures).toEqual(['storage-unavailable']);
  expect(book.state.chatIndex).toHaveLength(1);
});
