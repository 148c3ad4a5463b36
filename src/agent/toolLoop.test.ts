// Turns with tools, over an answerer that writes what a script says.
import { expect, test, vi } from 'vitest';
import type {
  CallPart,
  GenerateRequest,
  GenerateSummary,
  Part,
  ResultPart,
  ToolEvent,
} from '../protocol/chat';
import { PartWriter } from '../shared/partWriter';
import { decide } from '../tools/permissions';
import type { ReadyTool } from '../tools/registry';
import type { ToolContext, ToolOutcome } from '../tools/tool';
import type { Answerer } from './answerer';
import { MOST_HOPS, runTurn, type AskedCall, type TurnTools } from './turn';
import type { TurnRequest } from './turnRequest';

const text = (words: string): Part => ({ type: 'text', text: words });
const summary = (reason: GenerateSummary['reason'], promptTokens: number): GenerateSummary => ({
  ...{
    reason,
    promptTokens,
    reusedTokens: 0,
    prefilledTokens: promptTokens,
    newTokens: 3,
    prefillMs: 1,
    decodeMs: 2,
  },
  ...{ contextUsed: promptTokens + 3, contextTokens: 400 },
});
type Step = string | { call: string; args?: string; cut?: boolean }[];

/** Writes one step of the script per request: a text, or calls. */
function scripted(steps: Step[]) {
  const requests: GenerateRequest[] = [];
  const answerer: Pick<Answerer, 'can' | 'generate' | 'countTokens'> = {
    can: { continue: true, tools: true, images: false, logprobs: true, constrain: true },
    countTokens: async ([{ parts }]) => (parts[0].type === 'text' ? parts[0].text.length : 0),
    async generate(request, { onEvent }) {
      requests.push(structuredClone(request));
      const step = steps[requests.length - 1] ?? 'End.';
      const begun = request.continue ? request.messages.at(-1)?.parts : [];
      const figures = () => ({ tokens: 1, contextUsed: 1 });
      const writer = new PartWriter({ onEvent: (event) => onEvent?.(event), begun, figures });
      if (typeof step === 'string') writer.write('text', step);
      else
        for (const { call, args = '{}', cut } of step) {
          writer.startCall(call);
          writer.writeArgs(args);
          writer.close(cut);
        }
      writer.close();
      const isCut = typeof step !== 'string' && step.some(({ cut }) => cut);
      return summary(
        typeof step === 'string' ? 'stop' : isCut ? 'length' : 'observation',
        10 * requests.length,
      );
    },
  };
  return { answerer, requests };
}

const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };

function tool(
  name: string,
  run: (args: string, context: ToolContext) => Promise<ToolOutcome> | ToolOutcome,
  more: Partial<ReadyTool> = {},
): ReadyTool {
  return {
    spec: { type: 'function', name, description: name },
    key: name,
    reach: 'caged',
    usual: 'always',
    run: async (args, context) => run(args, context),
    ...more,
  };
}
const says = (observation: string): ToolOutcome => ({
  parts: [{ type: 'text', text: observation }],
  observation,
});

function turnOf(tools: ReadyTool[], more: Partial<TurnRequest & Pick<TurnTools, 'ask'>> = {}) {
  const asked: AskedCall[] = [];
  const { ask = async () => true, ...rest } = more;
  const turn: TurnRequest = {
    systemPrompt: '',
    history: [{ role: 'user', parts: [text('Do it')] }],
    sampling: { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 0 },
    tools: {
      tools,
      chatId: 'chat',
      contextTokens: () => 400,
      decide: (request) => decide(request, { everywhere: {}, inChat: [] }),
      ask: (call, signal) => (asked.push(call), ask(call, signal)),
    },
    ...rest,
  };
  return { turn, asked };
}

const calls = (parts: readonly Part[]) => parts.filter((part): part is CallPart => part.type === 'call');
const results = (parts: readonly Part[]) =>
  parts.filter((part): part is ResultPart => part.type === 'result');

test('a tool that needs a download asks a person, also where the call itself is allowed', async () => {
  const download = { parts: 'numpy', bytes: 3e6, host: 'cdn.example' };
  const fetching = tool('fetching', async (_, { allowDownload }) =>
    says((await allowDownload?.(download)) ? 'fetched' : 'not fetched'),
  );
  for (const allowed of [true, false]) {
    const { answerer, requests } = scripted([[{ call: 'fetching' }], 'End.']);
    const { turn, asked } = turnOf([fetching], { ask: async () => allowed });
    await runTurn(answerer, turn, {});
    expect(asked).toMatchObject([{ download, call: { state: 'asks' } }]);
    const observation = allowed ? 'fetched' : 'not fetched';
    expect(results(requests[1].messages.at(-1)?.parts ?? [])).toMatchObject([{ observation }]);
  }
});

test('a call runs, its result goes back, and the answer goes on', async () => {
  const { answerer, requests } = scripted([[{ call: 'add', args: '{"n":1}' }], 'Two.']);
  const seen: string[] = [];
  const { turn } = turnOf([
    tool('add', (args) => says(`got ${args}`), {
      spec: { type: 'function', name: 'add', description: 'Adds one', parameters: schema },
    }),
  ]);
  const {
    parts,
    summary: total,
    hops,
  } = await runTurn(answerer, turn, {
    onEvent: (event) =>
      event.kind === 'tool' && seen.push(event.part.type === 'call' ? event.part.state : 'result'),
  });
  expect(parts.map(({ type }) => type)).toEqual(['call', 'result', 'text']);
  expect(calls(parts)[0]).toMatchObject({ state: 'done', ranMs: expect.any(Number) as number });
  expect(results(parts)[0]).toMatchObject({ callId: 'call-0', observation: 'got {"n":1}' });
  expect(seen).toEqual(['runs', 'result', 'done']);
  expect(requests.map(({ tools }) => tools?.map(({ name }) => name))).toEqual([['add'], ['add']]);
  expect(requests[1]).toMatchObject({ continue: true });
  expect(requests[1].messages.at(-1)?.parts.map(({ type }) => type)).toEqual(['call', 'result']);
  expect(total).toMatchObject({ reason: 'stop', promptTokens: 20, newTokens: 6, prefilledTokens: 30 });
  expect(hops).toHaveLength(2);
});

test('several calls of one answer run in order, one observation each', async () => {
  const order: string[] = [];
  const slow = (name: string, ms: number) =>
    tool(name, async () => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      order.push(name);
      return says(name);
    });
  const { answerer } = scripted([[{ call: 'a' }, { call: 'b' }], 'Done.']);
  const { parts } = await runTurn(answerer, turnOf([slow('a', 20), slow('b', 0)]).turn, {});
  expect(order).toEqual(['a', 'b']);
  expect(results(parts).map(({ observation }) => observation)).toEqual(['a', 'b']);
});

test('arguments that are wrong go back to the model with the path and the expected type', async () => {
  const run = vi.fn(() => says('ran'));
  const spec = { type: 'function' as const, name: 'f', description: '', parameters: schema };
  const wrong = ['{"n":"x"}', '{"n":1} and more', '[1]', '{"n":1,"n":2}', '{}'];
  const { answerer } = scripted([
    ...wrong.map((args) => [{ call: 'f', args }]),
    [{ call: 'f', args: '{"n":3}' }],
  ]);
  const { parts } = await runTurn(answerer, turnOf([tool('f', run, { spec })]).turn, {});
  expect(run).toHaveBeenCalledTimes(1);
  const told = results(parts).map(({ observation }) => observation ?? '');
  expect(told[0]).toMatch(/\/n\b.*integer/);
  expect(told[1]).toMatch(/not JSON/);
  expect(told[2]).toMatch(/object, not a list/);
  expect(told[3]).toMatch(/"n" twice/);
  expect(told[4]).toMatch(/n/);
  expect(calls(parts).map(({ state }) => state)).toEqual([...wrong.map(() => 'failed'), 'done']);
});

test('a call that was cut off is not run and says so; the answer ends with its reason', async () => {
  const run = vi.fn(() => says(''));
  const { answerer, requests } = scripted([[{ call: 'f', args: '{"n"', cut: true }]]);
  const { parts, summary: total } = await runTurn(answerer, turnOf([tool('f', run)]).turn, {});
  expect(run).not.toHaveBeenCalled();
  expect(total.reason).toBe('length');
  expect(results(parts)[0]).toMatchObject({
    failed: true,
    observation: expect.stringContaining('cut off') as string,
  });
  expect(requests).toHaveLength(1);
});

test('nothing said is sent as (no output); an unknown tool and a refusal are told', async () => {
  const { answerer } = scripted([[{ call: 'f' }, { call: 'g' }, { call: 'h' }], 'Done.']);
  const tools = [
    tool('f', () => ({ parts: [], observation: ' ' })),
    tool('h', () => says('x'), { usual: 'ask' }),
  ];
  const { turn, asked } = turnOf(tools, { ask: async () => false });
  const { parts } = await runTurn(answerer, turn, {});
  expect(results(parts).map(({ observation }) => observation)).toEqual([
    '(no output)',
    'There is no tool g. Tools: f, h.',
    expect.stringContaining('refused') as string,
  ]);
  expect(calls(parts).map(({ state }) => state)).toEqual(['done', 'unknown', 'refused']);
  expect(asked.map(({ call }) => [call.tool, call.state])).toEqual([['h', 'asks']]);
});

test('the same call without anything new ends the turn; something new in between allows it', async () => {
  let n = 0;
  const tools = [tool('same', () => says('same')), tool('next', () => says(String(n++)))];
  const twice = scripted([
    [{ call: 'same', args: '{"a":1,"b":2}' }],
    [{ call: 'same', args: '{ "b": 2, "a": 1 }' }],
  ]);
  const first = await runTurn(twice.answerer, turnOf(tools).turn, {});
  expect(first).toMatchObject({ limit: 'repeated' });
  expect(calls(first.parts).map(({ state }) => state)).toEqual(['done', 'stopped']);
  expect(twice.requests).toHaveLength(2);
  const between = scripted([[{ call: 'same' }], [{ call: 'next' }], [{ call: 'same' }], 'Done.']);
  expect((await runTurn(between.answerer, turnOf(tools).turn, {})).limit).toBeUndefined();
});

test('a turn has at most ten requests; its last calls are told that they were not run', async () => {
  let n = 0;
  const { answerer, requests } = scripted(
    Array.from({ length: 20 }, (_, i) => [{ call: 'f', args: `{"n":${i}}` }]),
  );
  const { parts, limit } = await runTurn(answerer, turnOf([tool('f', () => says(String(n++)))]).turn, {});
  expect([limit, requests.length, n]).toEqual(['hops', MOST_HOPS, MOST_HOPS - 1]);
  expect(results(parts).at(-1)?.observation).toMatch(/limit of steps/);
});

test('a beginning whose call has no result is run first, one that was cut is not', async () => {
  const ran: string[] = [];
  const tools = [tool('f', (args) => (ran.push(args), says('ok')))];
  const call = (state: CallPart['state']): Part[] => [
    { type: 'call', id: 'call-0', tool: 'f', args: '{"n":5}', state },
  ];
  for (const state of ['asks', 'runs', 'unknown', 'writing'] as const) {
    const { answerer, requests } = scripted(['On.']);
    const { parts } = await runTurn(answerer, turnOf(tools, { begun: call(state) }).turn, {});
    expect(parts.map(({ type }) => type)).toEqual(['call', 'result', 'text']);
    expect(requests).toHaveLength(1);
  }
  expect(ran).toHaveLength(3);
});

test('a stop ends a tool that does not listen, at once, and the call says so', async () => {
  const controller = new AbortController();
  const never = tool('f', (_, { onProgress }) => {
    onProgress([{ type: 'text', text: 'so far' }]);
    return new Promise<ToolOutcome>(() => undefined);
  });
  const { answerer } = scripted([[{ call: 'f' }, { call: 'f', args: '{"b":1}' }]]);
  const running = runTurn(answerer, turnOf([never]).turn, { signal: controller.signal });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const stopped = performance.now();
  controller.abort();
  const { parts, summary: total } = await running;
  expect(performance.now() - stopped).toBeLessThan(150);
  expect(total.reason).toBe('aborted');
  expect(calls(parts).map(({ state }) => state)).toEqual(['stopped', 'stopped']);
  expect(results(parts)[0]).toMatchObject({
    parts: [text('so far')],
    observation: expect.stringContaining('stopped') as string,
  });
});

test('a long observation is cut to a quarter of the context; the whole is a file that later calls see', async () => {
  const whole = 'line of output\n'.repeat(100);
  const seen: string[][] = [];
  const tools = [tool('f', (_, { files }) => (seen.push(files.map(({ name }) => name)), says(whole)))];
  const { answerer } = scripted([[{ call: 'f' }], [{ call: 'f', args: '{"n":2}' }], 'Done.']);
  const { parts } = await runTurn(answerer, turnOf(tools).turn, {});
  const [first] = results(parts);
  expect(first.observation?.length).toBeLessThanOrEqual(200);
  expect(first.observation).toMatch(
    /cut: \d+ of 1500 characters; the whole is in the file call-0-output\.txt/,
  );
  const file = first.parts.at(-1);
  expect(file?.type === 'file' && (await file.blob.text())).toBe(whole);
  expect(seen).toEqual([[], ['call-0-output.txt']]);
});

test('results reach the model and the page without characters that people do not see', async () => {
  const hidden = 'a\u202eb\u200bc\ue000d\u{e0041}e\u0007f 👩‍💻 می‌خواهم';
  const { answerer } = scripted([[{ call: 'f' }], 'Done.']);
  const { parts } = await runTurn(answerer, turnOf([tool('f', () => says(hidden))]).turn, {});
  expect(results(parts)[0].observation).toBe('abcdef 👩‍💻 می‌خواهم');
  expect(results(parts)[0].parts).toEqual([text('abcdef 👩‍💻 می‌خواهم')]);
});

test('a tool that a person must help ends the turn with its error, and the call can run later', async () => {
  const { answerer } = scripted([[{ call: 'f' }]]);
  const events: ToolEvent[] = [];
  const broken = tool('f', () => {
    throw new Error('no network');
  });
  const onEvent = (event: { kind: string }) => event.kind === 'tool' && events.push(event as ToolEvent);
  await expect(runTurn(answerer, turnOf([broken]).turn, { onEvent })).rejects.toThrow('no network');
  expect(events.at(-1)?.part).toMatchObject({ type: 'call', state: 'failed' });
});
