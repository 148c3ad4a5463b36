// Tools over a server, on real sockets: the loop, and a server that refuses tools.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { ReadyTool } from '../tools/registry';
import { serverAnswerer } from './answerer';
import { runTurn } from './turn';

interface Body {
  tools?: { function: { name: string } }[];
  messages: { role: string; content: string; tool_call_id?: string; tool_calls?: { id: string }[] }[];
}
const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

/** A server that answers each request with the chunks of `reply`; a text is a refusal. */
async function serve(reply: (body: Body) => unknown[] | string) {
  const bodies: Body[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += String(part);
    bodies.push(JSON.parse(text) as Body);
    const chunks = reply(bodies[bodies.length - 1]);
    if (typeof chunks === 'string') return response.writeHead(400).end(JSON.stringify({ message: chunks }));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('') + 'data: [DONE]\n\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => (server.closeAllConnections(), server.close()));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const choice = { baseUrl, key: '', kind: 'other' as const, model: 'm', contextTokens: 0, sampling: {} };
  return { bodies, answerer: serverAnswerer(choice) };
}

const add: ReadyTool = {
  spec: { type: 'function', name: 'add', description: 'Adds' },
  key: 'add',
  reach: 'caged',
  usual: 'always',
  run: async (args) => ({ parts: [], observation: `sum of ${args}` }),
};
const turn = {
  systemPrompt: '',
  history: [{ role: 'user' as const, parts: [{ type: 'text' as const, text: 'Add' }] }],
  sampling: { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 0 },
  tools: {
    ...{ tools: [add], chatId: 'c', contextTokens: () => 0 },
    ...{ decide: () => 'run' as const, ask: async () => false },
  },
};
const said = (content: string) => [{ choices: [{ delta: { content }, finish_reason: 'stop' }] }];

test('two calls of a server, streamed in pieces, are answered by tool messages with their ids', async () => {
  const piece = (index: number, args: string, more = {}) => ({
    choices: [{ delta: { tool_calls: [{ index, function: { arguments: args }, ...more }] } }],
  });
  const { bodies, answerer } = await serve(({ messages }) =>
    messages.at(-1)?.role === 'tool'
      ? said('Done.')
      : [
          piece(0, '', { id: 'x1', function: { name: 'add', arguments: '' } }),
          piece(0, '{"a":'),
          piece(0, '1}'),
          piece(1, '{"a":2}', { id: 'x2', function: { name: 'add', arguments: '{"a":2}' } }),
          { choices: [{ delta: {}, finish_reason: 'tool_calls' }] },
        ],
  );
  const { parts } = await runTurn(answerer, turn, {});
  expect(parts.map(({ type }) => type)).toEqual(['call', 'call', 'result', 'result', 'text']);
  expect(bodies[0].tools?.[0].function.name).toBe('add');
  expect(bodies[1].messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'tool']);
  expect(bodies[1].messages[1].tool_calls?.map(({ id }) => id)).toEqual(['x1', 'x2']);
  expect(bodies[1].messages.slice(2)).toMatchObject([
    { tool_call_id: 'x1', content: 'sum of {"a":1}' },
    { tool_call_id: 'x2', content: 'sum of {"a":2}' },
  ]);
});

test('a server that refuses tools answers without them, and is asked with them once', async () => {
  const why = '"auto" tool choice requires --enable-auto-tool-choice to be set';
  const { bodies, answerer } = await serve(({ tools }) => (tools ? why : said('Hello')));
  for (let n = 0; n < 2; n++)
    expect((await runTurn(answerer, turn, {})).parts).toEqual([{ type: 'text', text: 'Hello' }]);
  expect(bodies.map(({ tools }) => tools !== undefined)).toEqual([true, false, false]);
});

test('a server that cannot read what its model wrote for tools is asked again without them', async () => {
  const why = 'The model produced output that does not match the expected peg-native format'; // llama.cpp b11549
  const { bodies, answerer } = await serve(({ tools }) =>
    tools ? [{ error: { code: 500, message: why, type: 'server_error' } }] : said('Hello.'),
  );
  const { parts } = await runTurn(answerer, turn, {});
  expect(parts).toEqual([{ type: 'text', text: 'Hello.' }]);
  expect(bodies.map(({ tools }) => tools?.length)).toEqual([1, undefined]);
});
