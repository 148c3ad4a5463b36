// Files of all chats.
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { setUp, until } from '../scriptedStore';
import { exportName } from './transfer/exportFormat';

test('the zip of all chats has names that are different on every file system', async () => {
  const { store, savedFiles } = setUp();
  const state = store.getState;
  await state().desk.startModel();
  const titles = ['Notes', 'notes', 'NOTES', 'caf\u00e9', 'cafe\u0301'];
  for (const title of titles) {
    state().newChat();
    state().send('Hi');
    await until(() => state().turn === null);
    await state().renameChat(state().currentId, title);
  }
  await state().exportAll('markdown');
  const [{ blob }] = savedFiles;
  const names = Object.keys(unzipSync(new Uint8Array(await blob.arrayBuffer())));
  expect(names).toHaveLength(titles.length);
  expect(new Set(names.map((name) => name.normalize('NFC').toLowerCase())).size).toBe(titles.length);
});

test('a name ends with a whole character, and with no dot before its ending', () => {
  const cut = exportName(`a${'😀'.repeat(40)}`, 'md');
  expect(() => encodeURIComponent(cut)).not.toThrow(); // which halves of a pair make it do
  expect(exportName(`${'a'.repeat(59)}. more`, 'md')).toBe(`${'a'.repeat(59)}.md`);
});
