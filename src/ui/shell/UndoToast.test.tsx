// @vitest-environment jsdom
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { setUp } from '../../store/scriptedStore';
import { preparePage } from '../../testing/pageKit';
import { StoreContext } from '../useApp';
import { UndoToast } from './UndoToast';
import { loadDialogTexts } from '../i18n';

let root: Root;
beforeAll(loadDialogTexts);
beforeEach(() => {
  preparePage();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  document.body.innerHTML = '<div id="root"></div><input id="outside" />';
  root = createRoot(document.getElementById('root')!);
});
afterEach(async () => {
  await act(async () => root.unmount());
  vi.useRealTimers();
});

const toast = () => document.querySelector<HTMLElement>('[role=status] > *');
const button = (name: string) =>
  [...document.querySelectorAll('button')].find(
    (element) => (element.getAttribute('aria-label') ?? element.textContent) === name,
  )!;
const pass = (ms: number) => act(async () => vi.advanceTimersByTime(ms));
const point = (type: 'pointerover' | 'pointerout') =>
  act(async () => void toast()?.dispatchEvent(new MouseEvent(type, { bubbles: true })));

async function show() {
  const { store } = setUp();
  await act(async () => root.render(<StoreContext value={store}><UndoToast /></StoreContext>)); // prettier-ignore
  expect(document.querySelector('[role=status]')).not.toBeNull(); // there before it has something to say
  await act(async () => store.setState({ undoable: { kind: 'chat', title: 'Zebras' } }));
  expect(toast()?.textContent).toContain('Deleted “Zebras”');
  return store;
}

test('disappears after ten seconds without focus or pointer', async () => {
  await show();
  await act(async () => button('Undo').focus());
  await pass(60_000);
  await act(async () => button('Dismiss').focus()); // inside the toast
  await point('pointerover');
  await act(async () => document.getElementById('outside')?.focus());
  await pass(60_000);
  expect(toast()).not.toBeNull();
  await point('pointerout');
  await pass(9_999);
  expect(toast()).not.toBeNull();
  await pass(1);
  expect(toast()).toBeNull();
});

test('can be dismissed', async () => {
  const store = await show();
  await act(async () => button('Dismiss').click());
  expect(toast()).toBeNull();
  expect(store.getState().undoable).toBeNull();
});
