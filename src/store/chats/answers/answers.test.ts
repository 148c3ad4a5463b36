// How an answer is made and what is kept of that: settings, model, seed, a context that is full, reasons for slowness.
import { describe, expect, test } from 'vitest';
import type { GenerateRequest, GenerateSummary } from '../../../protocol/chat';
import { currentChat, shownMessages } from '../selectors';
import { gate, info, sent, setUp, summary, until, type Script, type SetUp } from '../../scriptedStore';
import type { AssistantMessage } from '../types';
import { spokenText } from '../partText';

async function ready(script: Script = {}, options: SetUp = {}) {
  const all = setUp(script, options);
  await all.store.getState().desk.startModel();
  const ask = async (text: string) => {
    expect(all.store.getState().send(text)).toBe(true);
    await until(() => all.store.getState().turn === null);
  };
  const last = () => shownMessages(all.store.getState()).at(-1) as AssistantMessage;
  return { ...all, ask, last, get: all.store.getState };
}

const overflowing = (promptTokens = 700): GenerateSummary => ({
  ...summary('context', 0),
  promptTokens,
  overflow: { promptTokens, contextTokens: 512, dropTurns: 2 },
});

describe('what is kept of an answer', () => {
  test('is enough to make it again', async () => {
    const { ask, last, requests, get } = await ready({
      load: async () => ({ ...info('m'), quantisation: 'INT4' }),
    });
    get().setSystemPrompt(' Be brief. ');
    get().setAnswering({ maxTokens: 64 });
    await ask('Hi');
    const { made, seed } = last();
    expect(made).toMatchObject({
      model: { id: 'm', name: 'm', origin: 'file:m' },
      quantisation: 'INT4',
      sampling: info('m').sampling,
      maxTokens: 64,
      contextPolicy: 'drop-oldest',
      systemPrompt: 'Be brief.',
    });
    expect(requests[0].sampling).toEqual({ ...made?.sampling, seed });
    expect(made?.firstTokenMs).toBeGreaterThanOrEqual(0);
    expect(made?.slow).toBeUndefined();
  });

  test('settings change the next answer and load nothing', async () => {
    const { ask, requests, loads, get } = await ready();
    await ask('Hi');
    get().setSampling({ temperature: 1.5 });
    get().setAnswering({ seed: 7, contextPolicy: 'ask' });
    get().setSystemPrompt('In rhymes.');
    await ask('And now?');
    expect(requests[1].sampling).toMatchObject({ temperature: 1.5, seed: 7 });
    expect(requests[1].contextPolicy).toBe('ask');
    expect(sent(requests[1])[0]).toEqual(['system', 'In rhymes.']);
    expect(loads).toHaveLength(1);
  });

  test('a slow answer on the processor says why, after it has ended', async () => {
    const { ask, last } = await ready({
      generate: async (_, { onEvent }) => {
        onEvent?.({ kind: 'text', text: 'Hello', tokens: 20, contextUsed: 12 });
        return { ...summary('stop', 20), decodeMs: 10_000 };
      },
    });
    await ask('Hi');
    await until(() => last().made?.slow !== undefined);
    expect(last().made?.slow).toEqual(['software']);
  });
});

describe('a chat that no longer fits', () => {
  const script = (): Script => ({
    generate: async ({ contextPolicy }, { onEvent }) => {
      if (contextPolicy !== 'drop-oldest') return overflowing();
      onEvent?.({ kind: 'text', text: 'Hello', tokens: 3, contextUsed: 12 });
      return { ...summary('stop'), droppedTurns: 2 };
    },
  });

  test('asks, keeps the question, and goes on without the oldest turns when told to', async () => {
    const { ask, requests, last, get } = await ready(script(), { preferences: { contextPolicy: 'ask' } });
    await ask('Hi');
    expect(get().turnOverflow).toMatchObject({ promptTokens: 700, contextTokens: 512, dropTurns: 2 });
    expect(shownMessages(get()).map(({ role }) => role)).toEqual(['user']);
    get().answerWithoutOldest();
    await until(() => get().turn === null);
    expect(get().turnOverflow).toBeNull();
    expect(requests.map(({ contextPolicy }) => contextPolicy)).toEqual(['ask', 'drop-oldest']);
    expect(last().summary?.droppedTurns).toBe(2);
    await ask('More');
    expect(requests[2].contextPolicy).toBe('ask'); // it was for once
  });

  test('only stops where the settings say so', async () => {
    const { ask, get } = await ready(script(), { preferences: { contextPolicy: 'stop' } });
    await ask('Hi');
    expect(get().turnOverflow?.policy).toBe('stop');
    get().dismissOverflow();
    expect(get().turnOverflow).toBeNull();
    expect(shownMessages(get())).toHaveLength(1);
  });
});

describe('the model of a chat', () => {
  const stored = ['a', 'b'].map((id) => ({
    ...{ id, name: id, origin: `file:${id}` },
    ...{ packedBytes: 1, sourceBytes: 1, importedAt: 1 },
  }));

  test('is the one that answered, and opening the chat loads nothing', async () => {
    const { ask, loads, get } = await ready({}, { stored, preferences: { lastModelId: 'a' } });
    await ask('Hi');
    const first = get().currentId;
    expect(currentChat(get()).model).toEqual({ id: 'a', name: 'a', origin: 'file:a' });
    get().newChat();
    await get().desk.loadModel({ kind: 'cached', id: 'b' });
    await ask('Hello');
    expect(loads).toHaveLength(2);
    await get().openChat(first);
    expect(currentChat(get()).model?.id).toBe('a');
    expect(loads).toHaveLength(2);
    expect(get().model.info?.id).toBe('b');
  });

  test('can be chosen: it is loaded, unless it is in use', async () => {
    const { ask, loads, get, records } = await ready({}, { stored, preferences: { lastModelId: 'a' } });
    await ask('Hi');
    get().takeModel(stored[1]);
    await until(() => get().model.info?.id === 'b');
    expect(loads.at(-1)?.source).toEqual({ kind: 'cached', id: 'b' });
    expect(records.get(get().currentId)?.model?.id).toBe('b');
    get().takeModel(stored[1]);
    expect(loads).toHaveLength(2);
  });

  test('changes with a model that is loaded while the chat is on screen', async () => {
    const { ask, get } = await ready({}, { stored, preferences: { lastModelId: 'a' } });
    await ask('Hi');
    await get().desk.loadModel({ kind: 'cached', id: 'b' });
    expect(currentChat(get()).model?.id).toBe('b');
  });
});

describe('what the engine keeps of chats', () => {
  test('is forgotten with a chat, with a message and with everything, after the answer that was stopped', async () => {
    const order: string[] = [];
    const running = gate<GenerateSummary>();
    let calls = 0;
    const { ask, store, get } = await ready({
      generate: async (_, { onEvent }) => {
        onEvent?.({ kind: 'text', text: 'Hello', tokens: 3, contextUsed: 12 });
        if (++calls < 3) return summary('stop');
        const result = await running.promise;
        order.push('answer');
        return result;
      },
      forgetKept: async () => (order.push('forget'), null),
    });
    await ask('Hi');
    await ask('And?');
    const [, answer] = shownMessages(get());
    get().deleteMessage(answer.id);
    await until(() => order.length === 1);
    get().send('Again');
    await until(() => spokenText(get().turn?.parts ?? []) === 'Hello');
    const deleting = get().deleteChat(get().currentId);
    running.open(summary('aborted'));
    await deleting;
    expect(order).toEqual(['forget', 'answer', 'forget']);
    await store.getState().clearChats();
    expect(order).toHaveLength(4);
  });
});

describe('the tokens of an answer', () => {
  const token = (text: string, id: number, logprob = -0.1) => ({
    kind: 'logprobs' as const,
    ...{ id, text, logprob },
    top: [
      { id, text, logprob },
      { id: 99, text: 'else', logprob: -3 },
    ],
  });
  const writing =
    (pieces: string[]): NonNullable<Script['generate']> =>
    async ({ topLogprobs }, { onEvent }) => {
      pieces.forEach((text, index) => {
        if (topLogprobs !== undefined) onEvent?.(token(text, index));
        onEvent?.({ kind: 'text', text, tokens: index + 1, contextUsed: 12 });
      });
      return summary('stop', pieces.length);
    };

  test('come from the same request once more, with its seed; nothing of the chat changes', async () => {
    const { ask, last, requests, get } = await ready({ generate: writing(['Hel', 'lo']) });
    get().setSystemPrompt('Be brief.');
    await ask('Hi');
    const before = shownMessages(get());
    get().setSystemPrompt('Be long.');
    get().setSampling({ temperature: 0 });
    get().openAbout(last().id);
    await get().inspect();
    const [first, again] = requests;
    const { topLogprobs, ...same } = again as GenerateRequest & { topLogprobs: number };
    expect(topLogprobs).toBe(5);
    expect({ ...same, maxTokens: undefined }).toEqual({ ...first, maxTokens: undefined });
    expect(again.maxTokens).toBe(2);
    expect(get().inspection).toMatchObject({ status: 'done', partsAt: -1, error: null });
    expect(get().inspection?.tokens.map(({ text, start }) => [text, start])).toEqual([
      ['Hel', 0],
      ['lo', 3],
    ]);
    expect(shownMessages(get())).toEqual(before);
  });

  test('that are others than before are marked from the first on', async () => {
    let pieces = ['Hel', 'lo', '!'];
    const { ask, last, get } = await ready({ generate: (...args) => writing(pieces)(...args) });
    await ask('Hi');
    get().openAbout(last().id);
    pieces = ['Hel', 'p', '?'];
    await get().inspect();
    expect(get().inspection?.partsAt).toBe(1);
  });

  test('give way to a question', async () => {
    const { ask, last, get } = await ready({
      generate: async (request, options) => {
        if (request.topLogprobs === undefined) return writing(['Hello'])(request, options);
        options.onEvent?.(token('Hel', 1));
        await new Promise((resolve) => options.signal?.addEventListener('abort', resolve));
        return summary('aborted');
      },
    });
    await ask('Hi');
    get().openAbout(last().id);
    const inspecting = get().inspect();
    await until(() => get().inspection?.tokens.length === 1);
    await ask('Next');
    await inspecting;
    expect(get().inspection?.status).toBe('stopped');
    expect(last().parts).toEqual([{ type: 'text', text: 'Hello' }]);
  });
});

test('an answer that the model ends at once stays, with what was left out for it', async () => {
  for (const reason of ['stop', 'observation'] as const) {
    const { store } = setUp({ generate: async () => ({ ...summary(reason, 0), droppedTurns: 2 }) });
    const state = store.getState;
    await Promise.all([state().desk.startModel(), state().openChats()]);
    state().send('Hello');
    await until(() => state().turn === null);
    expect(shownMessages(state()).at(-1)).toMatchObject({
      ...{ role: 'assistant', end: reason, parts: [], summary: { droppedTurns: 2 } },
    });
  }
});
