// The embedding client over a scripted engine; the real one is in e2e/embedding.engine.spec.ts.
import { expect, test, vi } from 'vitest';
import type { GenerateEvent, GenerateRequest, GenerateSummary, Part, Turn } from '../protocol/chat';
import type { ModelInfo } from '../protocol/models';
import type { CompletionChunk, CompletionParams } from './completionTypes';
import type { EngineClient } from '../client/engineClient';
import { textOf } from '../shared/parts';
import { PartWriter } from '../shared/partWriter';
import { createGlmOver } from './glm';
import { stopFilter } from './stopText';

/** Node has none. */
class Progress extends Event {
  readonly loaded: number;
  constructor(type: string, { loaded }: { loaded: number }) {
    super(type);
    this.loaded = loaded;
  }
}
vi.stubGlobal('ProgressEvent', Progress);

const info = {
  id: 'm1',
  name: 'GLM',
  contextTokens: 100,
  vocabSize: 1000,
  tools: true,
  sampling: { temperature: 0.6, topP: 0.8, topK: 40, minP: 0, repetitionPenalty: 1.1 },
} as ModelInfo;
const done: GenerateSummary = {
  reason: 'stop',
  promptTokens: 9,
  reusedTokens: 4,
  newTokens: 3,
  prefillMs: 1,
  decodeMs: 1,
  contextUsed: 12,
  contextTokens: 100,
};

type Answer = (
  request: GenerateRequest,
  signal: AbortSignal,
  tell: (text: string) => void,
  writer: PartWriter,
) => Promise<GenerateSummary>;

const wordsOf = ({ parts }: { parts?: Part[] }) => textOf(parts ?? []);
const textTurn = (role: Turn['role'], text: string): Turn => ({ role, parts: [{ type: 'text', text }] });

/** A client over an engine whose answers are `answer`; `requests` is what it was asked. */
function over(answer: Answer, stored: { id: string; origin: string }[] = []) {
  const requests: GenerateRequest[] = [];
  let running = 0;
  const call = async (
    name: string,
    args: unknown,
    options: { signal?: AbortSignal; onEvent?: unknown } = {},
  ) => {
    const tell = (event: GenerateEvent) =>
      (options.onEvent as ((e: GenerateEvent) => void) | undefined)?.(event);
    if (name === 'load') return info;
    if (name === 'device') return {};
    if (name === 'listModels') return stored;
    if (name === 'countTokens') {
      const { messages } = args as GenerateRequest;
      return { tokens: 2 + messages.reduce((sum, turn) => sum + wordsOf(turn).length, 0) };
    }
    expect(++running, 'two answers at once').toBe(1);
    requests.push(args as GenerateRequest);
    const signal = options.signal ?? new AbortController().signal;
    const { messages, continue: goesOn } = args as GenerateRequest;
    const writer = new PartWriter({
      onEvent: tell,
      begun: goesOn ? messages.at(-1)?.parts : [],
      figures: () => ({ tokens: 1, contextUsed: 1 }),
    });
    try {
      const summary = await answer(
        args as GenerateRequest,
        signal,
        (text) => writer.write('text', text),
        writer,
      );
      writer.close();
      return summary;
    } finally {
      running--;
    }
  };
  const engine = { call, onDeviceLost: () => () => {}, dispose: () => {} } as unknown as EngineClient;
  return { glm: createGlmOver(engine), requests };
}

const says =
  (...pieces: string[]): Answer =>
  async (_, signal, tell) => {
    for (const piece of pieces) {
      await Promise.resolve();
      if (signal.aborted) return { ...done, reason: 'aborted' };
      tell(piece);
    }
    return done;
  };
/** Says one word, then waits to be stopped. */
const endless: Answer = (_, signal, tell) =>
  new Promise((resolve) => {
    tell('word');
    signal.addEventListener('abort', () => resolve({ ...done, reason: 'aborted' }));
  });
const messages = [{ role: 'user' as const, content: 'Hello' }];

async function read(chunks: AsyncIterable<CompletionChunk>) {
  const all: CompletionChunk[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return { all, text: all.map(({ choices: [choice] }) => choice?.delta.content ?? '').join('') };
}

test('a whole answer, with usage, and the parameters as the engine has them', async () => {
  const { glm, requests } = over(says('Hi', ' there'));
  await glm.load('https://x/m.gguf');
  const answer = await glm.chat.completions.create({
    model: 'GLM',
    messages: [{ role: 'developer', content: [{ type: 'text', text: 'Be brief.' }] }, ...messages],
    temperature: 0,
    max_tokens: 5,
    seed: 7,
    presence_penalty: 0.5,
  });
  expect(answer).toMatchObject({
    object: 'chat.completion',
    model: 'GLM',
    choices: [{ message: { role: 'assistant', content: 'Hi there' }, finish_reason: 'stop', logprobs: null }],
    usage: {
      prompt_tokens: 9,
      completion_tokens: 3,
      total_tokens: 12,
      prompt_tokens_details: { cached_tokens: 4 },
    },
  });
  expect(requests[0]).toMatchObject({
    messages: [textTurn('system', 'Be brief.'), textTurn('user', 'Hello')],
    sampling: { temperature: 0, topP: 0.8, topK: 40, presencePenalty: 0.5, seed: 7 },
    maxTokens: 5,
    contextPolicy: 'stop',
  });
});

test('how much a model thinks: an effort of the API, the app’s word, or a budget', async () => {
  const { glm, requests } = over(says('Hi'));
  await glm.load('u');
  const { completions } = glm.chat;
  const asked = [
    ...[{}, { reasoning_effort: 'xhigh' }, { reasoning_effort: 'none' }, { reasoning_effort: 'medium' }],
    ...[{ thinking: 'short' }, { thinking: 100 }],
  ] as Pick<CompletionParams, 'thinking' | 'reasoning_effort'>[];
  for (const thinking of asked) await completions.create({ messages, ...thinking });
  const session = await glm.languageModel('u').create({ thinking: 'off' });
  await (await session.clone()).prompt('Hello');
  expect(requests.map(({ thinkingTokens }) => thinkingTokens)).toEqual([
    ...[undefined, undefined, 0, 2048, 512, 100, 0],
  ]);
  for (const wrong of [
    ...[{ thinking: 'much' }, { thinking: -1 }, { reasoning_effort: 'short' }],
    { thinking: 'off', reasoning_effort: 'low' },
  ])
    await expect(completions.create({ messages, ...wrong } as never)).rejects.toMatchObject({
      code: 'bad-request',
    });
});

test('a stream: role first, the reason last, then the usage if wanted', async () => {
  const { glm } = over(says('Hi', ' there'));
  await glm.load('u');
  const params = { messages, stream: true as const, stream_options: { include_usage: true } };
  const { all, text } = await read(await glm.chat.completions.create(params));
  expect(text).toBe('Hi there');
  expect(all[0].choices[0].delta).toEqual({ role: 'assistant', content: 'Hi' });
  expect(all.at(-2)?.choices[0]).toMatchObject({ delta: {}, finish_reason: 'stop' });
  expect(all.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 12 } });
  expect(new Set(all.map(({ id }) => id)).size).toBe(1);
});

test('tools, calls and their results reach the engine as turns with parts', async () => {
  const { glm, requests } = over(async () => done);
  await glm.load('u');
  const call = (id: string) => ({ id, type: 'function' as const, function: { name: 'f', arguments: '{}' } });
  const tools = [{ type: 'function' as const, function: { name: 'f', description: 'Does it' } }];
  await glm.chat.completions.create({
    tools,
    messages: [
      { role: 'user', content: 'Do it twice' },
      { role: 'assistant', content: null, tool_calls: [call('a'), call('b')] },
      { role: 'tool', tool_call_id: 'a', content: 'one' },
      { role: 'tool', tool_call_id: 'b', content: '' },
    ],
  });
  expect(requests[0]).toMatchObject({
    continue: true,
    tools: [{ type: 'function', name: 'f', description: 'Does it' }],
    messages: [
      { role: 'user' },
      {
        role: 'assistant',
        parts: [
          { type: 'call', id: 'a', tool: 'f', args: '{}' },
          { type: 'call', id: 'b' },
          { type: 'result', callId: 'a', observation: 'one' },
          { type: 'result', callId: 'b', observation: '(no output)' },
        ],
      },
    ],
  });
  await glm.chat.completions.create({
    tools,
    tool_choice: 'none',
    messages: [{ role: 'user', content: 'Hi' }],
  });
  expect(requests[1].tools).toBeUndefined();
  for (const tool_choice of ['required', { type: 'function', function: { name: 'f' } }] as const)
    await glm.chat.completions.create({ tools, tool_choice, messages: [{ role: 'user', content: 'Hi' }] });
  expect(requests.slice(2).map(({ toolChoice }) => toolChoice)).toEqual(['required', { name: 'f' }]);
});

/** Thinks, speaks and calls a tool. */
const acts: Answer = async (_, __, ___, writer) => {
  writer.write('thought', 'Which ');
  writer.write('thought', 'city?');
  writer.write('text', 'Let me look.');
  writer.startCall('get_time');
  writer.writeArgs('{"city":');
  writer.writeArgs(' "Paris"}');
  return { ...done, reason: 'observation' };
};

test('thoughts and calls have fields of their own, whole and in a stream', async () => {
  const { glm } = over(acts);
  await glm.load('u');
  const { choices } = await glm.chat.completions.create({ messages });
  expect(choices[0]).toMatchObject({
    message: {
      content: 'Let me look.',
      reasoning_content: 'Which city?',
      tool_calls: [
        { id: 'call-2', type: 'function', function: { name: 'get_time', arguments: '{"city": "Paris"}' } },
      ],
    },
    finish_reason: 'tool_calls',
  });
  const { all, text } = await read(await glm.chat.completions.create({ messages, stream: true }));
  expect(text).toBe('Let me look.');
  const deltas = all.map((chunk) => chunk.choices[0].delta);
  expect(deltas.map((delta) => delta.reasoning_content ?? '').join('')).toBe('Which city?');
  const calls = deltas.flatMap((delta) => delta.tool_calls ?? []);
  expect(calls[0]).toEqual({
    index: 0,
    id: 'call-2',
    type: 'function',
    function: { name: 'get_time', arguments: '' },
  });
  expect(calls.map((call) => call.function.arguments).join('')).toBe('{"city": "Paris"}');
  expect(all.at(-1)?.choices[0].finish_reason).toBe('tool_calls');
});

test('a thought whose opening tag is missing is no content of a whole answer', async () => {
  const { glm } = over(async (_, __, tell, writer) => {
    tell('Hm.');
    writer.endAsThought();
    tell('Yes.');
    return done;
  });
  await glm.load('u');
  const { choices } = await glm.chat.completions.create({ messages });
  expect(choices[0].message).toEqual({ role: 'assistant', content: 'Yes.', reasoning_content: 'Hm.' });
});

test('stop sequences end the answer before them, wherever they are cut', async () => {
  const { glm } = over(says('one ', 'EN', 'ough EN', 'D two'));
  await glm.load('u');
  const answer = await glm.chat.completions.create({ messages, stop: ['END', 'never'] });
  expect(answer.choices[0]).toMatchObject({ message: { content: 'one ENough ' }, finish_reason: 'stop' });
  const text = 'xaabaabacy';
  for (let cut = 0; cut <= text.length; cut++) {
    const filter = stopFilter(['aabac']);
    expect(filter.take(text.slice(0, cut)) + filter.take(text.slice(cut)) + filter.rest()).toBe('xaab');
  }
});

test('answers wait for each other; leaving a stream stops its answer', async () => {
  let stopped = 0;
  const { glm } = over(async (request, signal, tell, writer) => {
    const summary = await (request.maxTokens ? says('next') : endless)(request, signal, tell, writer);
    stopped += Number(summary.reason === 'aborted');
    return summary;
  });
  await glm.load('u');
  const first = await glm.chat.completions.create({ messages, stream: true });
  const second = glm.chat.completions.create({ messages, max_tokens: 3 });
  for await (const chunk of first) if (chunk.choices[0].delta.content) break;
  expect((await second).choices[0].message.content).toBe('next');
  expect(stopped).toBe(1);
});

test('a signal rejects with its reason, also of one that waits', async () => {
  const { glm, requests } = over(endless);
  await glm.load('u');
  const controllers = [new AbortController(), new AbortController()];
  const calls = controllers.map(({ signal }) => glm.chat.completions.create({ messages }, { signal }));
  const settled = Promise.allSettled(calls);
  controllers[1].abort(new Error('second'));
  await new Promise((resolve) => setTimeout(resolve, 5));
  controllers[0].abort(new Error('first'));
  expect(await settled).toMatchObject([{ reason: { message: 'first' } }, { reason: { message: 'second' } }]);
  expect(requests).toHaveLength(1);
});

test('errors say what, before the first piece', async () => {
  const { glm } = over(async () => ({ ...done, reason: 'context', newTokens: 0, promptTokens: 150 }));
  const create = glm.chat.completions.create;
  await expect(create({ messages })).rejects.toMatchObject({ code: 'no-model' });
  await glm.load('u');
  const f = { type: 'function', function: { name: 'f' } };
  const wrong: [object, string][] = [
    [{ messages: [] }, 'messages'],
    [{ messages: [{ role: 'tool', content: '' }] }, 'messages[0].tool_call_id'],
    [{ messages, temperature: 3 }, 'temperature'],
    [{ messages, top_logprobs: 2 }, 'top_logprobs'],
    [{ messages, stop: [''] }, 'stop'],
    [{ messages, tools: [{ type: 'function', function: { name: 'a b' } }] }, 'tools[0]'],
    [{ messages, tool_choice: 'required' }, 'tool_choice'],
    [{ messages, tools: [f], tool_choice: { type: 'function', function: { name: 'g' } } }, 'tool_choice'],
    [{ messages, tools: [f], tool_choice: 'any' }, 'tool_choice'],
    [{ messages, model: 'gpt-4o' }, 'model'],
  ];
  for (const [params, field] of wrong) {
    for (const stream of [true, false]) {
      const asked = create({ ...params, stream } as unknown as Parameters<typeof create>[0]);
      await expect(asked, field).rejects.toMatchObject({ code: 'bad-request', details: { field } });
    }
  }
  await expect(create({ messages, stream: true })).rejects.toMatchObject({
    code: 'context-full',
    details: { promptTokens: 150, contextTokens: 100 },
  });
});

test('LanguageModel: sessions with a past, measured, cloned and destroyed', async () => {
  const { glm, requests } = over(says('Hi', '!'), [{ id: 'm1', origin: 'u' }]);
  const LanguageModel = glm.languageModel('u');
  expect(await LanguageModel.availability()).toBe('available'); // stored
  expect(await glm.languageModel('v').availability()).toBe('downloadable');
  const progress: number[] = [];
  const session = await LanguageModel.create({
    initialPrompts: [{ role: 'system', content: 'Be brief.' }],
    temperature: 0.2,
    topK: 3,
    monitor: (m) =>
      m.addEventListener('downloadprogress', (event) => progress.push((event as ProgressEvent).loaded)),
  });
  expect(progress.at(-1)).toBe(1);
  expect(session).toMatchObject({ inputUsage: 11, inputQuota: 100, topK: 3, temperature: 0.2 });
  expect(await session.measureInputUsage('four')).toBe(4);
  expect(await session.prompt('One')).toBe('Hi!');
  expect(session.inputUsage).toBe(12);
  const other = await session.clone();
  await session.append([{ role: 'user', content: 'noted' }]);
  let text = '';
  const reader = other.promptStreaming('Two').getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) text += next.value;
  expect(text).toBe('Hi!');
  expect(requests[1].messages.map(wordsOf)).toEqual(['Be brief.', 'One', 'Hi!', 'Two']);
  await session.prompt([
    { role: 'user', content: 'Three' },
    { role: 'assistant', content: 'So', prefix: true },
  ]);
  expect(requests[2]).toMatchObject({ continue: true, sampling: { temperature: 0.2, topK: 3 } });
  await session.prompt('Four');
  const contents = requests[3].messages.map(wordsOf);
  expect(contents).toEqual(['Be brief.', 'One', 'Hi!', 'noted', 'Three', 'SoHi!', 'Four']);
  session.destroy();
  await expect(session.prompt('Five')).rejects.toMatchObject({ name: 'InvalidStateError' });
  expect(await other.prompt('Still here')).toBe('Hi!');
});

test('LanguageModel: what no longer fits leaves, and an event says so', async () => {
  const { glm, requests } = over(
    async (_, __, tell) => (tell('ok'), { ...done, droppedTurns: requests.length > 2 ? 1 : 0 }),
  );
  const session = await glm.languageModel('u').create({ initialPrompts: [{ role: 'system', content: 'S' }] });
  let overflows = 0;
  session.addEventListener('quotaoverflow', () => overflows++);
  for (const question of ['a', 'b', 'c']) await session.prompt(question);
  expect(overflows).toBe(1);
  await session.prompt('d');
  expect(requests[3].messages.map(wordsOf)).toEqual(['S', 'b', 'ok', 'c', 'ok', 'd']);
});

test('LanguageModel: a stop is not remembered, a canceled stream stops the model', async () => {
  const { glm } = over(endless);
  const session = await glm.languageModel('u').create();
  const controller = new AbortController();
  const asked = session.prompt('One', { signal: controller.signal });
  setTimeout(() => controller.abort(), 5);
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  const reader = session.promptStreaming('Two').getReader();
  expect(await reader.read()).toEqual({ done: false, value: 'word' });
  await reader.cancel();
  const after = glm.chat.completions.create({ messages }, { signal: AbortSignal.timeout(20) });
  await expect(after).rejects.toMatchObject({ name: 'TimeoutError' }); // it ran: the engine was free again
});
