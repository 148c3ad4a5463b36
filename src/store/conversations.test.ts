// Conversations as trees: versions, going on, undo, drafts, two tabs.
import { describe, expect, test } from 'vitest';
import type { GenerateSummary } from '../protocol/engine';
import { AppError } from '../shared/errors';
import type { AppStore } from './appStore';
import { currentChat, shownMessages } from './chatsSlice';
import { currentDraft } from './draftsSlice';
import { gate, memoryDb, setUp, summary, until } from './scriptedStore';

const contents = (store: AppStore) => shownMessages(store.getState()).map(({ content }) => content);
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
  await kit.store.getState().startModel();
  const ask = async (text: string) => {
    kit.store.getState().send(text);
    await answered(kit.store);
  };
  const shown = (content: string) => {
    const found = currentChat(kit.store.getState()).messages.find((message) => message.content === content);
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
    expect(requests.at(-1)?.messages).toEqual([{ role: 'user', content: 'other' }]);
    store.getState().showBranch(shown('q1'));
    expect(contents(store)).toEqual(['q1', 'a1', 'q2', 'a2']);
    await ask('q3');
    expect(contents(store)).toEqual(['q1', 'a1', 'q2', 'a2', 'q3', 'a4']);
    expect(requests.at(-1)?.messages.map(({ content }) => content)).toEqual(['q1', 'a1', 'q2', 'a2', 'q3']);
  });

  test('an answer in the middle gets another version, from what came before it', async () => {
    const { store, ask, shown, requests } = await counting();
    await ask('q1');
    await ask('q2');
    store.getState().regenerate(shown('a1'));
    await answered(store);
    expect(contents(store)).toEqual(['q1', 'a3']);
    expect(requests.at(-1)?.messages.map(({ content }) => content)).toEqual(['q1']);
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
    await store.getState().startModel();
    store.getState().send('Tell');
    await until(() => store.getState().turn?.text === 'Once upon ');
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
      content: 'Once upon a time.',
      end: 'stop',
      summary: { newTokens: 7 },
    });
    expect(requests.at(-1)).toMatchObject({
      continue: true,
      messages: [
        { role: 'user', content: 'Tell' },
        { role: 'assistant', content: 'Once upon' },
      ],
    });
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
    await store.getState().startModel();
    store.getState().send('Tell');
    await answered(store);
    store.getState().continueAnswer();
    await answered(store);
    expect(shownMessages(store.getState())[1]).toMatchObject({ content: 'Half', end: 'length' });
    expect(store.getState().turnError?.error.code).toBe('context-full');
  });
});

describe('the list', () => {
  test('a title given by a person stays, a pinned chat is first', async () => {
    const { store, ask } = await counting();
    await ask('first');
    const { id } = currentChat(store.getState());
    await store.getState().renameChat(id, '  Named  ');
    await store.getState().renameChat(id, 'By the model', 'model');
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
    await first.store.getState().startModel();
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
  await store.getState().startModel();
  store.getState().setDraft('unsent');
  store.getState().saveDrafts();
  const next = setUp({}, { database });
  await next.store.getState().openDrafts();
  expect(currentDraft(next.store.getState())).toBe('unsent');
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
      await store.getState().startModel();
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
          .chats[id].messages.map(({ content }) => content)
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
