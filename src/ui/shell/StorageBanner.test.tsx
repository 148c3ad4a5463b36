// @vitest-environment jsdom
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { AppError } from '../../shared/errors';
import { memoryDb, setUp, until } from '../../store/scriptedStore';
import { preparePage, untilShown } from '../../testing/pageKit';
import { StoreContext } from '../useApp';
import { StorageBanner } from './StorageBanner';
import { loadDialogTexts } from '../i18n';

let root: Root;
beforeAll(loadDialogTexts);
beforeEach(() => {
  preparePage();
  document.body.innerHTML = '<div id="root"></div>';
  root = createRoot(document.getElementById('root')!);
});
afterEach(() => act(async () => root.unmount()));

const alert = () => document.querySelector('[role=alert]');
const button = (name: string) =>
  [...document.querySelectorAll('button')].find(({ textContent }) => textContent === name);

/** A page whose database answers as `how.refuses` says. */
async function show(how: { refuses: Error | null }) {
  const database = memoryDb();
  const open = () => {
    const db = database.open();
    return { ...db, save: (write: Parameters<typeof db.save>[0]) => (how.refuses ? Promise.reject(how.refuses) : db.save(write)) }; // prettier-ignore
  };
  const kit = setUp({}, { database: { ...database, open } });
  await act(async () => root.render(<StoreContext value={kit.store}><StorageBanner /></StoreContext>)); // prettier-ignore
  await kit.store.getState().desk.startModel();
  return kit;
}

test('stands while writes are refused, exports what is on screen, and ends by itself', async () => {
  const how: { refuses: Error | null } = { refuses: new DOMException('no', 'UnknownError') };
  const { store, savedFiles, saved, records } = await show(how);
  expect(alert()).toBeNull();
  await act(async () => {
    store.getState().send('Keep this');
    await until(() => store.getState().turn === null);
  });
  expect(alert()?.textContent).toContain('does not store your chats at the moment');
  expect(alert()?.textContent).toContain('2 messages are not stored yet.');
  await act(async () => button('Export now')!.click());
  await until(() => savedFiles.length === 1);
  expect(await savedFiles[0].blob.text()).toContain('Keep this');
  expect(saved.get('glm-unsaved')).toContain('Keep this'); // should the page end now
  how.refuses = null;
  await untilShown(() => alert() === null);
  expect([...records.values()][0].messages).toHaveLength(2);
  expect(saved.get('glm-unsaved')).toBe('');
});

test('after an update in another tab it offers to reload, and nothing can be asked', async () => {
  const { store } = await show({ refuses: new AppError('storage-outdated', 'newer') });
  await act(async () => {
    store.getState().send('Lost?');
    await until(() => store.getState().storageTrouble !== null);
  });
  expect(alert()?.textContent).toContain('A newer version of this page is open in another tab');
  expect(button('Reload')).toBeDefined();
  await act(() => until(() => store.getState().turn === null));
  expect(store.getState().send('Another')).toBe(false);
});
