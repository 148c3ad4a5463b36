import 'fake-indexeddb/auto';
import { strToU8, zipSync } from 'fflate';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import { openChatDb, rowOf } from '../chatDb';
import { spokenText } from '../partText';
import type { AnswerRecord, AnswerSettings, Chat, GenerateSummary, Message } from '../types';
import { chatsToJson, chatToMarkdown, EXPORT_FORMAT, exportName } from './exportFormat';
import { importFile, MAX_JSON_BYTES, readChatFile } from './importFile';
import { holdsChats } from './sniffChats';
import { Report } from './shape';
import { failure, file } from './testFiles';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

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
          emptyPages: 1,
          encoding: 'gb18030',
          guessed: true,
          tokens: 5,
          cutFrom: 9,
        },
      },
      { type: 'text', text: 'Half a pair: \ud83d, a null: \u0000, 中文 <script>' },
    ],
    agent: { id: 'ag', name: 'Cook', avatar: '🍳' },
    sought: { agent: 'Cook', found: 2, whole: 1, wordsOnly: true },
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
      stepsInFlight: 2,
      speculation: { passes: 1, draftedTokens: 7, acceptedTokens: 3 },
      seeing: { pictures: 1, tokens: 64, ms: 5 },
      steps: { deepest: 3, constrained: 2, dropped: 1 },
      formatFaults: [{ where: '/a', why: 'no options' }],
      served: { model: 'm', fingerprint: 'f', counted: 'server' },
    } satisfies Required<Omit<GenerateSummary, 'overflow'>>,
    made: {
      model: { id: 'm', name: 'GLM', origin: 'file:m' },
      quantisation: 'INT4 + INT8',
      sampling: { temperature: 0.3, topP: 0.8, topK: 7, minP: 0, repetitionPenalty: 1.1 },
      maxTokens: null,
      contextPolicy: 'stop',
      systemPrompt: 'Be\nbrief.',
      pictureTokens: 640,
      tools: ['look'],
      thinking: 'short',
      firstTokenMs: 123,
      slow: ['software', 'long-chat'],
    } satisfies Required<AnswerRecord>,
    grade: { grade: 9, reason: 'Right.' },
  },
  {
    id: 'a2',
    parentId: 'q1',
    role: 'assistant',
    parts: [
      { type: 'thought', text: 'Hm', thinkingMs: 1234 },
      { type: 'call', id: 'call-1', tool: 'look', args: '{"at": 1}', state: 'done', ranMs: 12 },
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
          { type: 'table', columns: ['', 'n'], rows: [['0', '1']], totalRows: 40 },
          {
            type: 'file',
            id: 'out',
            name: 'out.csv',
            mediaType: 'text/csv',
            blob: new Blob(['n\n1'], { type: 'text/csv' }),
          },
          { type: 'citation', source: 3, title: 'T', url: 'https://example.org', quote: 'q', readAt: 5 },
          { type: 'citation', source: 0, title: '', url: 'https://a.b', quote: 's', readAt: 5, hit: true },
        ],
        observation: 'n = 1',
        observations: [{ header: 'quote_result [3†source]', text: 'n' }],
      },
      { type: 'call', id: 'call-2', tool: 'look', args: '{}', state: 'refused' },
      { type: 'result', callId: 'call-2', parts: [], observation: 'Refused.', failed: true },
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
    pictureTokens: 640,
    tools: ['look'],
    searchFirst: true,
    format: { kind: 'regex', pattern: '[ab]' },
    thinking: 'off',
  } satisfies Required<AnswerSettings>,
  model: { id: 'm', name: 'GLM', origin: 'file:m' },
  chosen: { q1: 'a1' },
  messages,
};

describe('our own export', () => {
  test('comes back without loss, and a second time changes nothing', async () => {
    const db = openChatDb();
    // What was allowed in the chat is not carried to another device.
    const exported = new File([await chatsToJson([{ ...chat, allowedTools: ['look'] }])], 'chats.json');
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

  test('one that is larger than a JSON text may be is read chat by chat', async () => {
    const chats = ['c1', 'c2', 'c3'].map((id) => ({ ...chat, id }));
    const blob = await chatsToJson(chats, [{ text: 'a note' }]);
    const longest = Math.max(...(await blob.text()).split('\n').map((line) => line.length));
    expect(longest).toBeLessThan(blob.size / 2);
    const read = (maxBytes: number, report = new Report()) =>
      readChatFile(new File([blob], 'chats.json'), report, maxBytes);
    expect(await read(longest)).toEqual(await readChatFile(new File([blob], 'chats.json')));
    const [long, report] = [{ ...chat, id: 'c4', title: 'x'.repeat(longest) }, new Report()];
    const more = new File([await chatsToJson([...chats, long])], 'chats.json');
    expect((await readChatFile(more, report, longest)).map(({ id }) => id)).toEqual(['c1', 'c2', 'c3']);
    expect(report).toMatchObject({ leftOut: 1, problems: [{ where: 'line 5', why: `more than ${longest} characters` }] }); // prettier-ignore
    const cut = new File([blob.slice(0, -Math.floor(longest / 2))], 'cut.json');
    const rest = new Report();
    expect(await readChatFile(cut, rest, longest)).toHaveLength(2);
    expect(rest.leftOut).toBe(1);
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
