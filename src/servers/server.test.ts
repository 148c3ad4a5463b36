// Tests against a server in this process, over real sockets, with responses cut at critical places.
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { GenerateEvent, GenerateRequest, Part } from '../protocol/chat';
import { textOf, withPartEvent } from '../shared/parts';
import { serve } from '../testing/servers/testServer';
import { pictureUrls } from './messages';
import { requestBody, serverGenerate, type ServerChoice } from './serverClient';

const choiceOf = (baseUrl: string, change: Partial<ServerChoice> = {}): ServerChoice => ({
  baseUrl,
  key: '',
  kind: 'vllm',
  model: 'glm-4-9b',
  contextTokens: 8192,
  sampling: {},
  ...change,
});
const request: GenerateRequest = {
  messages: [{ role: 'user', parts: [{ type: 'text', text: '你好' }] }],
  sampling: { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 7 },
};
const delta = (text: string) => ({ choices: [{ index: 0, delta: { content: text }, finish_reason: null }] });
const end = (reason = 'stop') => ({ choices: [{ index: 0, delta: {}, finish_reason: reason }] });
const data = (...chunks: unknown[]) => chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('');
const sse = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/event-stream' });

async function ask(choice: ServerChoice, asked = request, signal?: AbortSignal) {
  const begun = asked.continue ? (asked.messages.at(-1)?.parts ?? []) : [];
  let parts: Part[] = [...begun];
  const events: GenerateEvent[] = [];
  const onEvent = (event: GenerateEvent) => {
    events.push(event);
    if ('index' in event) parts = withPartEvent(parts, event);
  };
  const outcome = serverGenerate(choice, asked, { signal, onEvent });
  const summary = await outcome.catch((error: unknown) => ({ error }));
  return { text: textOf(parts), parts: parts.map(withoutTime), events, summary };
}

const withoutTime = (part: Part): Part => {
  const { thinkingMs: _, ...rest } = part as Part & { thinkingMs?: number };
  return rest;
};
const text = (words: string): Part => ({ type: 'text', text: words });
const thought = (words: string): Part => ({ type: 'thought', text: words });

describe('an answer', () => {
  test('writes text and thoughts as parts, with the server’s figures', async () => {
    let seen: { authorization?: string; body?: Record<string, unknown> } = {};
    const usage = { prompt_tokens: 40, completion_tokens: 12, prompt_tokens_details: { cached_tokens: 32 } };
    const url = await serve((asked, response) => {
      seen = { authorization: asked.headers.authorization, body: JSON.parse(asked.text) };
      const thought = (text: string) => ({ choices: [{ delta: { reasoning_content: text } }] });
      const chunks = [
        thought('Hm'),
        thought(', yes'),
        delta('你'),
        delta('好'),
        end(),
        { choices: [], usage },
      ];
      sse(response).end(`: ping\n\n${data(...chunks)}data: [DONE]\n\n`);
    });
    const { parts, summary } = await ask(choiceOf(url, { key: 'secret', sampling: { temperature: 0.3 } }));
    expect(parts).toEqual([thought('Hm, yes'), text('你好')]);
    expect(summary).toMatchObject({
      reason: 'stop',
      promptTokens: 40,
      reusedTokens: 32,
      newTokens: 12,
      contextUsed: 52,
      contextTokens: 8192,
    });
    expect(seen.authorization).toBe('Bearer secret');
    expect(seen.body).toMatchObject({ model: 'glm-4-9b', stream: true, temperature: 0.3, seed: 7 });
    expect(seen.body).not.toHaveProperty('top_p'); // not chosen: the server's default applies
  });

  test('omits thoughts, continues in the server’s own way, sends no extensions to unknown servers', () => {
    const messages: GenerateRequest['messages'] = [
      { role: 'user', parts: [text('a')] },
      { role: 'assistant', parts: [thought('secret'), text('b')] },
      { role: 'user', parts: [text('c')] },
      { role: 'assistant', parts: [text('half')] },
    ];
    const bodyFor = (kind: ServerChoice['kind']) =>
      requestBody(choiceOf('', { kind, sampling: { topK: 0, repetitionPenalty: 1.1 } }), {
        ...request,
        messages,
        continue: true,
      });
    expect(bodyFor('vllm')).toMatchObject({
      messages: [{ content: 'a' }, { content: 'b' }, { content: 'c' }, { content: 'half' }],
      continue_final_message: true,
      add_generation_prompt: false,
      top_k: -1,
      repetition_penalty: 1.1,
    });
    expect(bodyFor('llamacpp')).toMatchObject({ top_k: 0, repeat_penalty: 1.1 });
    expect(bodyFor('other')).not.toHaveProperty('top_k');
    expect(bodyFor('other')).not.toHaveProperty('continue_final_message');
  });

  test('requests probabilities only on demand and yields them before their tokens', async () => {
    const bodies: Record<string, unknown>[] = [];
    const top = (token: string, logprob: number) => ({ token, logprob });
    const pieces = [
      ['你', [{ id: 7, token: '你', logprob: -0.1, top_logprobs: [{ id: 7, token: '你', logprob: -0.1 }] }]],
      ['好，', [{ ...top('好', -1), top_logprobs: [top('您', -0.5), top('好', -1)] }, top('，', -2), 'odd']],
    ] as const;
    const chunks = pieces.map(([content, tokens]) => ({
      choices: [{ delta: { content }, logprobs: { content: tokens } }],
      system_fingerprint: 'b1',
      model: 'glm-4-9b-0414',
    }));
    const url = await serve(({ text }, response) => {
      bodies.push(JSON.parse(text) as Record<string, unknown>);
      sse(response).end(`${data(...chunks, end())}data: [DONE]\n\n`);
    });
    const plain = await ask(choiceOf(url));
    expect(bodies[0]).not.toHaveProperty('logprobs');
    expect(plain.events.map(({ kind }) => kind)).toEqual([
      'part-start',
      'part-delta',
      'part-delta',
      'part-end',
    ]);
    expect(plain.summary).toMatchObject({
      newTokens: 2,
      served: { model: 'glm-4-9b-0414', fingerprint: 'b1', counted: 'here' },
    });
    const { events, text } = await ask(choiceOf(url), { ...request, topLogprobs: 50 });
    expect(bodies[1]).toMatchObject({ logprobs: true, top_logprobs: 20 });
    expect(text).toBe('你好，');
    const told = events.flatMap((event) =>
      event.kind === 'part-delta' || event.kind === 'logprobs' ? [event.text] : [],
    );
    expect(told).toEqual(['你', '你', '好', '好', '，', '，']);
    const [seven, other, last] = events.flatMap((event) => (event.kind === 'logprobs' ? [event] : []));
    expect(seven).toEqual({ kind: 'logprobs', id: 7, text: '你', logprob: -0.1, top: [{ id: 7, text: '你', logprob: -0.1 }] }); // prettier-ignore
    expect(other.top.map(({ text: token }) => token)).toEqual(['您', '好']);
    expect(other.top[1].id).toBe(other.id); // a token without an id gets one here
    expect(last.top).toEqual([]);
  });

  const whole = (body: unknown, type = 'application/json') =>
    serve((_, response) => response.writeHead(200, { 'content-type': type }).end(JSON.stringify(body)));

  test('accepts a complete answer in place of a stream', async () => {
    const message = { role: 'assistant', reasoning_content: 'Hm.', content: 'Hello' };
    const usage = { prompt_tokens: 4, completion_tokens: 2 };
    const url = await whole({ choices: [{ message, finish_reason: 'stop' }], usage });
    const { parts, summary } = await ask(choiceOf(url));
    expect(parts).toEqual([thought('Hm.'), text('Hello')]);
    expect(summary).toMatchObject({ reason: 'stop', promptTokens: 4, newTokens: 2 });
  });

  test.for(['text/plain', 'application/octet-stream', ''])('accepts a stream of type "%s"', async (type) => {
    const url = await serve((_, response) => {
      response.writeHead(200, type ? { 'content-type': type } : {});
      response.end(`: hello\n\n${data(delta('a'), delta('b'), end())}data:\n\ndata: [DONE]\n\n`);
    });
    expect(await ask(choiceOf(url))).toMatchObject({ text: 'ab', summary: { reason: 'stop' } });
  });

  test('parses content as a list of parts with thoughts', async () => {
    const list = (...content: unknown[]) => ({ choices: [{ delta: { content } }] });
    const chunks = [
      list({ type: 'thinking', thinking: [{ type: 'text', text: 'Which?' }] }),
      list({ type: 'text', text: 'parts ' }),
      list({ type: 'text', text: 'af' }, { type: 'text', text: 'ter' }, null),
    ];
    const url = await serve((_, response) => sse(response).end(data(...chunks, end())));
    expect((await ask(choiceOf(url))).parts).toEqual([thought('Which?'), text('parts after')]);
  });

  test.for(['eos', 'end_turn', 'stop_sequence', 'COMPLETE'])(
    'finish_reason "%s" is a normal end',
    async (reason) => {
      const url = await serve((_, response) => sse(response).end(data(delta('Hi'), end(reason))));
      expect(await ask(choiceOf(url))).toMatchObject({ text: 'Hi', summary: { reason: 'stop' } });
    },
  );

  test('parses reasoning in the text, without its opening tag and with code in it', async () => {
    const words = 'Let me check the `map` function first.\n```py\nmap(f, xs)\n```\nIt returns a list.';
    const pieces = `${words}</think>\n\nUse \`list(map(f, xs))\`.`.match(/[\s\S]{1,3}/g) ?? [];
    const url = await serve((_, response) => sse(response).end(data(...pieces.map(delta), end())));
    expect((await ask(choiceOf(url))).parts).toEqual([thought(words), text('Use `list(map(f, xs))`.')]);
  });

  test('assembles interleaved calls from pieces, with split names', async () => {
    const call = (index: number, id: string | undefined, named: object) => ({
      choices: [{ delta: { tool_calls: [{ index, id, function: named }] } }],
    });
    const chunks = [
      delta('Let me look.'),
      call(0, 'a', { name: 'get_' }),
      call(0, undefined, { name: 'time', arguments: '' }),
      call(0, undefined, { arguments: '{"city":' }),
      call(1, 'b', { name: 'now', arguments: '{' }),
      call(0, undefined, { arguments: '"Paris"}' }),
      call(1, undefined, { arguments: '}' }),
      end('tool_calls'),
    ];
    const url = await serve((_, response) => sse(response).end(data(...chunks)));
    const { parts, events, summary } = await ask(choiceOf(url));
    expect(parts).toEqual([
      text('Let me look.'),
      { type: 'call', id: 'a', tool: 'get_time', args: '{"city":"Paris"}', state: 'unknown' },
      { type: 'call', id: 'b', tool: 'now', args: '{}', state: 'unknown' },
    ]);
    expect(summary).toMatchObject({ reason: 'observation' });
    const names = events.flatMap((event) =>
      event.kind === 'part-start' && event.part.type === 'call' ? [event.part.tool] : [],
    );
    expect(names).toEqual(['get_time', 'now']);
  });

  test('sends calls and results in separate fields, in order', () => {
    const call: Part = { type: 'call', id: 'a', tool: 'f', args: '{}', state: 'done' };
    const result: Part = { type: 'result', callId: 'a', parts: [{ type: 'text', text: '7' }] };
    const parts = [text('Wait.'), call, result, text('It is 7.')];
    const messages: GenerateRequest['messages'] = [...request.messages, { role: 'assistant', parts }];
    expect(requestBody(choiceOf(''), { ...request, messages }).messages).toEqual([
      { role: 'user', content: '你好' },
      {
        role: 'assistant',
        content: 'Wait.',
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'tool', content: '7', tool_call_id: 'a' },
      { role: 'assistant', content: 'It is 7.' },
    ]);
  });

  test('sends pictures as image_url to a server that takes them, and their words to others', async () => {
    const picture: Part = { type: 'image', blob: new Blob(['abc'], { type: 'image/png' }), alt: 'a cat' };
    const messages: GenerateRequest['messages'] = [{ role: 'user', parts: [picture, text('What is it?')] }];
    const urls = await pictureUrls(messages);
    expect(requestBody(choiceOf(''), { ...request, messages }, urls).messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: 'data:image/png;base64,YWJj' } },
          { type: 'text', text: 'What is it?' },
        ],
      },
    ]);
    expect(requestBody(choiceOf(''), { ...request, messages }).messages).toEqual([
      { role: 'user', content: 'a catWhat is it?' },
    ]);
  });

  test('sends tools as functions; GLM’s own take one text, in calls and their history', () => {
    const parts: Part[] = [
      { type: 'call', id: 'a', tool: 'python', args: 'print("1")', state: 'done' },
      { type: 'result', callId: 'a', parts: [{ type: 'text', text: 'seen by people' }], observation: '1' },
      { type: 'call', id: 'b', tool: 'f', args: '{"n":', state: 'stopped' },
      { type: 'result', callId: 'b', parts: [], observation: '' },
    ];
    const body = requestBody(choiceOf('http://x/v1'), {
      ...request,
      messages: [...request.messages, { role: 'assistant', parts }],
      continue: true,
      tools: [
        { type: 'python', name: 'python', description: '' },
        { type: 'function', name: 'f', description: 'Does it' },
      ],
    });
    expect(body).toMatchObject({
      tools: [
        { type: 'function', function: { name: 'python', parameters: { required: ['code'] } } },
        { type: 'function', function: { name: 'f', description: 'Does it', parameters: { type: 'object' } } },
      ],
      messages: [
        { role: 'user' },
        { tool_calls: [{ id: 'a', function: { name: 'python', arguments: '{"code":"print(\\"1\\")"}' } }] },
        { role: 'tool', tool_call_id: 'a', content: '1' },
        { tool_calls: [{ id: 'b', function: { arguments: '{"arguments":"{\\"n\\":"}' } }] },
        { role: 'tool', tool_call_id: 'b', content: '(no output)' },
      ],
    });
    expect(body).not.toHaveProperty('continue_final_message');
  });

  test('a call that a server wrote for Python becomes code; an id is taken once in a message', async () => {
    const named = { index: 0, id: 'call_0', function: { name: 'python', arguments: '' } };
    const json = [...'{"code": "1 + \\"é\\"\\u00e9"}'].map((piece) => ({
      index: 0,
      function: { arguments: piece },
    }));
    const baseUrl = await serve((_, response) => {
      const chunks = [named, ...json].map((call) => ({ choices: [{ delta: { tool_calls: [call] } }] }));
      sse(response).end(data(...chunks, end('tool_calls')));
    });
    const begun: Part[] = [
      { type: 'call', id: 'call_0', tool: 'python', args: '1', state: 'done' },
      { type: 'result', callId: 'call_0', parts: [], observation: '1' },
    ];
    const messages = [...request.messages, { role: 'assistant' as const, parts: begun }];
    const { parts, summary, events } = await ask(choiceOf(baseUrl), { ...request, messages, continue: true });
    const streamed = events.flatMap((event) => (event.kind === 'part-delta' ? [event.text] : []));
    expect(streamed.join('')).toBe('1 + "é"é');
    expect(summary).toMatchObject({ reason: 'observation' });
    expect(parts[2]).toEqual({
      type: 'call',
      id: 'call-2',
      tool: 'python',
      args: '1 + "é"é',
      state: 'unknown',
    });
  });

  test('continues an answer within its thought', async () => {
    const begun: Part = { type: 'thought', text: 'Hm', unfinished: true };
    const messages: GenerateRequest['messages'] = [
      ...request.messages,
      { role: 'assistant', parts: [begun] },
    ];
    let sent = '';
    const url = await serve((asked, response) => {
      sent = asked.text;
      sse(response).end(data(delta(', yes</thi'), delta('nk>\n\nHello'), end()));
    });
    const { parts } = await ask(choiceOf(url), { ...request, messages, continue: true });
    expect(parts).toEqual([thought('Hm, yes'), text('Hello')]);
    expect((JSON.parse(sent) as { messages: unknown[] }).messages.at(-1)).toMatchObject({
      content: '<think>Hm',
    });
  });

  test('a stop closes the connection and keeps the figures', async () => {
    let closed!: () => void;
    const whenClosed = new Promise<void>((resolve) => (closed = resolve));
    const url = await serve((_, response) => {
      sse(response).write(data(delta('a'), delta('b')));
      response.on('close', closed);
    });
    const controller = new AbortController();
    const call = serverGenerate(choiceOf(url), request, {
      signal: controller.signal,
      onEvent: (event) => event.kind === 'part-delta' && event.text === 'b' && controller.abort(),
    });
    expect(await call).toMatchObject({ reason: 'aborted', newTokens: 2 });
    await whenClosed;
  });

  test.for([
    ['the line breaks', data(delta('half')), true, 'server-cut'],
    ['it ends without an end', data(delta('half')), false, 'server-cut'],
    ['the server fails', data(delta('half'), { error: { message: 'out of memory' } }), false, 'server-error'],
    ['it sends no JSON', `${data(delta('half'))}data: oops\n\n`, false, 'server-error'],
    ['it takes the rest back', data(delta('half'), end('content_filter')), false, 'server-error'],
  ] as const)('%s: what came before is there', async ([, body, broken, code]) => {
    const url = await serve((_, response) => {
      sse(response).write(body, () => (broken ? response.destroy() : response.end()));
    });
    const { text, summary } = await ask(choiceOf(url));
    expect(text).toBe('half');
    expect(summary).toMatchObject({ error: { code } });
  });

  test('reports an error or a web page in place of a stream', async () => {
    const bodies = ['{"error":{"code":"1113","message":"no balance"}}', '<html>'];
    const url = await serve((_, response) => response.end(bodies.shift()));
    expect((await ask(choiceOf(url))).summary).toMatchObject({
      error: { code: 'server-error', details: { why: 'no balance' } },
    });
    expect((await ask(choiceOf(url))).summary).toMatchObject({ error: { code: 'server-not-openai' } });
  });
});
