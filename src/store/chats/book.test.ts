// The book by itself: its events, what deletion leaves, and two tabs.
import { expect, test } from 'vitest';
import { gate, memoryDb } from '../scriptedStore';
import { ChatBook } from './book';
import type { BookEvent } from './bookParts';
import type { ChatDb } from './chatDb';
import { Rescue } from './rescue';
import type { Message } from './types';

function openBook(database = memoryDb(), slowed: (db: ChatDb) => Partial<ChatDb> = () => ({})) {
  let told = 0;
  const db = database.open();
  const book = new ChatBook({
    chatDb: { ...db, ...slowed(db) },
    systemPrompt: () => 'Be brief.',
    rescue: new Rescue({ getItem: () => null, setItem: () => {} }),
    onGone: () => told++,
  });
  const events: BookEvent[] = [];
  book.onEvent((event) => events.push(event));
  return { book, events, told: () => told, database };
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

test('a chat that another tab deletes is left, with a word where it was on screen', async () => {
  const database = memoryDb();
  const [one, two] = [openBook(database), openBook(database)];
  const { currentId } = one.book.state;
  one.book.write(currentId, [message('q', null, 1)]);
  await two.book.open();
  await one.book.open();
  await two.book.deleteChat(currentId);
  expect(one.book.state.chatIndex).toEqual([]);
  expect([one.told(), two.told()]).toEqual([1, 0]);
});

test('what is written into a chat that another tab has just deleted does not bring a part of it back', async () => {
  const database = memoryDb();
  const { book, told } = openBook(database);
  const { currentId } = book.state;
  book.write(currentId, [message('q', null, 1)]);
  await book.outbox.flush();
  database.records.delete(currentId); // and its message has not arrived here yet
  book.write(currentId, [message('q2', 'q', 2)]);
  await book.outbox.flush();
  expect(database.records.size).toBe(0);
  expect([told(), book.state.chatIndex]).toEqual([1, []]);
});

test('what is written below a message that another tab deletes finds a home', async () => {
  const database = memoryDb();
  const [one, two] = [openBook(database), openBook(database)];
  const { currentId } = one.book.state;
  one.book.write(currentId, [message('q1', null, 1), message('a1', 'q1', 2), message('q2', 'a1', 3)]);
  await one.book.open();
  await two.book.open();
  await two.book.openChat(currentId);
  one.book.hold(currentId, message('a2', 'q2', 4)); // an answer that the other tab has not seen
  await two.book.deleteMessage('q2');
  await one.book.hear({ chatId: currentId, kind: 'changed', removedMessages: ['q2'] });
  expect(one.book.current.messages.map(({ id, parentId }) => [id, parentId])).toEqual([
    ['q1', null],
    ['a1', 'q1'],
    ['a2', 'a1'],
  ]);
});

test('a chat that is read slowly does not replace the one that was asked for after it', async () => {
  const database = memoryDb();
  const first = openBook(database).book;
  const slowId = first.state.currentId;
  first.write(slowId, [message('slow', null, 1)]);
  first.newChat();
  const quickId = first.state.currentId;
  first.write(quickId, [message('quick', null, 1)]);
  await first.outbox.flush();

  const reading = gate();
  const { book } = openBook(database, (db) => ({
    async load(id) {
      if (id === slowId) await reading.promise;
      return db.load(id);
    },
  }));
  const emptyId = book.state.currentId;
  const opened = [book.openChat(slowId), book.openChat(slowId)];
  book.newChat();
  expect(book.state.currentId).toBe(emptyId);
  expect(await book.openChat(quickId)).toBe(true);
  reading.open();
  expect(await Promise.all(opened)).toEqual([true, true]);
  expect(book.state.currentId).toBe(quickId);
  await book.openChat(slowId);
  expect(book.state.currentId).toBe(slowId);
});

test('undo brings back a chat that was deleted while it was being stored', async () => {
  const stored = gate();
  const { book, told, database } = openBook(memoryDb(), (db) => ({
    async save(write) {
      const outcome = await db.save(write);
      await stored.promise;
      return outcome;
    },
  }));
  const { currentId } = book.state;
  book.write(currentId, [message('q', null, 1)]);
  const deleted = book.deleteChat(currentId);
  stored.open();
  await deleted;
  expect(database.records.size).toBe(0);
  book.undoDelete();
  await book.outbox.flush();
  expect([told(), book.state.currentId]).toEqual([0, currentId]);
  expect(database.records.get(currentId)?.messages).toHaveLength(1);
});
