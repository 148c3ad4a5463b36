// @vitest-environment jsdom
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { shownMessages, spokenText } from '../store';
import { setUp, summary, until } from '../store/scriptedStore';
import { control, focusName, key, preparePage, press, settle, type, untilShown } from '../testing/pageKit';
import { App } from './App';
import { loadDialogTexts } from './i18n';

let root: Root;
beforeAll(loadDialogTexts);
beforeEach(() => {
  preparePage();
  document.body.innerHTML = '<div id="root"></div>';
  root = createRoot(document.getElementById('root')!);
});
afterEach(() => act(async () => root.unmount()));

/** The page with one question and answer; answers count up, the third one is cut by the length limit. */
async function openPage() {
  let answers = 0;
  const { store } = setUp({
    generate: async (_, { onEvent }) => {
      onEvent?.({ kind: 'text', text: `answer ${++answers} `, tokens: 1, contextUsed: 1 });
      return summary(answers === 3 ? 'length' : 'stop');
    },
  });
  await act(async () => root.render(<App store={store} />));
  await until(() => store.getState().model.status === 'ready');
  const ended = async () => {
    await until(() => store.getState().turn === null);
    await settle();
  };
  await act(async () => void store.getState().send('what is a zebra'));
  await ended();
  const contents = () => shownMessages(store.getState()).map(({ parts }) => spokenText(parts).trim());
  return { store, ended, contents };
}

/** A dialog's code is fetched when it is first opened. */
const dialogOpens = () => untilShown(() => document.querySelector('dialog[open]') !== null);

test('versions, editing and continuing work by keyboard', async () => {
  const { ended, contents } = await openPage();
  await press('Regenerate answer');
  await ended();
  const position = () => control('Previous version').parentElement?.textContent;
  expect(position()).toContain('2/2');
  control('Previous version').focus();
  await key('ArrowLeft');
  expect(position()).toContain('1/2');
  expect(contents()).toEqual(['what is a zebra', 'answer 1']);
  expect(focusName()).toBe('Previous version'); // of the other version: the focus stayed in its place
  await key('ArrowRight');
  expect(contents()).toEqual(['what is a zebra', 'answer 2']);

  await press('Edit question');
  await type('article textarea', 'what is a horse');
  await key('Enter');
  await ended();
  expect(contents()).toEqual(['what is a horse', 'answer 3']);
  await press('Continue');
  await ended();
  expect(contents()[1]).toMatch(/^answer 3\s*answer 4$/);
  await press('Edit question');
  await key('Escape');
  await settle();
  expect(focusName()).toBe('Edit question');
});

test('the palette searches, runs actions and restores the focus', async () => {
  const { store, ended, contents } = await openPage();
  await act(async () => void store.getState().newChat());
  await act(async () => void store.getState().send('something else'));
  await ended();
  document.querySelector<HTMLElement>('#composer')?.focus();
  await key('k', { ctrlKey: true });
  await dialogOpens();
  await type('[role=combobox]', 'ZEBRA');
  const active = () => {
    const id = document.querySelector('[role=combobox]')?.getAttribute('aria-activedescendant');
    return document.getElementById(id ?? '');
  };
  await until(() => active()?.textContent === 'what is a zebra');
  expect(active()?.getAttribute('aria-selected')).toBe('true');
  expect(active()?.querySelector('mark')?.textContent).toBe('zebra');
  await key('ArrowDown');
  expect(active()?.getAttribute('role')).toBe('option');
  await key('Enter');
  await settle();
  expect(document.querySelector('[role=combobox]')).toBeNull();
  expect(contents()[0]).toBe('what is a zebra');
  expect(document.activeElement?.textContent).toContain('what is a zebra'); // the message that was found

  await key('k', { metaKey: true });
  await type('[role=combobox]', 'theme dark');
  await key('Enter');
  expect(store.getState().preferences.theme).toBe('dark');
  await key('k', { ctrlKey: true });
  await type('[role=combobox]', 'qqqq');
  expect(document.querySelector('dialog [role=status]')?.textContent).toBe('Nothing found.');
});

test('the address of another page closes the dialogs over the chat', async () => {
  const { store } = await openPage();
  await act(async () => {
    store.getState().page.openDialog('settings');
    store.getState().desk.askDownload('glm-4-9b-chat', 'q4_0');
  });
  await dialogOpens();
  await act(async () => void (location.hash = '#/bench'));
  await untilShown(() => store.getState().view.dialog === null);
  expect(store.getState().downloads.request).toBeNull();
  await act(async () => void (location.hash = ''));
});

test('the chat menu renames, pins, deletes and undoes', async () => {
  const { store } = await openPage();
  await press(/^More for/);
  expect(focusName()).toBe('Rename');
  await key('ArrowDown');
  expect(focusName()).toBe('Pin');
  await key('Escape');
  expect(focusName()).toBe('More for “what is a zebra”');
  await press(/^More for/);
  await press('Rename');
  await type('nav form input', 'Stripes');
  await act(async () => document.querySelector<HTMLFormElement>('nav form')?.requestSubmit());
  await settle();
  expect(store.getState().chatIndex[0].title).toBe('Stripes');
  await press(/^More for/);
  await press('Pin');
  expect(document.querySelector('nav h2')?.textContent).toBe('Pinned');
  await press(/^More for/);
  await press('Delete');
  const toast = control('Undo').closest('[role=status]');
  expect(toast?.textContent).toContain('Deleted “Stripes”');
  expect(document.querySelector('nav li')).toBeNull();
  await press('Undo');
  expect(document.querySelector('nav li')?.textContent).toBe('Stripes');
});

test('deleting everything asks for confirmation; a failed import names the place', async () => {
  const { store } = await openPage();
  await press('Settings');
  await dialogOpens();
  await press('Delete all data…');
  expect(focusName()).toBe('Keep');
  await press('Delete everything');
  expect(store.getState().chatIndex).toEqual([]);
  const broken = new File(['{"format":"glm-in-a-tab/chats","version":2,"chats":[7]}'], 'x.json');
  await act(() => store.getState().importChats(broken));
  const alert = () => document.querySelector('[role=alert]')?.textContent ?? '';
  await untilShown(() => alert() !== '');
  expect(alert()).toContain('At chats[0]: an object was expected');
});

/** Safari's order: the composition has ended, and its key follows with this code. */
const inSafari = { isComposing: false, keyCode: 229 };

test.each([
  ['composing', { isComposing: true }],
  ['after compositionend, as in Safari', inSafari],
])('Enter and Escape of an input method act in no field: %s', async (_, init) => {
  const { store, contents } = await openPage();
  const before = contents();
  const both = async () => {
    await key('Enter', init);
    await key('Escape', init);
  };
  await press('Edit question');
  await type('article textarea', 'ni hao');
  await both();
  expect(document.querySelector<HTMLTextAreaElement>('article textarea')?.value).toBe('ni hao');
  await key('Escape');

  await press(/^More for/);
  await press('Rename');
  await type('nav form input', 'ni hao');
  await both();
  expect(document.querySelector('nav form input')).not.toBeNull();
  await key('Escape');

  await key('k', { ctrlKey: true });
  await dialogOpens();
  await type('[role=combobox]', 'theme dark');
  await both();
  expect(store.getState().view.dialog).toBe('palette');
  expect(store.getState().preferences.theme).not.toBe('dark');
  await act(async () => store.getState().page.closeDialog());

  await type('#composer', 'ni hao');
  await both();
  expect(contents()).toEqual(before);
  await key('Enter');
  await until(() => store.getState().turn === null);
  expect(contents()).toHaveLength(before.length + 2);
});

test('a dialog stays open when an input method takes its Escape', async () => {
  const { store } = await openPage();
  await press('Settings');
  await dialogOpens();
  const dialog = document.querySelector('dialog')!;
  const cancel = () => act(async () => dialog.dispatchEvent(new Event('cancel', { cancelable: true })));
  await act(async () => void dialog.dispatchEvent(new Event('compositionstart', { bubbles: true })));
  expect(await cancel()).toBe(false);
  expect(store.getState().view.dialog).toBe('settings');
  await act(async () => void dialog.dispatchEvent(new Event('compositionend', { bubbles: true })));
  const escape = new KeyboardEvent('keydown', {
    key: 'Escape',
    bubbles: true,
    cancelable: true,
    ...inSafari,
  });
  dialog.dispatchEvent(escape);
  expect(escape.defaultPrevented).toBe(true); // or the browser would close the dialog
  await cancel();
  expect(store.getState().view.dialog).toBeNull();
});

test('all 5,000 messages are in the DOM and keep their elements while an answer streams', async () => {
  const messages = Array.from({ length: 5000 }, (_, n) => ({
    id: `m${n}`,
    parentId: n ? `m${n - 1}` : null,
    role: n % 2 ? 'assistant' : 'user',
    content: `Message ${n}. ${'words '.repeat(30)}`,
    createdAt: n,
    ...(n % 2 && { end: 'stop' }),
  }));
  const chat = { id: 'c', title: 'Long', createdAt: 1, updatedAt: 1, messages };
  const value = { format: 'glm-in-a-tab/chats', version: 2, chats: [chat] };
  const { store } = await openPage();
  await act(() => store.getState().importChats(new File([JSON.stringify(value)], 'x.json')));
  const timed = async (action: () => Promise<unknown>) => {
    const started = performance.now();
    await act(async () => void (await action()));
    return performance.now() - started;
  };
  const open = await timed(() => store.getState().openChat('c'));
  const items = document.querySelectorAll('[role=listitem]');
  expect(items).toHaveLength(5000);
  expect(document.querySelector('main [role=list]')?.textContent).toContain('Message 12.');
  const { turn: _, ...state } = store.getState();
  const turn = { ...turnOf('m4999'), parts: [{ type: 'text' as const, text: 'a' }] };
  await act(async () => store.setState({ ...state, turn }));
  const token = await timed(async () =>
    store.setState({ turn: { ...turn, parts: [{ type: 'text', text: 'a b' }] } }),
  );
  console.info(
    `5,000 messages without a browser: open ${open.toFixed(0)} ms, one token ${token.toFixed(1)} ms`,
  );
  expect(document.querySelectorAll('[role=listitem]')[10]).toBe(items[10]);
});

const turnOf = (messageId: string) => ({
  chatId: 'c',
  messageId,
  phase: 'decode' as const,
  prefillDone: 0,
  prefillTotal: 0,
  tokens: 1,
  contextUsed: 1,
  tokensPerSecond: 1,
  seed: 1,
});
