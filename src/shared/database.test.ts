// Connections that die, in every way that browsers report it, under the operations of one database.
import 'fake-indexeddb/auto';
import { forceCloseDatabase, IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openSimpleDatabase, type Database } from './database';

let connections: IDBDatabase[] = [];
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  connections = [];
});
afterEach(() => vi.restoreAllMocks());

const put = (database: Database, value: string, key: string) =>
  database.write(['entries'], (transaction) => void transaction.objectStore('entries').put(value, key));
const get = (database: Database, key: string) =>
  database.read('entries', (entries) => entries.get(key) as IDBRequest<string | undefined>);

/** A database whose connections are at hand. */
async function opened(): Promise<Database> {
  const begin = IDBDatabase.prototype.transaction;
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, ...rest) {
    if (!connections.includes(this)) connections.push(this);
    return begin.apply(this, rest);
  });
  const database = openSimpleDatabase('test', 'entries');
  await put(database, 'first', 'a');
  return database;
}

/** Ways to lose a connection. */
const deaths: [name: string, kill: (connection: IDBDatabase) => void][] = [
  ['closed without an event (Safari)', (connection) => connection.close()],
  ['closed by the browser', (connection) => forceCloseDatabase(connection as never)],
  [
    'every transaction fails with UnknownError',
    (connection) =>
      Object.assign(connection, {
        transaction() {
          throw new DOMException('Connection to Indexed Database server lost', 'UnknownError');
        },
      }),
  ],
];
test.for(deaths)('a connection is replaced: %s', async ([, kill]) => {
  const database = await opened();
  kill(connections[0]);
  await put(database, 'second', 'b');
  expect([await get(database, 'a'), await get(database, 'b')]).toEqual(['first', 'second']);
  kill(connections[1]);
  expect(await get(database, 'b')).toBe('second');
  expect(connections.length).toBe(3);
});

test('a write that is cut by the end of its connection runs once more', async () => {
  const database = await opened();
  const writing = put(database, 'second', 'b');
  forceCloseDatabase(connections[0] as never);
  await writing;
  expect(await get(database, 'b')).toBe('second');
});

test('a refusal of other kinds is reported, not repeated', async () => {
  const database = await opened();
  const refuse = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  await expect(put(database, 'x', 'b')).rejects.toMatchObject({ name: 'QuotaExceededError' });
  expect(refuse).toHaveBeenCalledTimes(1);
  refuse.mockRestore();
  expect(await get(database, 'b')).toBeUndefined();
});

test('a second failure of the same kind is reported', async () => {
  const database = await opened();
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => {
    throw new DOMException('closing', 'InvalidStateError');
  });
  await expect(get(database, 'a')).rejects.toMatchObject({ name: 'InvalidStateError' });
});

test('with an open connection a write begins in the task that asks for it, and can be asked to reach the disk', async () => {
  const database = await opened();
  const begun: unknown[][] = [];
  const begin = vi.mocked(IDBDatabase.prototype.transaction).getMockImplementation()!;
  vi.mocked(IDBDatabase.prototype.transaction).mockImplementation(function (this: IDBDatabase, ...rest) {
    begun.push(rest);
    return begin.apply(this, rest);
  });
  const writing = database.write(['entries'], () => {}, { strict: true });
  expect(begun).toEqual([[['entries'], 'readwrite', { durability: 'strict' }]]);
  await writing;
});

test('a database that the browser does not open is reported, and used once it opens', async () => {
  const silent = Object.assign(indexedDB.open('another'), { addEventListener: () => {} });
  const open = vi.spyOn(IDBFactory.prototype, 'open').mockReturnValueOnce(silent as never);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const database = openSimpleDatabase('test', 'entries');
  const failure = get(database, 'a').catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await failure).toMatchObject({ code: 'storage-stuck', details: { name: 'test', seconds: 30 } });
  vi.useRealTimers();
  await put(database, 'first', 'a');
  expect(await get(database, 'a')).toBe('first');
  expect(open).toHaveBeenCalledTimes(2);
});
