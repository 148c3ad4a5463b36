// @vitest-environment jsdom
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { memoryDb, setUp, until, type SetUp } from '../../store/scriptedStore';
import type { Message } from '../../store';
import { press, preparePage, settle, untilShown } from '../../testing/pageKit';
import { App } from '../App';
import { ErrorCard } from '../controls/ErrorCard';
import { lazyPart, lazyView } from '../lazyPart';
import { StoreContext } from '../useApp';
import { Boundary } from './Boundary';
import { loadDialogTexts } from '../i18n';

let root: Root;
beforeAll(loadDialogTexts);
beforeEach(() => {
  preparePage();
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  document.body.innerHTML = '<div id="root"></div>';
  root = createRoot(document.getElementById('root')!);
});
afterEach(async () => {
  await act(async () => root.unmount());
  vi.restoreAllMocks();
});
const shown = () => document.body.textContent ?? '';
const render = (content: React.ReactNode) => act(async () => root.render(content));

async function openPage(options: SetUp = {}) {
  const all = setUp({}, options);
  await render(<App store={all.store} />);
  await until(() => all.store.getState().model.status === 'ready');
  return all;
}

test('a message that cannot be rendered leaves its text and the rest of the chat', async () => {
  const { store } = await openPage();
  await act(async () => void store.getState().send('what is a zebra'));
  await until(() => store.getState().turn === null);
  await settle();
  const { chats, currentId } = store.getState();
  const damaged = chats[currentId].messages.map((message): Message =>
    message.role === 'user'
      ? message
      : {
          ...message,
          parts: [{ type: 'text', text: 'readable words' }],
          get summary(): never {
            throw new Error('a fault of the code that shows statistics');
          },
        },
  );
  await act(async () => store.setState({ chats: { ...chats, [currentId]: { ...chats[currentId], messages: damaged } } })); // prettier-ignore
  await settle();
  expect(shown()).toContain('This part of the page failed.');
  expect(shown()).toContain('readable words');
  expect(shown()).toContain('what is a zebra');
  expect(document.querySelector('textarea')).not.toBeNull();
});

test('a chat without its fields leaves the list, the field and the other chats', async () => {
  const { store, savedFiles } = await openPage();
  await act(async () => void store.getState().send('first'));
  await until(() => store.getState().turn === null);
  const { chats, currentId } = store.getState();
  const broken = { ...chats[currentId], messages: [null] } as never;
  await act(async () => store.setState({ chats: { ...chats, [currentId]: broken } }));
  await settle();
  expect(shown()).toContain('This part of the page failed.');
  await press('Export my chats');
  await until(() => savedFiles.length > 0);
  await press('New chat');
  expect(shown()).not.toContain('This part of the page failed.');
});

test('a stored row without chosen branches opens as a chat', async () => {
  const database = memoryDb();
  const { store } = await openPage({ database });
  await act(async () => void store.getState().send('what is a zebra'));
  await until(() => store.getState().turn === null);
  await settle();
  await act(async () => root.unmount());
  for (const [id, chat] of database.records)
    database.records.set(id, { ...chat, chosen: undefined } as never);

  root = createRoot(document.getElementById('root')!);
  const again = await openPage({ database });
  await act(async () => void (await again.store.getState().openChat([...database.records.keys()][0])));
  await settle();
  expect(shown()).toContain('what is a zebra');
  expect(shown()).not.toContain('This part of the page failed.');
});

test('the last boundary catches what the others do not', async () => {
  const { store } = setUp();
  const Broken = () => {
    throw new Error('broken');
  };
  await render(<StoreContext value={store}><Boundary><Broken /></Boundary></StoreContext>); // prettier-ignore
  expect(shown()).toContain('This part of the page failed.');
  await render(<Boundary><Broken /></Boundary>); // prettier-ignore
  expect(shown()).toContain('Reload page'); // without a store too
});

test('a dialog that cannot be fetched is shown as missing, and fetched again', async () => {
  const { store, shellCalls } = setUp();
  await store.getState().desk.startModel();
  let there = false;
  const Dialog = lazyView(async () => {
    if (!there) throw new TypeError('Failed to fetch dynamically imported module');
    return { default: () => <p>The dialog</p> };
  });
  Dialog.preload();
  await settle();
  expect(shellCalls).toEqual([]); // not used yet
  await render(<StoreContext value={store}><Boundary onClose={() => undefined}><Dialog /></Boundary></StoreContext>); // prettier-ignore
  await settle();
  expect(shown()).toContain('It could not be fetched');
  expect(shellCalls).toEqual(['reload']);
  there = true;
  await press('Try again');
  await untilShown(() => shown().includes('The dialog'));
});

test('a missing part keeps its plain form; the page reloads once, after the answer', async () => {
  for (const [reloadRemedy, calls, missingPart] of [
    ['reload', ['reload'], 'reload'],
    ['reloaded', [], 'reload'],
    ['offline', [], 'offline'],
  ] as const) {
    const { store, shellCalls } = setUp({}, { reloadRemedy });
    await store.getState().desk.startModel();
    const part = lazyPart<string>(() => Promise.reject(new TypeError('404')));
    const Text = () => part.use() ?? 'plain';
    store.setState({ turn: {} as never });
    await render(<StoreContext value={store}><Text /><Text /></StoreContext>); // prettier-ignore
    await settle();
    expect(shown()).toContain('plain');
    expect(shellCalls).toEqual([]);
    await act(async () => store.setState({ turn: null }));
    await settle();
    expect(shellCalls).toEqual(calls);
    expect(store.getState().app.missingPart).toBe(missingPart);
  }
});

test('a part of the engine or of a tool that the host lacks: its error reloads the page once, after the answer', async () => {
  const error = {
    code: 'part-missing',
    message: '',
    details: { file: 'assets/probe.js', host: 'h.test' },
  } as const;
  for (const [reloadRemedy, calls] of [
    ['reload', ['reload']],
    ['reloaded', []],
  ] as const) {
    const { store, shellCalls } = setUp({}, { reloadRemedy });
    await store.getState().desk.startModel();
    store.setState({ turn: {} as never });
    await render(<StoreContext value={store}><ErrorCard error={error} /><ErrorCard error={error} /></StoreContext>); // prettier-ignore
    await untilShown(() => shown().includes('h.test'));
    expect(shellCalls).toEqual([]);
    await act(async () => store.setState({ turn: null }));
    await settle();
    expect(shellCalls).toEqual(calls);
  }
});
