// Conversations as trees: versions, going on, undo, drafts, two tabs.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { GenerateSummary } from '../../protocol/chat';
import { AppError } from '../../shared/errors';
import type { AppStore } from '../appState';
import { currentChat, shownMessages } from './selectors';
import { currentDraft } from './selectors';
import { presetOf } from '../page/samplingPresets';
import { startTitle } from './chatForms';
import { cleanTitle } from './titles';
import { gate, memoryDb, sent, setUp, summary, until } from '../scriptedStore';
import { spokenText } from './partText';

const contents = (store: AppStore) => shownMessages(store.getState()).map(({ parts }) => spokenText(parts));
const answered = (store: AppStore) => until(() => store.getState().turn === null);

/** Answers count up: a1, a2, … */
async function counting() {
  let calls = 0;
  const kit = setUp({
    generate: async (_, { onEvent }) => {
      onEvent?.({ kind: 'text', text: `a${++calls}`, tokens: 1, contextUsed: 10 });
      return summary('stop');
    },
  });
  await kit.store.getState().desk.startModel();
  const ask = async (text: string) => {
    kit.store.getState().send(text);
    await answered(kit.store);
  };
  const shown = (content: string) => {
    const found = currentChat(kit.store.getState()).messages.find(
      ({ parts }) => spokenText(parts) === content,
    );
    if (!found) throw new Error(`no message ${content}`);
    return found.id;
  };
  return { ...kit, ask, shown };
}

describe('versions', () => {
  test('an edited question keeps the first one and what followed it', async () => {
    const { store, ask, shown, requests } = await counting();
    await ask('q1');
    await ask('q2');
    expect(store.getState().editQuestion(shown('q1'), 'other')).toBe(true);
    await answered(store);
    expect(contents(store)).toEqual(['other', 'a3']);
    expect(sent(requests.at(-1))).toEqual([['user', 'other']]);
    store.getState().showBranch(shown('q1'));
    expect(contents(store)).toEqual(['q1', 'a1', 'q2', 'a2']);
    await ask('q3');
    expect(contents(store)).toEqual(['q1', 'a1', 'q2', 'a2', 'q3', 'a4']);
    expect(sent(requests.at(-1)).map(([, text]) => text)).toEqual(['q1', 'a1', 'q2', 'a2', 'q3']);
  });

  test('an answer in the middle gets another version, from what came before it', async () => {
    const { store, ask, shown, requests } = await counting();
    await ask('q1');
    await ask('q2');
    store.getState().regenerate(shown('a1'));
    await answered(store);
    expect(contents(store)).toEqual(['q1', 'a3']);
    expect(sent(requests.at(-1)).map(([, text]) => text)).toEqual(['q1']);
  });

  test('a deleted message takes what follows along, and comes back with it', async () => {
    const { store, ask, shown, records } = await counting();
    await ask('q1');
    await ask('q2');
    const { id } = currentChat(store.getState());
    store.getState().deleteMessage(shown('a1'));
    expect(contents(store)).toEqual(['q1']);
    await until(() => records.get(id)?.messages.length === 1);
    store.getState().undoDelete();
    expect(contents(store)).toEqual(['q1', 'a1', 'q2', 'a2']);
    await until(() => records.get(id)?.messages.length === 4);
    expect(store.getState().undoable).toBeNull();
  });

  test('a chat that loses its first question is deleted, and undo brings back both', async () => {
    const { store, ask, shown } = await counting();
    await ask('q1');
    store.getState().deleteMessage(shown('q1'));
    expect(store.getState().chatIndex).toEqual([]);
    store.getState().undoDelete();
    expect(store.getState().chatIndex).toHaveLength(1);
    expect(contents(store)).toEqual(['q1', 'a1']);
  });
});

describe('an answer that was cut', () => {
  test('goes on from its last word, under the same message, with statistics of both parts', async () => {
    const cut = gate<GenerateSummary>();
    let calls = 0;
    const { store, requests } = setUp({
      generate: async (_, { onEvent, signal }) => {
        signal?.addEventListener('abort', () => cut.open(summary('aborted', 2)));
        const text = ++calls === 1 ? 'Once upon ' : ' a time.';
        onEvent?.({ kind: 'text', text, tokens: 2, contextUsed: 10 });
        return calls === 1 ? cut.promise : summary('stop', 5);
      },
    });
    await store.getState().desk.startModel();
    store.getState().send('Tell');
    await until(() => spokenText(store.getState().turn?.parts ?? []) === 'Once upon ');
    store.getState().stop();
    const [, first] = shownMessages(store.getState());
    await until(() => {
      const [, message] = shownMessages(store.getState());
      return message.role === 'assistant' && message.summary?.newTokens === 2;
    });
    store.getState().continueAnswer();
    await answered(store);
    const [, message] = shownMessages(store.getState());
    expect(message).toMatchObject({
      id: first.id,
      parts: [{ type: 'text', text: 'Once upon a time.' }],
      end: 'stop',
      summary: { newTokens: 7 },
    });
    expect(requests.at(-1)?.continue).toBe(true);
    expect(sent(requests.at(-1))).toEqual([
      ['user', 'Tell'],
      ['assistant', 'Once upon'],
    ]);
    expect(currentChat(store.getState()).messages).toHaveLength(2);
  });

  test('stays as it was when going on fails at once', async () => {
    let calls = 0;
    const { store } = setUp({
      generate: async (_, { onEvent }) => {
        if (++calls === 2) throw new AppError('context-full', 'full', { promptTokens: 1, contextTokens: 1 });
        onEvent?.({ kind: 'text', text: 'Half', tokens: 1, contextUsed: 10 });
        return summary('length');
      },
    });
    await store.getState().desk.startModel();
    store.getState().send('Tell');
    await answered(store);
    store.getState().continueAnswer();
    await answered(store);
    expect(shownMessages(store.getState())[1]).toMatchObject({
      parts: [{ type: 'text', text: 'Half' }],
      end: 'length',
    });
    expect(store.getState().turnError?.error.code).toBe('context-full');
  });
});

describe('the list', () => {
  test('a title given by a person stays, a pinned chat is first', async () => {
    const { store, ask } = await counting();
    await ask('first');
    const { id } = currentChat(store.getState());
    await store.getState().renameChat(id, '  Named  ');
    await ask('again');
    store.getState().newChat();
    await ask('second');
    expect(store.getState().chatIndex.map(({ title }) => title)).toEqual(['second', 'Named']);
    await store.getState().pinChat(id, true);
    expect(store.getState().chatIndex.map(({ title }) => title)).toEqual(['Named', 'second']);
  });

  test('a chat that was not opened can be renamed, pinned, deleted and brought back', async () => {
    const database = memoryDb();
    const first = setUp({}, { database });
    await first.store.getState().desk.startModel();
    first.store.getState().send('Hi');
    await answered(first.store);
    const { id } = currentChat(first.store.getState());
    await until(() => database.records.get(id)?.messages.length === 2);
    const { store } = setUp({}, { database });
    await store.getState().openChats();
    await store.getState().renameChat(id, 'New');
    await store.getState().pinChat(id, true);
    expect(database.records.get(id)).toMatchObject({ title: 'New', titleBy: 'user', pinned: true });
    await store.getState().deleteChat(id);
    expect(database.records.has(id)).toBe(false);
    store.getState().undoDelete();
    await until(() => database.records.get(id)?.messages.length === 2);
    expect(store.getState().chatIndex).toMatchObject([{ title: 'New' }]);
  });
});

test('a draft belongs to its chat and is found by the next visit', async () => {
  const database = memoryDb();
  const { store } = setUp({}, { database });
  await store.getState().desk.startModel();
  store.getState().setDraft('unsent');
  store.getState().saveDrafts();
  const next = setUp({}, { database });
  await next.store.getState().openDrafts();
  expect(currentDraft(next.store.getState())).toBe('unsent');
  next.store.getState().setDraft('something else');
  next.store.getState().send('something else');
  expect(currentDraft(next.store.getState())).toBe('');
  next.store.getState().setDraft('more');
  next.store.getState().newChat();
  expect(currentDraft(next.store.getState())).toBe('');
});

describe('two tabs', () => {
  test('hear of each other’s chats and lose no message', async () => {
    const database = memoryDb();
    const [one, two] = [setUp({}, { database }), setUp({}, { database })];
    for (const { store } of [one, two]) {
      await store.getState().openChats();
      await store.getState().desk.startModel();
    }
    one.store.getState().send('from one');
    await answered(one.store);
    const { id } = currentChat(one.store.getState());
    await until(() => two.store.getState().chatIndex.length === 1);
    await two.store.getState().openChat(id);
    // Both go on from the same answer at the same time.
    one.store.getState().send('next from one');
    two.store.getState().send('next from two');
    await Promise.all([answered(one.store), answered(two.store)]);
    const all = ['from one', 'Hello', 'next from one', 'next from two', 'Hello', 'Hello'].sort();
    for (const { store } of [one, two]) {
      await until(() => store.getState().chats[id].messages.length === 6);
      expect(
        store
          .getState()
          .chats[id].messages.map(({ parts }) => spokenText(parts))
          .sort(),
      ).toEqual(all);
    }
    expect(contents(one.store)).toContain('next from one'); // each stays on its own branch
    expect(contents(two.store)).toContain('next from two');
    await two.store.getState().deleteChat(id);
    await until(() => one.store.getState().chatIndex.length === 0);
    expect(contents(one.store)).toEqual([]);
  });
});

test.each([
  ['How do I cook rice?\nAnd noodles?', 'How do I cook rice?'],
  [
    'A very long question whose first words become a title that does not fit',
    'A very long question whose first words become a title that…',
  ],
  ['饭'.repeat(61), `${'饭'.repeat(60)}…`],
  [`${'a'.repeat(59)}🌍🌍`, `${'a'.repeat(59)}🌍…`],
])('the first words of %j are the title until there is a better one', (content, title) => {
  const question = {
    id: 'q',
    parentId: null,
    role: 'user' as const,
    parts: [{ type: 'text' as const, text: content }],
    createdAt: 0,
  };
  expect(startTitle([question])).toBe(title);
});

describe('titles by the model', () => {
  /** A model that is not Nano; its answers and titles wait for the test. */
  async function withModel(title: (signal?: AbortSignal) => Promise<string>) {
    let titles = 0;
    const kit = setUp({
      generate: async (request, { onEvent, signal }) => {
        const isTitle = sent(request).at(-1)?.[1].startsWith('Write a title') ?? false;
        const text = isTitle ? (titles++, await title(signal)) : 'An answer';
        onEvent?.({ kind: 'text', text, tokens: 1, contextUsed: 1 });
        return summary(signal?.aborted ? 'aborted' : 'stop');
      },
    });
    await kit.store.getState().desk.loadModel({ kind: 'cached', id: 'glm' });
    const ask = async (text: string) => {
      kit.store.getState().send(text);
      await answered(kit.store);
    };
    const isTitled = (wanted: string) => () => kit.store.getState().chatIndex[0]?.title === wanted;
    return { ...kit, ask, isTitled, titles: () => titles };
  }

  beforeEach(
    () =>
      void vi.useFakeTimers({
        toFake: ['setTimeout', 'clearTimeout'],
        shouldAdvanceTime: true,
        advanceTimeDelta: 50,
      }),
  );
  afterEach(() => void vi.useRealTimers());

  test('come when the page is left alone, and from what the engine has already read', async () => {
    const { ask, isTitled, requests } = await withModel(async () => '"Rice, cooked well."\n');
    await ask('How do I cook rice?');
    expect(requests).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2000);
    await until(isTitled('Rice, cooked well'));
    expect(sent(requests[1]).slice(0, 2)).toEqual([
      ['user', 'How do I cook rice?'],
      ['assistant', 'An answer'],
    ]);
    await ask('And noodles?');
    await vi.advanceTimersByTimeAsync(4000);
    expect(requests).toHaveLength(3); // it has a title
  });

  test('are stopped by a question, which is answered the moment the engine is free', async () => {
    const { ask, titles, requests, isTitled } = await withModel(
      (signal) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve('half'))),
    );
    await ask('First');
    await vi.advanceTimersByTimeAsync(2000);
    await until(() => titles() === 1);
    await ask('Second');
    expect(sent(requests.at(-1)).at(-1)?.[1]).toBe('Second');
    expect(isTitled('First')()).toBe(true);
  });

  test('wait while the user types, and a title given by hand stays', async () => {
    const { store, ask, titles, isTitled } = await withModel(async () => 'By the model');
    await ask('First');
    for (let step = 0; step < 10; step++) {
      await vi.advanceTimersByTimeAsync(500);
      store.getState().noteActivity();
    }
    expect(titles()).toBe(0);
    await store.getState().renameChat(store.getState().currentId, 'By hand');
    await vi.advanceTimersByTimeAsync(3000);
    expect(titles()).toBe(0);
    expect(isTitled('By hand')()).toBe(true);
  });

  test.each<[string, string | null]>([
    ['Title: **Cooking rice**.', 'Cooking rice'],
    ['《如何煮饭》', '如何煮饭'],
    ['标题：浏览器里的模型。', '浏览器里的模型'],
    ['Sure! Here is a very long sentence that explains at length what the title might be.', null],
    ['', null],
    ['\n\nTwo lines\nof text', 'Two lines'],
  ])('%j becomes %j', (text, title) => expect(cleanTitle(text)).toBe(title));
});

describe('search', () => {
  test('reads what is stored, follows what is written, and opens a message in its branch', async () => {
    const { store, ask, shown, records } = await counting();
    await ask('where is the needle?');
    await ask('and then?');
    const id = store.getState().currentId;
    await until(() => records.get(id)?.messages.length === 4);
    await store.getState().prepareSearch();
    const needle = shown('and then?');
    store.getState().editQuestion(shown('where is the needle?'), 'something else');
    await answered(store);
    store.getState().newChat();
    expect(store.getState().searchChats('and THEN')).toMatchObject([{ chatId: id, messageId: needle }]);
    expect(store.getState().searchChats('something')).toHaveLength(2); // the title and the question
    await store.getState().openMessage(id, needle, 'and  THEN');
    expect(contents(store)).toContain('and then?');
    expect(store.getState().found).toEqual({ messageId: needle, words: ['and', 'then'] });
    expect(store.getState().jumpTo).toBe(needle);
    await store.getState().deleteChat(id);
    expect(store.getState().searchChats('needle')).toEqual([]);
  });
});

describe('settings of a chat', () => {
  test('are its own once wanted, are sent with its questions, and leave the defaults alone', async () => {
    const { store, ask, requests, records } = await counting();
    store.getState().setSampling({ temperature: 0.9 });
    await ask('first');
    store.getState().setOwnSettings(true);
    store.getState().setSampling({ topK: 5 });
    store.getState().setAnswering({ seed: 7, maxTokens: 3 });
    await ask('second');
    expect(requests.at(-1)).toMatchObject({ sampling: { temperature: 0.9, topK: 5, seed: 7 }, maxTokens: 3 });
    const { id } = currentChat(store.getState());
    await until(() => records.get(id)?.settings?.maxTokens === 3);
    store.getState().newChat();
    await ask('elsewhere');
    expect(requests.at(-1)).toMatchObject({ sampling: { temperature: 0.9, topK: 0 }, maxTokens: undefined });
    await store.getState().openChat(id);
    store.getState().setOwnSettings(false);
    store.getState().applyPreset('precise');
    await ask('third');
    expect(requests.at(-1)).toMatchObject({ sampling: { temperature: 0.2, topP: 0.8 } });
    expect(store.getState().preferences.sampling).toEqual({ temperature: 0.2, topP: 0.8 });
  });

  test('a default system prompt begins every new chat', async () => {
    const { store, ask, requests } = await counting();
    store.getState().page.setPreferences({ systemPrompt: 'Be brief.' });
    await ask('first');
    store.getState().newChat();
    await ask('second');
    expect(requests.map(({ messages }) => messages[0].role)).toEqual(['user', 'system']);
  });

  test('presets are recognised by their values', () => {
    expect(presetOf({})).toBe('balanced');
    expect(presetOf({ topP: 0.95, temperature: 1 })).toBe('creative');
    expect(presetOf({ temperature: 1 })).toBeNull();
  });
});
