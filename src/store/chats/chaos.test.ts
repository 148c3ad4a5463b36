// A chat of 20 turns whose every write is refused or killed in turn, in one tab and in two, over the real store and the
// real database code. After a reload no word older than a second is missing, and the export imports.
// `npm run chaos` tries every write; without it a sample is tried.
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { setUp, summary } from '../scriptedStore';
import { openChatDb, type ChatDb } from './chatDb';
import { spokenText } from './partText';
import type { Part } from './types';
import { importFile } from './transfer/importFile';

const TURNS = 20;
const STEP_MS = 100;
/** An answer: so many words, one after the other. */
const WORDS = 6;
const WORD_MS = 250;
const PROMISED_MS = 1000;

type Fault =
  | 'none'
  /** One write fails for want of room. */
  | 'refuse'
  /** Every write fails for two turns. */
  | 'refuse-long'
  /** The connection is dead without an event, as in Safari. */
  | 'dead'
  /** The page ends within a write, without notice. */
  | 'crash'
  /** The tab is closed a while after a write: the page hears of it and ends. */
  | 'close';

/** Channels of pages that are gone would slow down each later message. */
const channels: BroadcastChannel[] = [];
class ClosableChannel extends BroadcastChannel {
  constructor(name: string) {
    super(name);
    channels.push(this);
  }
}

/** Transactions that begin now fail for want of room. */
let sabotage: 'quota' | null = null;
let writesOfTab = 0;
// Lazy code arrives in real time, which the fake time of these tests does not wait for.
beforeAll(() => Promise.all([import('../../agent/toolLoop'), import('./saved/services')]));
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  sabotage = null;
  vi.stubGlobal('BroadcastChannel', ClosableChannel);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  const begin = IDBDatabase.prototype.transaction;
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, ...rest) {
    const transaction = begin.apply(this, rest);
    if (rest[1] === 'readwrite' && sabotage) {
      transaction.commit = () =>
        (transaction as unknown as { _abort(name: string): void })._abort('QuotaExceededError');
    }
    return transaction;
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** Lets the database, which works in real time, do what it has begun. */
const settle = async () => {
  for (let round = 0; round < 12; round++) await new Promise((resolve) => setImmediate(resolve));
};

const storage = new Map<string, string>();
interface Page {
  kit: ReturnType<typeof setUp>;
  /** Cut off from storage: the process is gone. */
  dead: boolean;
}

let words = 0;
/** A page over the shared database; `onWrite` is called as each write of a chat begins, with its number. */
async function openPage(onWrite: (page: Page, write: number) => void = () => {}): Promise<Page> {
  const page: Partial<Page> = { dead: false };
  const open = (): ChatDb => {
    const db = openChatDb();
    let write = 0;
    return {
      ...db,
      onChange: (listener) => db.onChange((change) => page.dead || listener(change)),
      save(change) {
        if (page.dead) return new Promise(() => {}); // what a page that is gone would do comes to nothing
        onWrite(page as Page, ++write);
        const saving = db.save(change);
        if (page.dead) sabotage = null;
        return saving;
      },
    };
  };
  const kit = setUp(
    {
      generate: async (_, { onEvent, signal }) => {
        for (let n = 1; n <= WORDS && !signal?.aborted; n++) {
          onEvent?.({ kind: 'text', text: `w${++words} `, tokens: n, contextUsed: n });
          await new Promise((resolve) => setTimeout(resolve, WORD_MS));
        }
        return summary(signal?.aborted ? 'aborted' : 'stop');
      },
    },
    {
      database: { open, records: new Map(), drafts: {}, draftFiles: {} },
      localStorage: {
        getItem: (key) => storage.get(key) ?? null,
        setItem: (key, value) => void (page.dead || storage.set(key, value)),
      },
    },
  );
  page.kit = kit;
  await kit.store.getState().openChats();
  await kit.store.getState().openDrafts();
  await kit.store.getState().desk.startModel();
  await settle();
  return page as Page;
}

/** All words of the current chat on this page, the running answer's too. */
function shown({ kit }: Page): string[] {
  const { chats, currentId, turn } = kit.store.getState();
  return wordsOf(
    chats[currentId].messages.map(({ id, parts }) => (turn?.messageId === id ? turn.parts : parts)),
  );
}

const wordsOf = (texts: Part[][]): string[] =>
  texts.flatMap((parts) => spokenText(parts).split(/\s+/).filter(Boolean));

/** Runs the conversation until it ends or every page is dead; returns what each page showed, by time. */
async function converse(pages: Page[], first: number, last: number, onStep: (turn: number) => void) {
  const history: { at: number; shown: string[] }[] = [];
  for (let turn = first; turn < last; turn++) {
    const alive = pages.filter(({ dead }) => !dead);
    if (alive.length === 0) break;
    const page = alive[turn % alive.length];
    onStep(turn);
    page.kit.store.getState().send(`question${turn} end-of-question${turn}`);
    for (let steps = 0; steps < 60; steps++) {
      const seen = pages.filter(({ dead }) => !dead).flatMap(shown);
      if (seen.length > 0) history.push({ at: Date.now(), shown: seen });
      if (page.dead || page.kit.store.getState().turn === null) break;
      await vi.advanceTimersByTimeAsync(STEP_MS);
      await settle();
    }
    await settle();
  }
  return history;
}

/** Opens a page anew and reads the chat, then exports it and imports that elsewhere. */
async function reload(): Promise<{ read: string[]; imported: string[] }> {
  sabotage = null;
  const page = await openPage();
  const { store, savedFiles } = page.kit;
  const { chatIndex } = store.getState();
  if (chatIndex.length === 0) return { read: [], imported: [] };
  const read: string[] = [];
  for (const { id } of chatIndex) {
    await store.getState().openChat(id);
    await settle();
    read.push(...shown(page));
  }
  await store.getState().exportAll('json');
  const file = new File([savedFiles[0].blob], 'chats.json');
  globalThis.indexedDB = new IDBFactory();
  const elsewhere = openChatDb();
  await importFile(elsewhere, file);
  const copies = await Promise.all(chatIndex.map(({ id }) => elsewhere.load(id)));
  page.dead = true;
  return {
    read,
    imported: copies.flatMap((copy) => wordsOf(copy?.messages.map(({ parts }) => parts) ?? [])),
  };
}

async function trial(fault: Fault, at: number, tabs: number) {
  storage.clear();
  words = 0;
  let endedAt = Infinity;
  let refusedUntil = -1;
  let turnNow = 0;
  const pages: Page[] = [];
  const onWrite = (page: Page, write: number) => {
    writesOfTab = write;
    if (page.dead) return;
    if (fault === 'refuse') sabotage = write === at ? 'quota' : null;
    if (fault === 'refuse-long') {
      if (write === at) refusedUntil = turnNow + 2;
      sabotage = turnNow < refusedUntil ? 'quota' : null;
    }
    if (write !== at) return;
    if (fault === 'dead') connections(page);
    if (fault === 'crash') {
      endedAt = Date.now();
      page.dead = true;
      sabotage = 'quota'; // this very write
    }
    if (fault === 'close') {
      setTimeout(() => {
        endedAt = Date.now(); // what came since the last write is on screen only
        // Every second page that closes loses even the writes that begin then.
        if (at % 2 === 0) sabotage = 'quota';
        const { saveDrafts, saveTurn } = page.kit.store.getState();
        saveDrafts();
        void saveTurn();
        sabotage = null;
        page.dead = true;
      }, WORD_MS + STEP_MS);
    }
  };
  pages.push(await openPage(onWrite));
  const history = [];
  const onStep = (turn: number) => void (turnNow = turn);
  history.push(...(await converse(pages, 0, 1, onStep)));
  if (tabs === 2 && !pages[0].dead) {
    const second = await openPage();
    const [chat] = second.kit.store.getState().chatIndex;
    if (chat) await second.kit.store.getState().openChat(chat.id);
    await settle();
    pages.push(second);
  }
  history.push(...(await converse(pages, 1, TURNS, onStep)));
  await vi.advanceTimersByTimeAsync(60_000);
  await settle();
  const promised = history.filter((entry) => entry.at <= endedAt - (fault === 'crash' ? PROMISED_MS : 0));
  const wanted = new Set(promised.at(-1)?.shown ?? []);
  for (const page of pages) if (!page.dead) shown(page).forEach((word) => wanted.add(word));
  for (const page of pages) page.dead = true;
  const { read, imported } = await reload();
  for (const channel of channels.splice(0)) channel.close();
  return { wanted: [...wanted], read, imported };
}

/** Kills the connection of a page as Safari does: it is closed, and nothing tells. */
function connections(_: Page): void {
  const begin = vi.mocked(IDBDatabase.prototype.transaction).getMockImplementation()!;
  vi.mocked(IDBDatabase.prototype.transaction).mockImplementationOnce(function (this: IDBDatabase, ...rest) {
    this.close();
    return begin.apply(this, rest);
  });
}

const ALL = process.env.CHAOS === 'all';
const TIMEOUT_MS = ALL ? 3_600_000 : 120_000;
describe.for([1, 2])('%i tab(s)', (tabs) => {
  test('without a fault all is kept', async () => {
    const { wanted, read, imported } = await trial('none', 0, tabs);
    expect(wanted.length).toBe(TURNS * (WORDS + 2));
    expect(read).toEqual(expect.arrayContaining(wanted));
    expect(imported).toEqual(read);
  });

  test.for<Exclude<Fault, 'none'>>(['refuse', 'refuse-long', 'dead', 'crash', 'close'])(
    '%s',
    { timeout: TIMEOUT_MS },
    async (fault) => {
      await trial('none', 0, tabs);
      const writes = writesOfTab;
      const step = ALL ? 1 : Math.ceil(writes / (tabs === 1 ? 5 : 2));
      let tried = 0;
      for (let at = 1; at <= writes; at += step) {
        globalThis.indexedDB = new IDBFactory();
        const { wanted, read, imported } = await trial(fault, at, tabs);
        const missing = wanted.filter((word) => !read.includes(word));
        expect(missing, `${fault} of write ${at} of ${writes}`).toEqual([]);
        expect(imported, `${fault} of write ${at} of ${writes}: the export`).toEqual(read);
        tried++;
      }
      if (ALL) process.stdout.write(`${fault}, ${tabs} tab(s): ${tried} writes\n`);
    },
  );
});
