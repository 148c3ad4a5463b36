import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { openDB } from 'idb';
import { beforeEach, expect, test } from 'vitest';
import { CHAT_DATABASE, openChatDb, type ChatDb } from './chatDb';
import { mendedRow, mendedTree } from './mend';
import { ChatBook } from './book';
import { Rescue } from './rescue';
import { chatsToJson } from './transfer/exportFormat';
import { importFile } from './transfer/importFile';
import { shownPath } from './tree';
import type { Message } from './types';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const message = (id: string, parentId: string | null, createdAt: number): Message => ({
  ...{ id, parentId, createdAt, role: 'user' },
  parts: [{ type: 'text', text: `Words of ${id}` }],
});
const links = (messages: Message[]) => messages.map(({ id, parentId }) => `${id}<${parentId}`);

test('a whole tree stays as it is', () => {
  const messages = [message('q', null, 1), message('a', 'q', 2), message('b', 'q', 3), message('c', 'a', 4)];
  expect(mendedTree([...messages].reverse())).toEqual(messages);
});

test.for<[what: string, messages: Message[], mended: string[]]>([
  [
    'a lost question: its answer follows what was before',
    [message('q1', null, 1), message('a1', 'q1', 2), message('a2', 'q2', 4), message('q3', 'a2', 5)],
    ['q1<null', 'a1<q1', 'a2<a1', 'q3<a2'],
  ],
  ['a lost beginning', [message('a1', 'q1', 2), message('q2', 'a1', 3)], ['a1<null', 'q2<a1']],
  ['a ring', [message('q', null, 1), message('a', 'b', 2), message('b', 'a', 3)], ['q<null', 'a<q', 'b<a']],
  ['a message that follows itself', [message('a', 'a', 1)], ['a<null']],
  [
    'several losses, and a child older than its parent (a clock was set back)',
    [message('late', 'q', 1), message('q', 'lost', 5), message('z', 'lost too', 9)],
    ['late<null', 'q<late', 'z<q'],
  ],
])('%s', ([, messages, mended]) => {
  const tree = mendedTree(messages);
  expect(links(tree)).toEqual(mended);
  expect(mendedTree(tree)).toEqual(tree);
  expect(shownPath({ messages: tree, chosen: {} })).toHaveLength(tree.length);
});

test('a row without its choices, or of another kind altogether, is a row', () => {
  expect(mendedRow({ id: 'a', title: 'T', updatedAt: 5 })).toMatchObject({
    title: 'T',
    chosen: {},
    updatedAt: 5,
  });
  expect(mendedRow({ id: 'a', chosen: 'x', pinned: 1, createdAt: NaN })).toMatchObject({
    ...{ id: 'a', title: '', titleBy: 'start', createdAt: 0, updatedAt: 0 },
    ...{ pinned: false, systemPrompt: '', chosen: {} },
  });
});

/** Puts records in place as a refused write left them. */
async function leave(db: ChatDb, rows: object[], messages: object[]): Promise<void> {
  await db.list();
  const database = await openDB(CHAT_DATABASE);
  for (const row of rows) await database.put('rows', row);
  for (const one of messages) await database.put('messages', one);
  database.close();
}

test('a damaged database is shown, exported and imported whole', async () => {
  const db = openChatDb();
  const row = { id: 'c', title: 'Damaged', updatedAt: 9, createdAt: 1 }; // no choices, no prompt
  await leave(db, [row], [
    { ...message('q1', null, 1), chatId: 'c' },
    { ...message('a2', 'q2', 4), chatId: 'c', role: 'assistant', parts: [null, { type: 'text', text: 'Hi' }] },
    { id: 'old', parentId: 'gone', chatId: 'c', role: 'user', content: 'Version 2', createdAt: 6 },
    { ...message('lost-1', null, 2), chatId: 'rowless' },
    { ...message('lost-2', 'lost-1', 3), chatId: 'rowless' },
  ]); // prettier-ignore
  const book = new ChatBook({
    chatDb: db,
    systemPrompt: () => '',
    rescue: new Rescue({ getItem: () => null, setItem: () => {} }),
    onGone: () => {},
  });
  await book.open();
  expect(book.state.chatIndex.map(({ title }) => title).sort()).toEqual(['Damaged', 'Words of lost-1']);
  await book.openChat('c');
  expect(links(shownPath(book.current))).toEqual(['q1<null', 'a2<q1', 'old<a2']);
  expect((await openChatDb().list()).map(({ id }) => id).sort()).toEqual(['c', 'rowless']);
  const chats = [(await book.whole('c'))!, (await book.whole('rowless'))!];
  const file = new File([await chatsToJson(chats)], 'chats.json');
  globalThis.indexedDB = new IDBFactory();
  expect(await importFile(openChatDb(), file)).toMatchObject({ added: 2, messages: 5 });
});
