import { describe, expect, test, vi } from 'vitest';
import type { GenerateSummary } from '../protocol/chat';
import type { ModelInfo } from '../protocol/models';
import { AppError } from '../shared/errors';
import type { AppStore } from './appState';
import { currentChat, currentDraft, shownMessages } from './chats/selectors';
import { gate, info, sent, setUp, summary, until } from './scriptedStore';
import { spokenText } from './chats/partText';

const contents = (store: AppStore) => shownMessages(store.getState()).map(({ parts }) => spokenText(parts));
const answered = (store: AppStore) => until(() => store.getState().turn === null);

describe('a turn', () => {
  test('sends the chat with system prompt and effective sampling, and keeps the answer', async () => {
    const { store, requests, records } = setUp();
    await store.getState().desk.startModel();
    store.getState().setSystemPrompt('  Be brief. ');
    store.getState().setSampling({ temperature: 0 });
    store.getState().page.setPreferences({ seed: 7, maxTokens: 64 });
    expect(store.getState().send(' Hi ')).toBe(true);
    await answered(store);
    expect(requests).toEqual([
      {
        contextPolicy: 'drop-oldest',
        messages: [
          { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
          { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
        ],
        sampling: { temperature: 0, topP: 0.8, topK: 0, minP: 0, repetitionPenalty: 1.1, seed: 7 },
        maxTokens: 64,
      },
    ]);
    const chat = currentChat(store.getState());
    expect(chat.title).toBe('Hi');
    expect(chat.messages.at(-1)).toMatchObject({
      role: 'assistant',
      parts: [{ type: 'text', text: 'Hello' }],
      end: 'stop',
      seed: 7,
      summary: summary('stop'),
    });
    await until(() => records.get(chat.id)?.messages.length === 2);
    expect(records.get(chat.id)).toEqual(chat);
  });

  test('a model chosen before the page has asked for its own is not overridden', async () => {
    const listing = gate<never[]>();
    const { store, imports, loads } = setUp({ listModels: () => listing.promise });
    const url = 'https://example.org/chosen.gguf';
    const started = store.getState().desk.startModel();
    void store.getState().desk.loadModel({ kind: 'url', url });
    await until(() => imports.length === 1);
    listing.open([]);
    await started;
    await until(() => store.getState().model.info?.id === url);
    expect(loads.at(-1)).toEqual({ source: { kind: 'cached', id: url } });
    expect(store.getState().model.status).toBe('ready');
  });

  test('waits for a model that is still loading', async () => {
    const loading = gate<ModelInfo>();
    const { store, requests } = setUp({ load: () => loading.promise });
    void store.getState().desk.startModel();
    store.getState().send('Hi');
    await until(() => store.getState().turn?.phase === 'waiting');
    expect(requests).toEqual([]);
    loading.open(info('nano'));
    await answered(store);
    expect(contents(store)).toEqual(['Hi', 'Hello']);
  });

  test('a stop keeps the text at once, ignores what comes later, and takes the statistics', async () => {
    const engine = gate<GenerateSummary>();
    let emit: (text: string) => void = () => {};
    const { store } = setUp({
      generate: (_, { onEvent }) => {
        emit = (text) => onEvent?.({ kind: 'text', text, tokens: 1, contextUsed: 10 });
        emit('Hel');
        return engine.promise;
      },
    });
    await store.getState().desk.startModel();
    store.getState().send('Hi');
    await until(() => spokenText(store.getState().turn?.parts ?? []) === 'Hel');
    emit('l'); // not in the store yet: it comes with the next frame
    store.getState().stop();
    expect(store.getState().turn).toBeNull();
    expect(currentChat(store.getState()).messages.at(-1)).toMatchObject({
      parts: [{ type: 'text', text: 'Hell' }],
      end: 'aborted',
    });
    emit('o, too late');
    engine.open(summary('aborted', 2));
    await until(() => {
      const last = currentChat(store.getState()).messages.at(-1);
      return last?.role === 'assistant' && last.summary?.newTokens === 2;
    });
    expect(contents(store)).toEqual(['Hi', 'Hell']);
  });

  test('the next answer starts only when the engine is done with the stopped one', async () => {
    const first = gate<GenerateSummary>();
    let calls = 0;
    const { store } = setUp({
      generate: async () => (++calls === 1 ? first.promise : summary('stop')),
    });
    await store.getState().desk.startModel();
    store.getState().send('one');
    await until(() => calls === 1);
    store.getState().stop();
    store.getState().send('two');
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(calls).toBe(1);
    first.open(summary('aborted'));
    await until(() => calls === 2);
  });

  test('a suggestion that is sent leaves what was being written', async () => {
    const { store } = setUp({ generate: async () => summary('stop') });
    await store.getState().desk.startModel();
    store.getState().setDraft('My own words');
    store.getState().send('A suggestion');
    expect([contents(store)[0], currentDraft(store.getState())]).toEqual(['A suggestion', 'My own words']);
    await answered(store);
    store.getState().send(currentDraft(store.getState()));
    expect(currentDraft(store.getState())).toBe('');
    await answered(store);
    store.getState().newChat();
    expect(currentDraft(store.getState())).toBe('');
  });

  test('regenerate writes a version beside the last answer, and shows the one before when nothing was written', async () => {
    const second = gate<GenerateSummary>();
    let calls = 0;
    const { store, requests, records } = setUp({
      generate: async (_, { onEvent, signal }) => {
        calls++;
        signal?.addEventListener('abort', () => second.open(summary('aborted', 0)));
        if (calls === 2) return second.promise;
        onEvent?.({ kind: 'text', text: `answer ${calls}`, tokens: 1, contextUsed: 10 });
        return summary('stop');
      },
    });
    await store.getState().desk.startModel();
    store.getState().send('Hi');
    await answered(store);
    store.getState().regenerate();
    await until(() => calls === 2);
    expect(contents(store)).toEqual(['Hi', '']);
    store.getState().stop();
    expect(contents(store)).toEqual(['Hi', 'answer 1']);
    expect(currentChat(store.getState()).messages).toHaveLength(2);
    store.getState().regenerate();
    await answered(store);
    expect(contents(store)).toEqual(['Hi', 'answer 3']);
    expect(sent(requests.at(-1))).toEqual([['user', 'Hi']]);
    const chat = currentChat(store.getState());
    expect(chat.messages.map(({ parts }) => spokenText(parts))).toEqual(['Hi', 'answer 1', 'answer 3']);
    await until(() => records.get(chat.id)?.messages.length === 3);
    store.getState().showBranch(chat.messages[1].id);
    expect(contents(store)).toEqual(['Hi', 'answer 1']);
    await until(() => records.get(chat.id)?.chosen[chat.messages[0].id] === chat.messages[1].id);
  });

  test('a failure keeps the text and says why', async () => {
    const { store } = setUp({
      generate: async (_, { onEvent }) => {
        onEvent?.({ kind: 'text', text: 'Half', tokens: 1, contextUsed: 10 });
        throw new AppError('context-full', 'full', { promptTokens: 600, contextTokens: 512 });
      },
    });
    await store.getState().desk.startModel();
    store.getState().send('Hi');
    await answered(store);
    expect(currentChat(store.getState()).messages.at(-1)).toMatchObject({
      parts: [{ type: 'text', text: 'Half' }],
      end: 'error',
    });
    expect(store.getState().turnError?.error.code).toBe('context-full');
  });

  test('an answer is stored again after a second, also when the clock is set back', async () => {
    const engine = gate<GenerateSummary>();
    let emit = (_text: string): void => undefined;
    const { store, records } = setUp({
      generate: (_, { onEvent }) => {
        emit = (text) => onEvent?.({ kind: 'text', text, tokens: 1, contextUsed: 10 });
        emit('One');
        return engine.promise;
      },
    });
    await store.getState().desk.startModel();
    store.getState().send('Hi');
    const { id } = currentChat(store.getState());
    const stored = () => spokenText(records.get(id)?.messages.at(-1)?.parts ?? []);
    await until(() => stored() === 'One');
    const [hourAgo, later] = [Date.now() - 3_600_000, performance.now() + 1500];
    vi.spyOn(Date, 'now').mockReturnValue(hourAgo);
    vi.spyOn(performance, 'now').mockReturnValue(later);
    emit(', two');
    await until(() => stored() === 'One, two');
    vi.restoreAllMocks();
    engine.open(summary('stop'));
    await answered(store);
  });

  test('a page closed while answering leaves an answer marked as interrupted', async () => {
    const engine = gate<GenerateSummary>();
    const { store, records } = setUp({
      generate: (_, { onEvent }) => {
        onEvent?.({ kind: 'text', text: 'Half an', tokens: 2, contextUsed: 10 });
        return engine.promise;
      },
    });
    await store.getState().desk.startModel();
    store.getState().send('Hi');
    await until(() => spokenText(store.getState().turn?.parts ?? []) === 'Half an');
    const { id } = currentChat(store.getState());
    await store.getState().saveTurn();
    expect(records.get(id)?.messages.at(-1)).toMatchObject({
      parts: [{ type: 'text', text: 'Half an' }],
      end: 'interrupted',
    });
  });
});

describe('chats', () => {
  test('are listed newest first, opened again, and deleted for good', async () => {
    const { store, records } = setUp();
    await store.getState().desk.startModel();
    store.getState().send('first');
    await answered(store);
    const first = store.getState().currentId;
    store.getState().newChat();
    await new Promise((resolve) => setTimeout(resolve, 2));
    store.getState().send('second');
    await answered(store);
    expect(store.getState().chatIndex.map(({ title }) => title)).toEqual(['second', 'first']);
    expect(await store.getState().openChat(first)).toBe(true);
    expect(contents(store)).toEqual(['first', 'Hello']);
    await store.getState().deleteChat(first);
    expect(store.getState().chatIndex.map(({ title }) => title)).toEqual(['second']);
    expect(currentChat(store.getState()).messages).toEqual([]);
    expect([...records.keys()]).not.toContain(first);
    expect(await store.getState().openChat(first)).toBe(false);
  });

  test('an empty chat is not multiplied and not listed', () => {
    const { store } = setUp();
    const before = store.getState().currentId;
    store.getState().newChat();
    expect(store.getState().currentId).toBe(before);
    expect(store.getState().chatIndex).toEqual([]);
  });

  test('an answer goes on in its chat while another one is open', async () => {
    const engine = gate<GenerateSummary>();
    let emit: (text: string) => void = () => {};
    const { store } = setUp({
      generate: (_, { onEvent }) => {
        emit = (text) => onEvent?.({ kind: 'text', text, tokens: 1, contextUsed: 10 });
        return engine.promise;
      },
    });
    await store.getState().desk.startModel();
    store.getState().send('Hi');
    const asked = store.getState().currentId;
    store.getState().newChat();
    expect(store.getState().send('not now')).toBe(false);
    await until(() => store.getState().turn?.phase === 'prefill');
    emit('Hello');
    engine.open(summary('stop'));
    await answered(store);
    expect(store.getState().chats[asked].messages.at(-1)?.parts).toEqual([{ type: 'text', text: 'Hello' }]);
    expect(contents(store)).toEqual([]);
  });
});

describe('settings', () => {
  test('survive a reload, and a damaged record costs only the settings', () => {
    const { store, savedPreferences } = setUp(
      {},
      { preferences: { language: 'zh-CN', sampling: { topK: 5, topP: 'x' } } },
    );
    expect(store.getState().preferences).toMatchObject({
      language: 'zh-CN',
      theme: 'system',
      sampling: { topK: 5 },
    });
    store.getState().page.setPreferences({ theme: 'dark' });
    expect(savedPreferences()).toMatchObject({ language: 'zh-CN', theme: 'dark' });
    expect(setUp({}, { preferences: { theme: 17, seed: 'no' } }).store.getState().preferences).toMatchObject({
      theme: 'system',
      seed: null,
    });
  });

  test('a reset returns to the model’s values and leaves language and theme', () => {
    const { store } = setUp();
    store.getState().page.setPreferences({ theme: 'dark', seed: 3, maxTokens: 9 });
    store.getState().setSampling({ temperature: 2 });
    store.getState().resetSampling();
    expect(store.getState().preferences).toMatchObject({
      theme: 'dark',
      seed: null,
      maxTokens: null,
      sampling: {},
    });
  });
});
