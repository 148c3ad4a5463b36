// Targets: imported chats, streams of servers, and answers as Markdown.
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import type { GenerateRequest } from '../../protocol/chat';
import { serverGenerate } from '../../servers/serverClient';
import { chatsToJson } from '../../store/chats/transfer/exportFormat';
import { readChatFile } from '../../store/chats/transfer/importFile';
import type { Chat } from '../../store/chats/types';
import { setUp } from '../../store/scriptedStore';
import Markdown from '../../ui/pages/chat/answer/Markdown';
import { StoreContext } from '../../ui/useApp';
import { mutatedBytes, mutatedJson, mutatedText, type Json } from './mutate';
import { target, type Target } from './target';

const chat: Chat = {
  id: 'c1', title: 'Chat', titleBy: 'start', createdAt: 1, updatedAt: 2, pinned: false, systemPrompt: '', chosen: {},
  messages: [
    { id: 'q1', parentId: null, role: 'user', createdAt: 1, parts: [{ type: 'text', text: 'Why?' }, { type: 'file', id: 'f', name: 'a', mediaType: '', blob: new Blob(['x']) }] },
    { id: 'a1', parentId: 'q1', role: 'assistant', createdAt: 2, end: 'stop', seed: 1, modelName: 'm', parts: [{ type: 'thought', text: 'hm' }, { type: 'text', text: 'So.' }] },
  ],
}; // prettier-ignore

const chatGpt: Json = [
  {
    title: 'T', create_time: 1.5, update_time: 2, conversation_id: 'abc', current_node: 'n3',
    mapping: {
      n1: { id: 'n1', parent: null, children: ['n2'], message: null },
      n2: { id: 'n2', parent: 'n1', children: ['n3'], message: { author: { role: 'user' }, create_time: 1, content: { content_type: 'multimodal_text', parts: ['Hi', { asset_pointer: 'file-service://file-a' }] }, metadata: { attachments: [{ id: 'file-a', name: 'a.png' }] } } },
      n3: { id: 'n3', parent: 'n2', children: [], message: { author: { role: 'assistant' }, create_time: 2, recipient: 'all', content: { content_type: 'text', parts: ['Yes \ue200cite\ue201'] }, metadata: { content_references: [{ matched_text: '\ue200cite\ue201', alt: '[a](b)' }] } } },
    },
  },
]; // prettier-ignore

const fileOf = (bytes: Uint8Array | string, name: string) =>
  new File([typeof bytes === 'string' ? bytes : Uint8Array.from(bytes)], name);
const jsonFile = (json: Json) => readChatFile(fileOf(JSON.stringify(json), 'chats.json'));

const chunk = (delta: Json, finish: Json = null) =>
  `data: ${JSON.stringify({ model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const STREAM = [
  ': ping\n\n', chunk({ role: 'assistant', content: '' }), chunk({ reasoning_content: 'hm' }), chunk({ content: '<think>a</think>你好' }),
  chunk({ tool_calls: [{ index: 0, id: 't', function: { name: 'f', arguments: '{"a":' } }] }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: '1}' } }] }), chunk({}, 'stop'),
  'data: {"choices":[],"usage":{"completion_tokens":3}}\n\n', 'data: [DONE]\n\n',
].join(''); // prettier-ignore
const STREAM_WORDS = ['data: ', 'data:', '\r\n', '\n\n', '\r', '{', '}', '[DONE]', '"stop"', '"constructor"', 'null', '1e999', '"error":', 'event: x\n', '\ufeff', '<think>', '</think>', '[]']; // prettier-ignore

const ask: GenerateRequest = {
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'x' }] }],
  sampling: { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 7 },
  topLogprobs: 2,
};

/** The bytes in pieces that split lines and characters. */
function streamOf(bytes: Uint8Array, step: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, (at += step)));
    },
  });
}

async function readStream({
  bytes,
  step,
  type,
}: {
  bytes: Uint8Array;
  step: number;
  type: string;
}): Promise<void> {
  const before = globalThis.fetch;
  globalThis.fetch = async () => new Response(streamOf(bytes, step), { headers: { 'content-type': type } });
  try {
    const choice = { baseUrl: 'http://h/v1', key: '', kind: 'other', model: 'm', contextTokens: 0, sampling: {} } as const; // prettier-ignore
    const summary = await serverGenerate(choice, ask, { onEvent: () => undefined });
    if (typeof summary.reason !== 'string') throw new TypeError(`the reason is ${String(summary.reason)}`);
  } finally {
    globalThis.fetch = before;
  }
}

const MARKDOWN =
  '# 标题\n\n**粗体**，~~删~~ *i* `code` [a](https://b.c/d) ![p](data:image/png;base64,AA==)\n\n- a\n  1. b\n- [x] c\n\n' +
  '> q\n\n| a | b |\n| --- | :-: |\n| 1 | $x^2$ |\n\n```js\nlet a = 1;\n```\n\n$$\\frac{a}{b}$$ note[^1] https://x.y/z。\n\n[^1]: foot\n\n[r]: https://d.e\n';
const MARKDOWN_WORDS = [
  '*', '**', '_', '~~', '`', '```', '$', '$$', '[', '](', '![', '[^1]', '|', '\n', '\n\n', '> ', '- ', '1. ', '<b>', '<!--', '\\', '|---|',
  '# ', '    ', '\t', '\\frac{', '\\begin{matrix}', '&amp;', 'https://', '：', '（', '\u200b', '\ud83d', ':::', '$\\def\\a{\\a\\a}\\a$',
]; // prettier-ignore

export function chatTargets(): Target[] {
  const { store } = setUp({}, { preferences: { language: 'en' } });
  const render = (text: string, live: boolean) =>
    renderToStaticMarkup(
      createElement(StoreContext, { value: store }, createElement(Markdown, { text, live })),
    );
  const zip = zipSync({
    'conversations.json': strToU8(JSON.stringify(chatGpt)),
    'file-a.png': strToU8('png'),
    'b.json': strToU8('{}'),
  });
  const type = fc.constantFrom('text/event-stream', 'text/plain', 'application/json', '');
  const bytes = fc.oneof(
    mutatedText(STREAM, STREAM_WORDS).map((text): Uint8Array => Buffer.from(text)),
    mutatedBytes(Buffer.from(STREAM)),
  );
  return [
    target({ name: 'ChatGPT JSON', mutants: mutatedJson(chatGpt), read: jsonFile }),
    target({
      name: 'ChatGPT zip',
      mutants: mutatedBytes(zip),
      read: (zipped) => readChatFile(fileOf(zipped, 'a.zip')),
    }),
    target({
      name: 'stream of a server',
      mutants: fc.record({ bytes, step: fc.constantFrom(1, 7, 64, 5000), type }),
      read: readStream,
    }),
    target({
      name: 'Markdown',
      mutants: fc.tuple(mutatedText(MARKDOWN, MARKDOWN_WORDS), fc.boolean()),
      read: ([text, live]) => render(text, live),
    }),
  ];
}

/** Needs the export's text, which is made from Blobs. */
export async function ownExportTargets(): Promise<Target[]> {
  const text = await (await chatsToJson([chat])).text();
  return [
    target({ name: 'own export', mutants: mutatedJson(JSON.parse(text) as Json), read: jsonFile }),
    target({
      name: 'own export as text',
      mutants: mutatedBytes(Buffer.from(text)),
      read: (b) => readChatFile(fileOf(b, 'chats.json')),
    }),
  ];
}
