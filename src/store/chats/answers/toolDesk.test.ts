// Answers with tools, in the store: permission, results in the tree, a stop, a call that runs again, a page that crashed.
import { expect, test } from 'vitest';
import type { CallPart, GenerateRequest, Part, ResultPart } from '../../../protocol/chat';
import { AppError } from '../../../shared/errors';
import { PartWriter } from '../../../shared/partWriter';
import { ToolRegistry, type ToolEntry } from '../../../tools/registry';
import type { Tool } from '../../../tools/tool';
import { answerSettings } from '../../selectors';
import { gate, info, setUp, summary, until, type SetUp } from '../../scriptedStore';
import { shownMessages } from '../selectors';
import { branchesOf } from '../tree';
import type { AssistantMessage } from '../types';

const entry = (run: Tool['run'], more: Partial<ToolEntry> = {}): ToolEntry => {
  const spec = { type: 'function' as const, name: 'f', description: 'Does it' };
  return {
    spec,
    reach: 'caged',
    kind: 'built-in',
    usual: 'ask',
    load: async () => ({ spec, reach: 'caged', run }),
    ...more,
  };
};

const echo: Tool['run'] = async (args) => ({
  parts: [{ type: 'text', text: args }],
  observation: `got ${args}`,
});

/** A model that calls `f` once and then tells what it read. */
async function ready(entries: ToolEntry[], options: SetUp = {}) {
  const all = setUp(
    {
      load: async () => ({ ...info('m'), tools: true }),
      async generate(request: GenerateRequest, { onEvent }) {
        const begun = request.continue ? (request.messages.at(-1)?.parts ?? []) : [];
        const result = begun.findLast((part): part is ResultPart => part.type === 'result');
        const writer = new PartWriter({
          onEvent: onEvent!,
          begun,
          figures: () => ({ tokens: 1, contextUsed: 1 }),
        });
        onEvent?.({
          kind: 'prompt',
          prompt: { modelId: 'm', promptIds: [1], answerStart: 1, droppedTurns: 0 },
        });
        if (result || !request.tools) writer.write('text', `It ${result?.observation}.`);
        else {
          writer.startCall('f');
          writer.writeArgs('{"n":1}');
        }
        writer.close();
        return summary(result ? 'stop' : 'observation');
      },
    },
    { ...options, tools: new ToolRegistry(entries) },
  );
  const state = all.store.getState;
  await state().desk.startModel();
  const last = () => shownMessages(state()).at(-1) as AssistantMessage;
  const ended = () => until(() => state().turn === null);
  const asked = () => until(() => state().toolAsked !== null);
  return { ...all, state, last, ended, asked };
}

const kinds = (parts: readonly Part[]) =>
  parts.map((part) => (part.type === 'call' ? part.state : part.type));

test('a call asks; allowed for the chat, it asks no more there; for ever, nowhere', async () => {
  const { state, last, ended, asked, savedPreferences } = await ready([entry(echo)]);
  expect(state().tools).toMatchObject([{ name: 'f', available: true, permission: 'ask' }]);
  state().send('Do it');
  await asked();
  expect(state().toolAsked).toMatchObject({
    call: { tool: 'f', state: 'asks' },
    reach: 'caged',
    tainted: false,
  });
  state().answerTool('chat');
  await ended();
  expect(kinds(last().parts)).toEqual(['done', 'result', 'text']);
  expect(last().made?.tools).toEqual(['f']);
  state().send('Again');
  await ended();
  expect(kinds(last().parts)).toEqual(['done', 'result', 'text']);
  state().newChat();
  state().send('Elsewhere');
  await asked();
  state().answerTool('always');
  await ended();
  expect(savedPreferences().toolPermissions).toEqual({ f: 'always' });
  expect(state().tools[0].permission).toBe('always');
});

test('a refusal is told to the model; a stop while it asks ends the answer', async () => {
  const { state, last, ended, asked } = await ready([entry(echo)]);
  state().send('Do it');
  await asked();
  state().answerTool('refuse');
  await ended();
  expect(last().parts.at(-1)).toMatchObject({ text: expect.stringContaining('refused') as string });
  state().send('Again');
  await asked();
  state().stop();
  expect(state()).toMatchObject({ turn: null, toolAsked: null });
  expect(kinds(last().parts)).toEqual(['stopped', 'result']);
  expect(last().end).toBe('aborted');
});

test('a call runs again with other arguments in a branch, and the answer goes on from there', async () => {
  const { state, last, ended } = await ready([entry(echo, { usual: 'always' })]);
  state().send('Do it');
  await ended();
  const first = last();
  state().runCallAgain(first.id, 'call-0', '{"n":2}');
  await ended();
  expect((last().parts[0] as CallPart).args).toBe('{"n":2}');
  expect(last().parts.at(-1)).toMatchObject({ text: 'It got {"n":2}.' });
  const chat = state().chats[state().currentId];
  expect(branchesOf(chat, last()).map(({ id }) => id)).toEqual([first.id, last().id]);
});

test('tools of a chat are its own setting; a form of the answer leaves no room for calls', async () => {
  const { state, requests, ended } = await ready([entry(echo, { usual: 'always' })]);
  state().setChatTools([]);
  state().send('Do it');
  await ended();
  expect(requests.at(-1)?.tools).toBeUndefined();
  state().setChatTools(['f']);
  state().setAnswering({ format: { kind: 'choice', options: ['a'] } });
  state().send('Do it');
  await ended();
  expect(requests.at(-1)).toMatchObject({ format: { kind: 'choice' } });
  expect(requests.at(-1)?.tools).toBeUndefined();
  expect(answerSettings(state()).tools).toEqual(['f']);
});

test('an answer whose page crashed inside a tool run runs the call again and goes on', async () => {
  const held = gate();
  const pages = (name: string) => ({ name, open: async () => new Set<string>(), onHide: () => {} });
  const { database, state, saved, records } = await ready(
    [entry(async (args) => (await held.promise, echo(args, undefined as never)), { usual: 'always' })],
    { pages: pages('first') },
  );
  await state().openChats();
  state().send('Do it');
  await until(
    () => state().turn?.parts.some((part) => part.type === 'call' && part.state === 'runs') === true,
  );
  await until(() =>
    [...records.values()].some(({ messages }) => messages.some(({ role }) => role === 'assistant')),
  );
  const again = await ready([entry(echo, { usual: 'always' })], {
    database,
    pages: pages('second'),
    saved: [...saved].filter(([key]) => key === 'glm-answering'),
  });
  await again.state().openChats();
  await until(() => again.state().turn === null && again.last()?.parts.length === 3);
  expect(kinds(again.last().parts)).toEqual(['done', 'result', 'text']);
  held.open();
});

test('a call whose tool needs a person is made when the answer is continued', async () => {
  let isHere = false;
  const needy: Tool['run'] = async (args, context) => {
    context.onProgress([{ type: 'text', text: '12 %' }]);
    if (!isHere) throw new AppError('part-missing', 'missing', { file: 'x', host: 'y' });
    return echo(args, context);
  };
  const { state, last, ended } = await ready([entry(needy, { usual: 'always' })]);
  state().send('Do it');
  await ended();
  expect([last().end, kinds(last().parts)[0]]).toEqual(['error', 'failed']);
  expect(state().turnError?.error.code).toBe('part-missing');
  isHere = true;
  state().continueAnswer();
  await ended();
  expect(kinds(last().parts)).toEqual(['done', 'result', 'text']);
  expect(last().parts.at(-1)).toMatchObject({ text: 'It got {"n":1}.' });
});

test('an answer with calls is inspected request by request', async () => {
  const { state, last, ended, requests } = await ready([entry(echo, { usual: 'always' })]);
  state().send('Do it');
  await ended();
  state().openAbout(last().id);
  await state().inspect();
  expect(state().inspection).toMatchObject({ status: 'done', partsAt: -1 });
  const begun = requests.slice(2).map(({ messages, tools }) => [messages.at(-1)?.role, tools?.length]);
  expect(begun).toEqual([
    ['user', 1],
    ['assistant', 1],
  ]);
});
