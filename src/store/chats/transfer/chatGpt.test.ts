import 'fake-indexeddb/auto';
import { strToU8, zipSync } from 'fflate';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import { openChatDb } from '../chatDb';
import { spokenText } from '../partText';
import { byCreation, shownPath } from '../tree';
import { importFile, readChatFile } from './importFile';
import { failure, file } from './testFiles';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
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
      parts: [{ type: 'image', alt: 'cat' }, { type: 'text' }],
    });
    const [picture] = question.parts;
    expect(picture.type === 'image' && picture.blob).toMatchObject({ type: 'image/png', size: 3 });
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

  test('keeps what was spoken and the pictures that were drawn', async () => {
    const said = (id: string, text: string, direction: 'in' | 'out') => ({
      content: {
        content_type: 'multimodal_text',
        parts: [
          { content_type: 'audio_transcription', text, direction, decoding_id: null },
          { content_type: 'audio_asset_pointer', asset_pointer: `sediment://${id}`, format: 'wav' },
        ],
      },
    });
    const drawn = (metadata: object) => ({
      author: { role: 'tool', name: 'dalle.text2im' },
      content: {
        content_type: 'multimodal_text',
        parts: [{ content_type: 'image_asset_pointer', asset_pointer: 'sediment://file_0001', metadata }],
      },
    });
    const mapping = Object.fromEntries([
      node('q', null, ['a'], says('user', '', said('file_q', 'Draw me a cat', 'in'))),
      node('a', 'q', ['c'], says('assistant', '', said('file_a', 'With pleasure.', 'out'))),
      node('c', 'a', ['t'], says('assistant', '{"prompt":"cat"}', { recipient: 'dalle.text2im' })),
      node('t', 'c', ['p'], says('tool', '', drawn({ dalle: { prompt: 'A red cat' } }))),
      node('p', 't', ['e'], says('tool', '', drawn({ dalle: null }))),
      node('e', 'p', [], says('assistant', 'Here it is.')),
    ]);
    const zip = zipSync({
      'conversations.json': strToU8(JSON.stringify([{ ...conversation, mapping, current_node: 'e' }])),
      'file_0001-11.png': new Uint8Array([1, 2]),
    });
    const [chat] = await readChatFile(new File([Uint8Array.from(zip)], 'export.zip'));
    expect(chat.messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
    expect(chat.messages[0].parts).toEqual([{ type: 'text', text: 'Draw me a cat' }]);
    expect(chat.messages[1].parts).toMatchObject([
      { type: 'text', text: 'With pleasure.' },
      { type: 'image', alt: 'A red cat' },
      { type: 'text', text: 'Here it is.' },
    ]);
  });

  test('what goes on in two branches from one call is not one answer', async () => {
    const mapping = Object.fromEntries([
      node('q', null, ['a'], says('user', 'Which?')),
      node('a', 'q', ['t1', 't2'], says('assistant', 'Let me see.')),
      node('t1', 'a', ['b1'], says('tool', '1')),
      node('t2', 'a', ['b2'], says('tool', '2')),
      node('b1', 't1', [], says('assistant', 'One.')),
      node('b2', 't2', [], says('assistant', 'Two.')),
    ]);
    const [chat] = await readChatFile(file([{ ...conversation, mapping, current_node: 'b2' }]));
    expect(shownPath(chat).map(({ parts }) => spokenText(parts))).toEqual(['Which?', 'Let me see.', 'Two.']);
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
