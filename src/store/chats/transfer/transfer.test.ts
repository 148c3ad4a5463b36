import 'fake-indexeddb/auto';
import { strToU8, zipSync } from 'fflate';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../shared/errors';
import { openChatDb, rowOf } from '../chatDb';
import { spokenText } from '../partText';
import { byCreation, shownPath } from '../tree';
import type { Chat, Message } from '../types';
import { chatsToJson, chatToMarkdown, EXPORT_FORMAT, exportName } from './exportFormat';
import { importFile, MAX_JSON_BYTES, readChatFile } from './importFile';
import { holdsChats } from './sniffChats';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const file = (content: unknown, name = 'chats.json') =>
  new File([typeof content === 'string' ? content : JSON.stringify(content)], name);
const failure = async (promise: Promise<unknown>): Promise<AppError> => {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw new Error(`expected an AppError, got ${String(error)}`);
  return error;
};

/** A chat with two versions of an answer, an attachment, and characters that are easily lost. */
const messages: Message[] = [
  {
    id: 'q1',
    parentId: null,
    role: 'user',
    createdAt: 1,
    parts: [
      {
        type: 'file',
        id: 'f1',
        name: 'a.bin',
        mediaType: 'application/x-a',
        blob: new Blob([new Uint8Array([0, 255, 7])], { type: 'application/x-a' }),
        document: {
          kind: 'text',
          text: 'What it says',
          pages: 3,
          encoding: 'gb18030',
          tokens: 5,
          cutFrom: 9,
        },
      },
      { type: 'text', text: 'Half a pair: \ud83d, a null: \u0000, 中文 <script>' },
    ],
  },
  {
    id: 'a1',
    parentId: 'q1',
    role: 'assistant',
    parts: [{ type: 'text', text: 'First' }],
    createdAt: 2,
    end: 'stop',
    seed: 4294967295,
    modelName: 'Nano',
    summary: {
      reason: 'stop',
      promptTokens: 1,
      reusedTokens: 2,
      newTokens: 3,
      prefillMs: 4.5,
      decodeMs: 5.25,
      contextUsed: 6,
      contextTokens: 7,
      prefilledTokens: 0,
      droppedTurns: 2,
      gpuBytes: 9e9,
      kvBytes: 1e8,
      speculation: { passes: 1, draftedTokens: 7, acceptedTokens: 3 },
    },
    made: {
      model: { id: 'm', name: 'GLM', origin: 'file:m' },
      quantisation: 'INT4 + INT8',
      sampling: { temperature: 0.3, topP: 0.8, topK: 7, minP: 0, repetitionPenalty: 1.1 },
      maxTokens: null,
      contextPolicy: 'stop',
      systemPrompt: 'Be\nbrief.',
      firstTokenMs: 123,
      slow: ['software', 'long-chat'],
    },
  },
  {
    id: 'a2',
    parentId: 'q1',
    role: 'assistant',
    parts: [
      { type: 'thought', text: 'Hm', thinkingMs: 1234 },
      { type: 'call', id: 'call-1', tool: 'look', args: '{"at": 1}', state: 'done' },
      {
        type: 'result',
        callId: 'call-1',
        parts: [
          { type: 'text', text: 'Seen' },
          {
            type: 'image',
            blob: new Blob([new Uint8Array([1])], { type: 'image/png' }),
            alt: 'A dot',
            width: 1,
            height: 1,
          },
          { type: 'citation', source: 3, title: 'T', url: 'https://example.org', quote: 'q', readAt: 5 },
        ],
      },
      { type: 'audio', blob: new Blob(['x'], { type: 'audio/wav' }), transcript: 'Hi', seconds: 2 },
      { type: 'thought', text: 'Half', unfinished: true },
    ],
    createdAt: 3,
    end: 'interrupted',
    seed: 0,
    modelName: '',
  },
];
const chat: Chat = {
  id: 'c1',
  title: 'A: title?',
  titleBy: 'user',
  createdAt: 1,
  updatedAt: 9,
  pinned: true,
  systemPrompt: 'Be\nbrief.',
  settings: {
    sampling: { temperature: 0.3, topK: 7 },
    seed: null,
    maxTokens: 64,
    contextPolicy: 'ask',
  },
  model: { id: 'm', name: 'GLM', origin: 'file:m' },
  chosen: { q1: 'a1' },
  messages,
};

describe('our own export', () => {
  test('comes back without loss, and a second time changes nothing', async () => {
    const db = openChatDb();
    const exported = new File([await chatsToJson([chat])], 'chats.json');
    expect(await importFile(db, exported)).toMatchObject({ added: 1, extended: 0, present: 0, messages: 3 });
    const stored = await db.load('c1');
    expect(stored).toEqual(chat);
    const [question] = stored?.messages ?? [];
    const blob = question.parts[0].type === 'file' ? question.parts[0].blob : new Blob();
    expect([...new Uint8Array(await blob.arrayBuffer())]).toEqual([0, 255, 7]);
    expect(await importFile(db, exported)).toMatchObject({ added: 0, extended: 0, present: 1, messages: 0 });
    const chatsOf = async (blob: Blob) => (JSON.parse(await blob.text()) as { chats: unknown }).chats;
    expect(await chatsOf(await chatsToJson([stored!]))).toEqual(await chatsOf(exported));
  });

  test('adds to a chat that is here what it lacks, and keeps what was written since', async () => {
    const db = openChatDb();
    const own: Message = { id: 'mine', parentId: 'a1', role: 'user', parts: [], createdAt: 20 };
    await db.save({
      chatId: 'c1',
      row: { ...rowOf(chat), title: 'Mine' },
      messages: [messages[0], messages[1], own],
    });
    const result = await importFile(db, new File([await chatsToJson([chat])], 'chats.json'));
    expect(result).toMatchObject({ added: 0, extended: 1, present: 0, messages: 1 });
    const stored = await db.load('c1');
    expect(stored?.title).toBe('Mine');
    expect(stored?.messages.map(({ id }) => id)).toEqual(['q1', 'a1', 'a2', 'mine']);
  });

  const broken = (
    change: (chat: Record<string, unknown> & { messages: Record<string, unknown>[] }) => void,
  ) => {
    const copy = JSON.parse(
      JSON.stringify({
        ...chat,
        messages: messages.slice(1).map((message) => ({ ...message, parts: [{ type: 'text', text: 'Hi' }] })),
      }),
    ) as never;
    (copy as { messages: { parentId: unknown }[] }).messages.forEach((message) => (message.parentId = null));
    change(copy);
    return { format: EXPORT_FORMAT, version: 3, chats: [copy] };
  };
  test.each<[string, unknown, string, RegExp]>([
    ['a cut file', '{"format":"glm-in-a-tab/chats","version":2,"chats":[{"id":', 'its end', /broken or cut/],
    ['broken JSON', '{"format": glm}', 'its text', /broken/],
    ['an empty file', '', 'its start', /empty/],
    [
      'no list of chats',
      { format: EXPORT_FORMAT, version: 2, chats: {} },
      'chats',
      /a list was expected, found a object/,
    ],
    ['a chat that is a number', { format: EXPORT_FORMAT, version: 2, chats: [7] }, 'chats[0]', /an object/],
    [
      'a message of version 2 without text',
      {
        format: EXPORT_FORMAT,
        version: 2,
        chats: [
          {
            id: 'c',
            createdAt: 1,
            updatedAt: 1,
            messages: [{ id: 'm', parentId: null, role: 'user', createdAt: 1 }],
          },
        ],
      },
      'chats[0].messages[0].content',
      /text was expected, found nothing/,
    ],
  ])('%s is refused with its place, and nothing is imported', async (_, content, where, why) => {
    const db = openChatDb();
    const error = await failure(importFile(db, file(content)));
    expect(error.code).toBe('import-damaged');
    expect(error.details.whole).toBe(typeof content === 'string' ? 'yes' : undefined);
    expect(error.details).toMatchObject({ name: 'chats.json', where });
    expect(error.details.why).toMatch(why);
    expect(await db.list()).toEqual([]);
  });

  /** Damage beside a whole message: [what, file, messages that remain, values mended, left out, place, reason]. */
  test.each<[string, unknown, number, number, number, string, RegExp]>([
    [
      'a message without parts',
      broken(({ messages: m }) => delete m[1].parts),
      ...([1, 0, 1, 'chats[0].messages[1].parts', /a list was expected, found nothing/] as const),
    ],
    [
      'a part of an unknown kind',
      broken(({ messages: m }) => (m[1].parts = [{ type: 'video' }, { type: 'text', text: 'Still here' }])),
      ...([2, 0, 1, 'chats[0].messages[1].parts[0].type', /no kind of part/] as const),
    ],
    [
      'a picture without its bytes',
      broken(({ messages: m }) => (m[1].parts = [{ type: 'image', alt: '', base64: '?' }])),
      ...([2, 0, 1, 'chats[0].messages[1].parts[0].base64', /no base64/] as const),
    ],
    [
      'a call inside a result',
      broken(({ messages: m }) => {
        const call = { type: 'call', id: 'c', tool: 't', args: '', state: 'done' };
        m[1].parts = [{ type: 'result', callId: 'c', parts: [call] }];
      }),
      ...([2, 1, 0, 'chats[0].messages[1].parts[0].parts', /only text/] as const),
    ],
    [
      'an unknown role',
      broken(({ messages: m }) => (m[0].role = 'system')),
      ...([1, 0, 1, 'chats[0].messages[0].role', /user or assistant/] as const),
    ],
    [
      'two messages of one id',
      broken(({ messages: m }) => (m[1].id = m[0].id)),
      ...([2, 1, 0, 'chats[0].messages', /the id a1/] as const),
    ],
    [
      'a missing parent',
      broken(({ messages: m }) => (m[1].parentId = 'gone')),
      ...([2, 1, 0, 'chats[0].messages', /gone .* is missing/] as const),
    ],
    [
      'a ring',
      broken(({ messages: m }) => ((m[0].parentId = m[1].id), (m[1].parentId = m[0].id))),
      ...([2, 1, 0, 'chats[0].messages', /follows itself/] as const),
    ],
    [
      'an id that is markup',
      broken((c) => (c.id = '"><img src=x>')),
      ...([2, 1, 0, 'chats[0].id', /an id/] as const),
    ],
    [
      'a time that is none',
      broken((c) => (c.createdAt = 'today')),
      ...([2, 1, 0, 'chats[0].createdAt', /a number/] as const),
    ],
    [
      'statistics that are none',
      broken(({ messages: m }) => ((m[0].summary = 7), (m[0].made = []), (m[0].end = 'never'))),
      ...([2, 3, 0, 'chats[0].messages[0].end', /no ending we know/] as const),
    ],
  ])('%s is repaired or left out, and told', async (_, content, messages, mended, leftOut, where, why) => {
    const db = openChatDb();
    const result = await importFile(db, file(content));
    expect(result).toMatchObject({ added: 1, messages, mended, leftOut });
    expect(result.problems[0].where).toBe(where);
    expect(result.problems[0].why).toMatch(why);
    const [{ id }] = await db.list();
    expect(id).toMatch(/^[\w.:-]+$/);
    const stored = await db.load(id);
    expect(stored?.messages).toHaveLength(messages);
    const again = new File([await chatsToJson([stored!])], 'again.json');
    expect(await importFile(db, again)).toMatchObject({ present: 1, mended: 0, leftOut: 0 });
  });

  test('a backup that was cut gives every chat that is whole', async () => {
    const chats = ['c1', 'c2', 'c3'].map((id) => ({ ...chat, id }));
    const text = await (await chatsToJson(chats)).text();
    const cut = text.slice(0, text.lastIndexOf('"id":"a2"'));
    const result = await importFile(openChatDb(), file(cut));
    expect(result).toMatchObject({ added: 2, messages: 6, leftOut: 2 });
  });

  test('keys that would reach a prototype stay keys', async () => {
    const text = JSON.stringify(broken(() => {})).replace(
      '"chosen":{',
      '"__proto__":{"polluted":1},"chosen":{"__proto__":"x",',
    );
    await readChatFile(file(text));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('another version, another file and 200 MB are named', async () => {
    expect(
      await failure(readChatFile(file({ format: EXPORT_FORMAT, version: 99, chats: [] }))),
    ).toMatchObject({
      code: 'import-version',
      details: { found: 99 },
    });
    expect((await failure(readChatFile(file({ anything: 1 })))).code).toBe('import-unknown');
    expect((await failure(readChatFile(file('\u0089PNG…', 'x.png')))).code).toBe('import-unknown');
    const huge = Object.defineProperty(file('{}'), 'size', { value: 200e6 });
    expect(await failure(readChatFile(huge))).toMatchObject({
      code: 'import-too-large',
      details: { sizeBytes: 200e6, maxBytes: MAX_JSON_BYTES },
    });
  });
});

describe('ChatGPT’s export', () => {
  const node = (id: string, parent: string | null, children: string[], message: unknown = null) => [
    id,
    { id, parent, children, message },
  ];
  const says = (role: string, text: unknown, more: object = {}) => ({
    author: { role },
    create_time: 1700000000.5,
    content: { content_type: 'text', parts: [text] },
    metadata: {},
    recipient: 'all',
    ...more,
  });
  const picture = {
    content: {
      content_type: 'multimodal_text',
      parts: [
        { content_type: 'image_asset_pointer', asset_pointer: 'file-service://file-pic' },
        'What is this?',
      ],
    },
    metadata: { attachments: [{ id: 'file-pic', name: 'cat.png', mime_type: 'image/png' }] },
  };
  const conversation = {
    title: 'Cats',
    create_time: 1700000000,
    update_time: 1700000100,
    conversation_id: 'abc-1',
    current_node: 'n4',
    mapping: Object.fromEntries([
      node('root', null, ['sys']),
      node('sys', 'root', ['n1'], says('system', 'hidden')),
      node('n1', 'sys', ['n2', 'n5'], says('user', 'x', picture)),
      node('n2', 'n1', ['tool'], says('assistant', 'Let me look.', { metadata: { model_slug: 'gpt-4' } })),
      node('tool', 'n2', ['n3'], says('tool', 'result')),
      node('n3', 'tool', ['n4'], says('assistant', 'A cat.')),
      node('n4', 'n3', [], says('user', 'Thanks')),
      node('n5', 'n1', [], says('assistant', 'A dog?')),
    ]),
  };

  test('becomes a tree with its branches, its choice and its files', async () => {
    const zip = zipSync({
      'conversations.json': strToU8(JSON.stringify([conversation])),
      'file-pic-cat.png': new Uint8Array([1, 2, 3]),
      'chat.html': strToU8('<script>alert(1)</script>'),
    });
    const db = openChatDb();
    const result = await importFile(db, new File([Uint8Array.from(zip)], 'export.zip'));
    expect(result).toMatchObject({ added: 1, messages: 4 });
    const read = await db.load('chatgpt-abc-1');
    expect(read).toMatchObject({ title: 'Cats', titleBy: 'user', createdAt: 1700000000000 });
    expect(shownPath(read!).map(({ parts }) => spokenText(parts))).toEqual([
      'What is this?',
      'Let me look.\n\nA cat.',
      'Thanks',
    ]);
    const [question] = read!.messages;
    expect(question).toMatchObject({
      role: 'user',
      parts: [{ type: 'file', name: 'cat.png', mediaType: 'image/png' }, { type: 'text' }],
    });
    expect([...read!.messages].sort(byCreation)).toEqual(read!.messages);
    expect(read!.messages.some(({ parts }) => spokenText(parts) === 'A dog?')).toBe(true);
  });

  test('a plain conversations.json is enough; what is damaged is named', async () => {
    expect(await readChatFile(file([conversation]))).toHaveLength(1);
    const without = await importFile(openChatDb(), file([{ ...conversation, mapping: 5 }, conversation]));
    expect(without).toMatchObject({ added: 1, leftOut: 1, problems: [{ where: '[0].mapping' }] });
    expect(await failure(readChatFile(file([{ ...conversation, mapping: 5 }])))).toMatchObject({
      code: 'import-damaged',
      details: { where: '[0].mapping' },
    });
    const ring = {
      ...conversation,
      mapping: Object.fromEntries([node('a', null, ['b'], says('user', 'x')), node('b', 'a', ['b'])]),
    };
    expect(await readChatFile(file([ring]))).toHaveLength(1);
  });

  test('is read without lists of children: exports since 2026 name parents only', async () => {
    const nodes = Object.entries(conversation.mapping as Record<string, { children: string[] }>).map(
      ([id, { children: _, ...rest }]) => [id, rest],
    );
    const slim = { ...conversation, mapping: Object.fromEntries(nodes) as unknown };
    const [[classic], [read]] = [await readChatFile(file([conversation])), await readChatFile(file([slim]))];
    expect(read).toEqual(classic);
  });

  test('citation marks become links, and text in the canvas is kept', async () => {
    const mark = '\ue200cite\ue202turn0search0\ue201';
    const reference = { matched_text: mark, alt: '([news](https://news.example/a))' };
    const text = `They won. ${mark} Close. \ue200cite\ue202other\ue201`;
    const canvas = JSON.stringify({ name: 'Poem', type: 'document', content: 'Roses are red' });
    const mapping = Object.fromEntries([
      node('q', null, ['a'], says('user', 'Who won?')),
      node('a', 'q', ['c'], says('assistant', text, { metadata: { content_references: [reference] } })),
      node('c', 'a', ['t'], says('assistant', canvas, { recipient: 'canmore.create_textdoc' })),
      node('t', 'c', ['e'], says('tool', 'Created')),
      node('e', 't', [], says('assistant', 'It is in the canvas.')),
    ]);
    const [chat] = await readChatFile(file([{ ...conversation, mapping, current_node: 'e' }]));
    expect(spokenText(chat.messages[1].parts)).toBe(
      'They won. ([news](https://news.example/a)) Close.\n\n**Poem**\n\nRoses are red\n\nIt is in the canvas.',
    );
  });

  test('in many shards is limited by the largest of them, not by their sum', async () => {
    const shard = (id: string) => strToU8(JSON.stringify([{ ...conversation, conversation_id: id }]));
    const names = ['a', 'b', 'c'].map((id, n): [string, Uint8Array] => [
      `conversations-00${n}.json`,
      shard(id),
    ]);
    const zip = () => new File([Uint8Array.from(zipSync(Object.fromEntries(names)))], 'many.zip');
    const [[, { length }]] = names;
    expect(await readChatFile(zip(), undefined, length)).toHaveLength(3);
    expect(await failure(readChatFile(zip(), undefined, length - 1))).toMatchObject({
      code: 'import-too-large',
    });
  });

  test('a small zip of many large texts is refused with the sum and the limit', async () => {
    const text = strToU8(`[${' '.repeat(9e6)}]`);
    const names = ['conversations.json', 'conversations-001.json', 'conversations-002.json'];
    const zip = zipSync(Object.fromEntries(names.map((name) => [name, text])));
    expect(zip.length).toBeLessThan(48e3);
    expect(await failure(readChatFile(new File([Uint8Array.from(zip)], 'a.zip')))).toMatchObject({
      code: 'import-too-large',
      details: { name: 'a.zip', sizeBytes: 2 * text.length, maxBytes: 16e6 },
    });
  });

  test('a zip that is cut, that holds no chats, or that unpacks to gigabytes is refused', async () => {
    const zip = zipSync({ 'conversations.json': strToU8('[]'.padEnd(5000)) });
    const cut = new File([Uint8Array.from(zip.subarray(0, zip.length - 30))], 'a.zip');
    expect(await failure(readChatFile(cut))).toMatchObject({
      code: 'import-damaged',
      details: { where: 'the zip' },
    });
    const other = new File([Uint8Array.from(zipSync({ 'a.txt': strToU8('x') }))], 'b.zip');
    expect((await failure(readChatFile(other))).code).toBe('import-unknown');
    // The size in the zip's list, 4 bytes before the name's length.
    const bomb = Uint8Array.from(zip);
    const list = bomb.findLastIndex((byte, i) => byte === 0x50 && bomb[i + 1] === 0x4b && bomb[i + 2] === 1);
    new DataView(bomb.buffer).setUint32(list + 24, 4e9, true);
    expect(await failure(readChatFile(new File([bomb], 'c.zip')))).toMatchObject({
      code: 'import-too-large',
    });
  });
});

test('Markdown shows the chosen branch; names fit every file system', () => {
  expect(chatToMarkdown(chat, 'You')).toBe(
    `# A: title?\n\n> Be\n> brief.\n\n## You\n\n- a.bin\n\n${spokenText(messages[0].parts)}\n\n## Nano\n\nFirst\n`,
  );
  expect(exportName('a/b\\c: "d"?*', 'md')).toBe('a b c d.md');
  expect(exportName(' .. ', 'json')).toBe('chat.json');
});

describe('files that were dropped', () => {
  const json = (value: unknown) => new File([JSON.stringify(value)], 'x.json');
  test.each<[string, () => File | Promise<File>, boolean]>([
    ['our export', async () => new File([await chatsToJson([chat])], 'glm-chats.json'), true],
    ['conversations of ChatGPT', () => json([{ title: 'x', mapping: { a: { parent: null } } }]), true],
    ['another JSON', () => json({ format: 'other', chats: [] }), false],
    ['a list', () => json([1, 2]), false],
    ['a model’s configuration', () => new File(['{"num_layers": 40}'], 'config.json'), false],
    ['a text about an export', async () => new File([await chatsToJson([chat])], 'notes.txt'), false],
    [
      'the zip of ChatGPT',
      () =>
        new File(
          [Uint8Array.from(zipSync({ 'conversations.json': strToU8('[]'), 'a.png': strToU8('x') }))],
          'x.zip',
        ),
      true,
    ],
    ['another zip', () => new File([Uint8Array.from(zipSync({ 'a.txt': strToU8('x') }))], 'x.zip'), false],
  ])('recognises a file with chats by its content: %s', async (_, make, holds) => {
    expect(await holdsChats(await make())).toBe(holds);
  });
});
