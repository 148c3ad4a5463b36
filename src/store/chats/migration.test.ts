// Every earlier form of the database and of the export, migrated. The fixtures were written by the code of their time.
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Part } from '../../protocol/chat';
import { CHAT_DATABASE, openChatDb } from './chatDb';
import database1 from './fixtures/database1.json';
import database2 from './fixtures/database2.json';
import export1 from './fixtures/export1.json';
import export2 from './fixtures/export2.json';
import { importFile } from './transfer/importFile';
import type { Chat } from './types';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

interface DatabaseFixture {
  version: number;
  stores: Record<string, { keyPath: string | string[] | null; records: unknown[][] }>;
}

/** Values as they were: blobs stand in the fixture as base64. */
function revived(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revived);
  if (typeof value !== 'object' || value === null) return value;
  if ('$blob' in value) {
    const { $blob, type, name } = value as { $blob: string; type: string; name?: string };
    const bytes = Uint8Array.from(atob($blob), (char) => char.charCodeAt(0));
    return name === undefined ? new Blob([bytes], { type }) : new File([bytes], name, { type });
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revived(inner)]));
}

/** Puts a database of an earlier version in place, as a visit of that time left it. */
async function restore({ version, stores }: DatabaseFixture): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.open(CHAT_DATABASE, version);
    request.onupgradeneeded = () => {
      for (const [name, { keyPath, records }] of Object.entries(stores)) {
        const store = request.result.createObjectStore(name, keyPath ? { keyPath } : {});
        for (const [value, key] of records) store.put(revived(value), key as IDBValidKey | undefined);
      }
    };
    request.onerror = () => reject(request.error ?? new Error('not restored'));
    request.onsuccess = () => {
      request.result.close();
      resolve();
    };
  });
}

const asText = (value: unknown) => [{ type: 'text', text: value }];
/** Parts of each message of version 1, by its id. */
const PARTS_1: Record<string, unknown> = {
  q1: asText('Hello <think>'), // a question is never taken apart
  a1: asText('Hi!'),
  q2: asText('And?'),
  a2: [{ type: 'thought', text: 'A greeting' }, ...asText('Hello again.')],
};

/** Parts of each message of version 2, by its id. */
const PARTS_2: Record<string, unknown> = {
  q1: [
    {
      type: 'file',
      id: 'f1',
      name: 'a.txt',
      mediaType: 'text/plain',
      blob: expect.any(Blob) as unknown,
      document: { kind: 'text', text: 'What it says', pages: 3, encoding: 'gb18030', tokens: 5, cutFrom: 9 },
    },
    { type: 'file', id: 'f2', name: 'b.bin', mediaType: '', blob: expect.any(Blob) as unknown },
    ...asText('What is in these? 中文 [[训练时间]] </think>'),
  ],
  plain: asText('\nTwo files, with `</think>` in code.\n'),
  thought: [
    { type: 'thought', text: 'Two files.\nOne is binary.', thinkingMs: 1234.5 },
    ...asText('**Two** files.'),
  ],
  cut: [{ type: 'thought', text: 'Two fi', thinkingMs: 400, unfinished: true }],
  unopened: [{ type: 'thought', text: 'The `map` function first.' }, ...asText('Use `list(map(f, xs))`.')],
  empty: asText('No thought.'),
  tags: [{ type: 'thought', text: 'Look.' }, ...asText('Seen.')],
  placeholder: asText('截至2023年，我知道很多。'),
  call: [{ type: 'call', id: 'call-1', tool: 'get_weather', args: '{"city": "Paris"}', state: 'unknown' }],
  q2: asText('And `<think>`?'),
  about: asText('The tag `<think>` opens a thought and </think> ends it.'),
};

const partsById = ({ messages }: Pick<Chat, 'messages'>) =>
  Object.fromEntries(messages.map(({ id, parts }) => [id, parts]));
/** A message without what the migration changes. */
function rest(message: object): object {
  const others: Record<string, unknown> = { ...message };
  for (const key of ['parts', 'content', 'attachments', 'thinkingMs', 'chatId']) delete others[key];
  return others;
}
const bytesOf = async (part: Part | undefined) =>
  part && 'blob' in part ? [...new Uint8Array(await part.blob.arrayBuffer())] : null;

async function checkVersion2(chat: Chat | undefined): Promise<void> {
  const [old] = export2.chats;
  expect(chat && partsById(chat)).toEqual(PARTS_2);
  const kept = (chat?.messages ?? []).map(rest);
  expect(kept).toEqual(old.messages.map(rest));
  const [question] = chat?.messages ?? [];
  expect(await bytesOf(question.parts[0])).toEqual([...new TextEncoder().encode('What it says')]);
  expect(await bytesOf(question.parts[1])).toEqual([0, 255, 7]);
}

describe('a database', () => {
  test('of version 1 becomes trees with one branch each, with every word and number', async () => {
    await restore(database1);
    const db = openChatDb();
    expect((await db.list()).map(({ id }) => id).sort()).toEqual(['v1-chat', 'v1-other']);
    const chat = (await db.load('v1-chat'))!;
    expect(partsById(chat)).toEqual(PARTS_1);
    const [old] = export1.chats;
    const times = [100, 101, 102, 120]; // a child is never older than its parent
    expect(chat.messages.map(rest)).toEqual(
      old.messages.map((message, n) => ({
        ...rest(message),
        parentId: old.messages[n - 1]?.id ?? null,
        createdAt: times[n],
      })),
    );
    expect({ ...chat, messages: [] }).toEqual({
      ...{ id: 'v1-chat', title: 'Hello', titleBy: 'start', createdAt: 100, updatedAt: 300 },
      ...{ pinned: false, systemPrompt: 'Be brief.', chosen: {}, messages: [] },
    });
  });

  test('of version 2 gets parts; chats, drafts and files stay as they were', async () => {
    await restore(database2);
    const db = openChatDb();
    const chat = (await db.load('v2-chat'))!;
    await checkVersion2(chat);
    const [[row]] = database2.stores.rows.records;
    expect({ ...chat, messages: [] }).toEqual({ ...row, messages: [] });
    expect(await db.drafts()).toEqual({ 'v2-chat': 'begun' });
    const [draft] = (await db.draftFiles()).new;
    expect(draft).toMatchObject({
      id: '1',
      name: 'draft.txt',
      document: { kind: 'text', text: 'x', tokens: 1 },
    });
    expect(await draft.file.text()).toBe('x');
  });

  test('of version 2 with more messages than are migrated at once', async () => {
    const [[example]] = database2.stores.messages.records;
    const many = Array.from({ length: 1201 }, (_, n) => [
      { ...example, id: `m${n}`, parentId: n ? `m${n - 1}` : null, attachments: undefined, createdAt: n },
    ]);
    const { rows, drafts } = database2.stores;
    await restore({
      version: 2,
      stores: { rows, drafts, messages: { keyPath: ['chatId', 'id'], records: many } },
    });
    const chat = await openChatDb().load('v2-chat');
    expect(chat?.messages).toHaveLength(1201);
    expect(chat?.messages.every((message) => message.parts.length === 1 && !('content' in message))).toBe(
      true,
    );
  });
});

describe('an export', () => {
  const file = (value: unknown) => new File([JSON.stringify(value)], 'chats.json');

  test('of version 1', async () => {
    const db = openChatDb();
    expect(await importFile(db, file(export1))).toMatchObject({ added: 2, messages: 5 });
    expect(partsById((await db.load('v1-chat'))!)).toEqual(PARTS_1);
  });

  test('of version 2', async () => {
    const db = openChatDb();
    expect(await importFile(db, file(export2))).toMatchObject({ added: 1, messages: 11 });
    await checkVersion2(await db.load('v2-chat'));
  });

  test('of version 2 adds nothing to the migrated database it came from', async () => {
    await restore(database2);
    expect(await importFile(openChatDb(), file(export2))).toMatchObject({ present: 1, messages: 0 });
  });
});
