// Chats that a server answers, over real sockets; the engine is scripted and must not be asked.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { currentChat, shownMessages } from '../chats/selectors';
import { canAnswer, continues } from '../selectors';
import { setUp, until } from '../scriptedStore';
import { chatsToJson } from '../chats/transfer/exportFormat';
import type { AssistantMessage } from '../types';
import { spokenText } from '../chats/partText';

type Asked = { path: string; key?: string; body: Record<string, unknown> };
const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

const chunk = (content: string, finish: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ delta: { content }, finish_reason: finish }] })}\n\n`;
const WHOLE = `${chunk('From afar')}${chunk('', 'stop')}data: [DONE]\n\n`;

async function serve(
  answer: (response: ServerResponse, turn: number) => void,
  owner = 'vllm',
  statusOf: (turn: number) => number = () => 200,
) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += String(part);
    const body = text ? (JSON.parse(text) as Record<string, unknown>) : {};
    asked.push({ path: request.url ?? '', key: request.headers.authorization, body });
    if (request.url === '/v1/models') {
      return response.end(
        JSON.stringify({ data: [{ id: 'glm-4-9b', owned_by: owner, max_model_len: 4096 }] }),
      );
    }
    answer(response.writeHead(statusOf(asked.length), { 'content-type': 'text/event-stream' }), asked.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => (server.closeAllConnections(), server.close()));
  return { asked, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** A store whose current chat is given to a server. */
async function onServer(...how: Parameters<typeof serve>) {
  const server = await serve(...how);
  const outside = setUp({ generate: () => Promise.reject(new Error('the engine was asked')) });
  const { store } = outside;
  const draft = { name: 'Workstation', address: `http://${server.host}/v1`, key: 'sesame-77' };
  await store.getState().page.checkServer(draft);
  expect(await store.getState().page.saveServer(draft, [])).toBe(true);
  const [{ id, name, models }] = store.getState().servers.list;
  store.getState().setChatServer({ id, name, model: models[0].id });
  const ask = async (text: string) => {
    store.getState().send(text);
    await until(() => store.getState().turn === null);
  };
  const last = () => shownMessages(store.getState()).at(-1);
  return { ...outside, ...server, ask, last, id };
}

test('a question goes to the server with its key and model, and the answer says where it is from', async () => {
  const { store, asked, host, ask, last } = await onServer((response) => response.end(WHOLE));
  expect(canAnswer(store.getState())).toBe(true); // though no model is loaded
  await ask('Hello?');
  expect(asked.at(-1)).toMatchObject({
    path: '/v1/chat/completions',
    key: 'Bearer sesame-77',
    body: { model: 'glm-4-9b', messages: [{ role: 'user', content: 'Hello?' }] },
  });
  expect(last()).toMatchObject({
    parts: [{ type: 'text', text: 'From afar' }],
    end: 'stop',
    server: host,
    modelName: 'glm-4-9b',
    summary: { contextTokens: 4096 },
  });
});

test('what is kept of an answer is what the server was told, and what it told', async () => {
  const { store, ask, last } = await onServer((response) => response.end(WHOLE));
  store.getState().setSampling({ temperature: 0.3 });
  store.getState().setSystemPrompt('Be brief.');
  await ask('Hello?');
  const { made, summary } = last() as AssistantMessage;
  expect(made).toMatchObject({
    model: { name: 'glm-4-9b' },
    quantisation: '',
    systemPrompt: 'Be brief.',
    maxTokens: null,
  });
  expect(made?.sampling).toEqual({ temperature: 0.3 }); // nothing that this computer would have added
  expect(made?.firstTokenMs).toBeGreaterThan(0);
  expect(summary?.served).toEqual({ model: '', fingerprint: '', counted: 'here' });
});

describe('the tokens of a server’s answer', () => {
  const told = (token: string) =>
    `data: ${JSON.stringify({ choices: [{ delta: { content: token }, logprobs: { content: [{ token, logprob: -0.5, top_logprobs: [{ token, logprob: -0.5 }] }] } }] })}\n\n`;

  test('come from the same question once more', async () => {
    const { store, asked, ask, last } = await onServer((response, turn) => {
      response.end(
        turn === 2 ? WHOLE : `${told('From')}${told(' afar')}${chunk('', 'stop')}data: [DONE]\n\n`,
      );
    });
    store.getState().setSampling({ temperature: 0 });
    await ask('Hello?');
    store.getState().setSampling({ temperature: 1 });
    store.getState().openAbout(last()?.id ?? '');
    await store.getState().inspect();
    const [, first, again] = asked.map(({ body }) => body);
    expect(again).toEqual({ ...first, logprobs: true, top_logprobs: 5, max_tokens: 1 });
    expect(store.getState().inspection).toMatchObject({
      status: 'done',
      partsAt: -1,
      tokens: [
        { text: 'From', start: 0 },
        { text: ' afar', start: 4 },
      ],
    });
  });

  test.for([
    ['says nothing of them', WHOLE, 200],
    ['refuses', '{"error":{"message":"logprobs is not supported"}}', 400],
  ] as const)('a server that %s has not failed', async ([, answer, status]) => {
    const { store, ask, last } = await onServer((response, turn) => {
      response.end(turn === 2 ? WHOLE : answer);
    }, undefined, (turn) => (turn === 2 ? 200 : status)); // prettier-ignore
    await ask('Hello?');
    store.getState().openAbout(last()?.id ?? '');
    await store.getState().inspect();
    expect(store.getState().inspection).toMatchObject({ status: 'untold', error: null, tokens: [] });
  });

  test('are asked of no other server than the one that wrote them', async () => {
    const { store, asked, ask, last } = await onServer((response) => response.end(WHOLE));
    await ask('Hello?');
    store.getState().setChatServer(undefined);
    store.getState().openAbout(last()?.id ?? '');
    await store.getState().inspect();
    expect(store.getState().inspection).toBeNull();
    expect(asked).toHaveLength(2);
  });
});

test('the tree is that of every chat: another answer beside the first', async () => {
  const { store, asked, ask, last } = await onServer((response, turn) =>
    response.end(`${chunk(`answer ${turn}`, 'stop')}data: [DONE]\n\n`),
  );
  await ask('Hello?');
  store.getState().regenerate();
  await until(() => store.getState().turn === null);
  expect(last()).toMatchObject({ parts: [{ type: 'text', text: 'answer 3' }] });
  expect(currentChat(store.getState()).messages).toHaveLength(3);
  expect(asked.at(-1)?.body.messages).toEqual([{ role: 'user', content: 'Hello?' }]);
});

test('new chats begin on this computer, and importing one never sends it away', async () => {
  const { store, ask, records } = await onServer((response) => response.end(WHOLE));
  await ask('Hello?');
  const { id } = currentChat(store.getState());
  expect(records.get(id)?.server).toMatchObject({ model: 'glm-4-9b' }); // kept with the chat
  const file = new File([await chatsToJson([currentChat(store.getState())])], 'chats.json');
  store.getState().newChat();
  expect(currentChat(store.getState()).server).toBeUndefined();
  await store.getState().deleteChat(id);
  await store.getState().importChats(file);
  expect(records.get(id)?.server).toBeUndefined();
  expect(records.get(id)?.messages.at(-1)).toMatchObject({ server: expect.stringContaining('127.0.0.1') });
});

test('an answer that the network cuts is kept and marked, and goes on from there', async () => {
  const { store, asked, ask, last } = await onServer((response, turn) => {
    if (turn > 2) return response.end(WHOLE);
    response.write(chunk('Half a '), () => response.destroy());
  });
  await ask('Hello?');
  expect(last()).toMatchObject({ parts: [{ type: 'text', text: 'Half a ' }], end: 'error' });
  expect(store.getState().turnError?.error).toMatchObject({ code: 'server-cut', details: { tokens: 1 } });
  store.getState().continueAnswer();
  await until(() => store.getState().turn === null);
  expect(last()).toMatchObject({ parts: [{ type: 'text', text: 'Half aFrom afar' }], end: 'stop' });
  expect(asked.at(-1)?.body).toMatchObject({ continue_final_message: true });
});

test('a server that would begin anew is not asked to go on', async () => {
  const { store, asked, ask } = await onServer((response) => response.end(chunk('Half')), 'somebody');
  await ask('Hello?');
  const before = asked.length;
  store.getState().continueAnswer();
  expect(continues(store.getState())).toBe(false);
  expect(store.getState().turn).toBeNull();
  expect(asked).toHaveLength(before);
});

test('stop takes effect at once, and what came stays', async () => {
  const { store, last } = await onServer((response) => response.write(chunk('On and on')));
  store.getState().send('Hello?');
  await until(() => spokenText(store.getState().turn?.parts ?? []) === 'On and on');
  store.getState().stop();
  expect(last()).toMatchObject({ parts: [{ type: 'text', text: 'On and on' }], end: 'aborted' });
});

test('a chat whose server was removed fails without a request', async () => {
  const { store, asked, ask, id } = await onServer((response) => response.end(WHOLE));
  await store.getState().page.deleteServer(id);
  const before = asked.length;
  await ask('Hello?');
  expect(store.getState().turnError?.error).toMatchObject({
    code: 'server-gone',
    details: { name: 'Workstation' },
  });
  expect(asked).toHaveLength(before);
});

test('the key is in the database alone, goes to its own address alone, and a wipe takes it', async () => {
  const { store, saved, savedServers, asked, id, host } = await onServer((response) => response.end(WHOLE));
  expect(JSON.stringify([store.getState(), [...saved]])).not.toContain('sesame-77');
  expect(savedServers.get(id)?.key).toBe('sesame-77');
  const draft = { id, name: 'Workstation', address: `http://${host}/v1`, key: '' };
  await store.getState().page.checkServer(draft);
  expect(asked.at(-1)?.key).toBe('Bearer sesame-77'); // unchanged address: the key that is there
  const other = await serve((response) => response.end());
  await store.getState().page.checkServer({ ...draft, address: `http://${other.host}/v1` });
  expect(other.asked.at(-1)).toMatchObject({ path: '/v1/models', key: undefined });
  await store.getState().wipe(false);
  expect(savedServers.size).toBe(0);
  expect(store.getState().servers.list).toEqual([]);
});

test('a bad address is told, and nothing is kept', async () => {
  const { store, savedServers } = setUp();
  const draft = { name: '', address: 'http://192.168.1.5:8000', key: '' };
  expect(await store.getState().page.saveServer(draft, ['glm'])).toBe(false);
  expect(store.getState().servers.check).toMatchObject({
    status: 'failed',
    error: { code: 'server-insecure' },
  });
  expect(savedServers.size).toBe(0);
});

test('a server that was not tested is asked for its models when it is saved; one that cannot be reached says so', async () => {
  const { host, asked } = await serve(() => {});
  const { store } = setUp();
  const { saveServer } = store.getState().page;
  expect(await saveServer({ name: 'Here', address: `http://${host}/v1`, key: '' }, [])).toBe(true);
  expect(asked.map(({ path }) => path)).toEqual(['/v1/models']);
  expect(store.getState().servers.list[0].models.map(({ id }) => id)).toEqual(['glm-4-9b']);
  expect(await saveServer({ name: 'Gone', address: 'http://127.0.0.1:9/v1', key: '' }, [])).toBe(false);
  expect(store.getState().servers.check).toMatchObject({
    status: 'failed',
    error: { code: 'server-unreachable' },
  });
});
