// The outbox over scripted refusals: order, pauses, records that can never be stored, and what the next page carries over.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AppError } from '../../shared/errors';
import { memoryDb } from '../scriptedStore';
import { carryOver } from './carryOver';
import { rowOf, type ChatWrite, type SaveOutcome } from './chatDb';
import { Outbox } from './outbox';
import { Rescue } from './rescue';
import type { AssistantMessage, Chat, Message } from './types';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => vi.useRealTimers());

const question = (id: string, parentId: string | null = null, text = id): Message => ({
  ...{ id, parentId, createdAt: 1, role: 'user' },
  parts: [{ type: 'text', text }],
});
const answer = (id: string, text: string, end: AssistantMessage['end']): Message => ({
  ...{ id, parentId: 'q', createdAt: 2, role: 'assistant', end, seed: 0, modelName: '' },
  parts: [{ type: 'text', text }],
});
const chat = (messages: Message[], updatedAt = 1): Chat => ({
  ...{ id: 'c', title: 'T', titleBy: 'start', createdAt: 1, updatedAt },
  ...{ pinned: false, systemPrompt: '', chosen: {}, messages },
});
const whole = (messages: Message[]): ChatWrite => ({ chatId: 'c', row: rowOf(chat(messages)), messages });

/** An outbox whose writes ask `refuse` first; `tried` tells what was tried. */
function open(refuse: (write: ChatWrite) => Error | null, storage = new Map<string, string>()) {
  const database = memoryDb();
  const db = database.open();
  const tried: string[] = [];
  const rescue = new Rescue({
    getItem: (key) => storage.get(key) ?? null,
    setItem: (key, value) => void storage.set(key, value),
  });
  const save = async (write: ChatWrite): Promise<SaveOutcome> => {
    const { row, messages = [], removed = [] } = write;
    tried.push([row ? 'row' : '', ...messages.map(({ id }) => id), ...removed.map((id) => `-${id}`)].filter(Boolean).join(' ')); // prettier-ignore
    const reason = refuse(write);
    if (reason) throw reason;
    return db.save(write);
  };
  const outbox = new Outbox({ chatDb: { ...db, save }, rescue, onGone: () => {} });
  const stored = () => database.records.get('c')?.messages.map(({ id }) => id) ?? [];
  return { outbox, tried, rescue, storage, stored, database, db };
}
const no = new DOMException('no', 'UnknownError');

test('what was refused goes with the next write, parents first, then one by one', async () => {
  let works = false;
  const { outbox, tried, stored } = open(() => (works ? null : no));
  await outbox.save(whole([question('q')]));
  await outbox.save({ chatId: 'c', messages: [answer('a', 'Hi', 'stop')] });
  expect(outbox.state.storageTrouble).toEqual({ code: 'storage-unavailable', unsaved: 2 });
  expect(tried).toEqual(['row q', 'row', 'q', 'row q a', 'row', 'q', 'a']);
  works = true;
  await outbox.save({ chatId: 'c', messages: [question('q2', 'a')] });
  expect(tried.at(-1)).toBe('row q q2 a');
  expect(stored()).toEqual(['q', 'q2', 'a']);
  expect(outbox.state.storageTrouble).toBeNull();
});

test('without another write it is tried after 1, 2, 4 … at most 30 seconds', async () => {
  const { outbox, tried } = open(() => no);
  await outbox.save({ chatId: 'c', messages: [question('q')] });
  const pauses: number[] = [];
  for (let seconds = 0; tried.length < 8 && seconds < 200; seconds++) {
    const before = tried.length;
    await vi.advanceTimersByTimeAsync(1000);
    if (tried.length > before) pauses.push(seconds + 1);
  }
  expect(pauses.map((at, n) => at - (pauses[n - 1] ?? 0))).toEqual([1, 2, 4, 8, 16, 30, 30]);
});

test('a record that can never be stored holds up no other', async () => {
  const broken = ({ messages }: ChatWrite) => messages?.some(({ id }) => id === 'bad') ?? false;
  const { outbox, stored } = open((write) => (broken(write) ? no : null));
  await outbox.save(whole([question('q'), question('bad', 'q'), question('next', 'bad')]));
  expect(stored()).toEqual(['next', 'q']);
  expect(outbox.state.storageTrouble?.unsaved).toBe(1);
  await outbox.save({ chatId: 'c', messages: [question('later', 'next')] });
  expect(stored()).toContain('later');
});

test('without room the engine gives up what it can compute again, once, and the words are stored', async () => {
  const { db, database } = open(() => null);
  const full = new DOMException('full', 'QuotaExceededError');
  let room = 0;
  const save = (write: ChatWrite) =>
    room > 0 ? db.save(write) : Promise.reject(new AppError('storage-quota', full.message));
  const rescue = new Rescue({ getItem: () => null, setItem: () => {} });
  let calls = 0;
  const makeRoom = () => Promise.resolve(calls++ && room++); // the first call frees nothing
  const outbox = new Outbox({ chatDb: { ...db, save }, rescue, onGone: () => {}, makeRoom });
  await outbox.save(whole([question('q')]));
  await vi.advanceTimersByTimeAsync(500);
  expect([calls, outbox.state.storageTrouble?.code]).toEqual([1, 'storage-quota']);
  room = 1;
  await vi.advanceTimersByTimeAsync(8000);
  expect([calls, outbox.state.storageTrouble]).toEqual([1, null]);
  room = 0;
  await outbox.save({ chatId: 'c', messages: [answer('a', 'Hi', 'stop')] });
  await vi.advanceTimersByTimeAsync(500); // the second call frees a block
  expect([calls, outbox.state.storageTrouble]).toEqual([2, null]);
  expect(database.records.get('c')?.messages.map(({ id }) => id)).toEqual(['q', 'a']);
});

test('a write that never ends counts as refused after ten seconds, and as stored when it ends after all', async () => {
  const { outbox, db } = open(() => null);
  let answerNow = () => {};
  const late = new Promise<void>((resolve) => (answerNow = resolve));
  const slow = new Outbox({
    chatDb: { ...db, save: (write) => late.then(() => db.save(write)) },
    rescue: new Rescue({ getItem: () => null, setItem: () => {} }),
    onGone: () => {},
  });
  void slow.save({ chatId: 'c', messages: [question('q')] });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(slow.state.storageTrouble).toMatchObject({ unsaved: 1 });
  answerNow();
  await vi.advanceTimersByTimeAsync(1000);
  expect(slow.state.storageTrouble).toBeNull();
  expect(outbox.state.storageTrouble).toBeNull();
});

test('a newer value that comes during a write is not lost, and an older one never follows it', async () => {
  const { outbox, database } = open(() => null);
  const saves = [outbox.save(whole([question('q'), answer('a', 'On', 'interrupted')]))];
  saves.push(outbox.save({ chatId: 'c', messages: [answer('a', 'On and', 'interrupted')] }));
  saves.push(outbox.save({ chatId: 'c', messages: [answer('a', 'On and on', 'stop')] }));
  await Promise.all(saves);
  const [, last] = database.records.get('c')!.messages;
  expect(last.parts).toEqual([{ type: 'text', text: 'On and on' }]);
});

test('after an update in another tab nothing is tried any more, and the next page has it all', async () => {
  const outdated = new AppError('storage-outdated', 'newer');
  const storage = new Map<string, string>();
  const old = open(() => outdated, storage);
  const file = { type: 'file', id: 'f', name: 'a.txt', mediaType: '', blob: new Blob(['bytes']) } as const;
  await old.outbox.save(whole([{ ...question('q'), parts: [file, { type: 'text', text: 'Read it' }] }]));
  const { length } = old.tried;
  await vi.advanceTimersByTimeAsync(120_000);
  expect(old.tried).toHaveLength(length);
  expect(old.outbox.state.storageTrouble?.code).toBe('storage-outdated');
  const next = open(() => null, storage);
  expect(await carryOver(next.rescue, next.db, next.outbox)).toEqual(['c']);
  expect(next.database.records.get('c')?.messages[0].parts).toMatchObject([
    { name: 'a.txt' },
    { text: 'Read it' },
  ]);
  expect(next.rescue.left().size).toBe(0);
});

test('what is carried over never replaces more by less, keeps stored bytes, and carries deletions', async () => {
  const storage = new Map<string, string>();
  const old = open(() => no, storage);
  await old.outbox.save({ chatId: 'c', messages: [answer('done', 'All of it', 'interrupted'), answer('cut', 'Half an', 'interrupted')], removed: ['unwanted'] }); // prettier-ignore
  await old.outbox.save({ chatId: 'deleted elsewhere', messages: [question('x')] });
  const next = open(() => null, storage);
  await next.db.save(whole([question('q'), answer('done', 'All of it', 'stop'), answer('cut', 'Half', 'interrupted'), question('unwanted')])); // prettier-ignore
  await carryOver(next.rescue, next.db, next.outbox);
  const { messages } = next.database.records.get('c')!;
  expect(messages.map(({ id }) => id).sort()).toEqual(['cut', 'done', 'q']);
  expect(messages.find(({ id }) => id === 'done')).toMatchObject({ end: 'stop' });
  expect(messages.find(({ id }) => id === 'cut')).toMatchObject({ parts: [{ text: 'Half an' }] });
  expect([...next.database.records.keys()]).toEqual(['c']);
});
