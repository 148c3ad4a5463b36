// @vitest-environment jsdom
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { expect, test } from 'vitest';
import { setUp } from '../../../store/scriptedStore';
import { preparePage, settle } from '../../../testing/pageKit';
import { loadDialogTexts, loadTexts } from '../../i18n';
import { StoreContext } from '../../useApp';
import SettingsDialog from './SettingsDialog';

preparePage();

test('the settings have all their rows at once: none comes later and moves what is below it', async () => {
  await Promise.all([loadTexts('en'), loadDialogTexts()]);
  const { store, savedNotes, savedFunctions } = setUp({}, { preferences: { language: 'en' } });
  savedNotes.push({ id: 'n', text: 'I teach physics.', createdAt: 1 });
  const add = { name: 'add', description: 'Adds.', parameters: { type: 'object' }, js: '1', hash: '' };
  savedFunctions.set('add', add);
  const root = createRoot(document.body.appendChild(document.createElement('div')));
  const state = store.getState();
  await act(async () => {
    void Promise.all([state.openChats(), state.openBackups(), state.page.openServers()]);
    root.render(
      <StoreContext value={store}>
        <SettingsDialog onImport={() => undefined} />
      </StoreContext>,
    );
  });
  const elements = () => document.querySelectorAll('dialog *').length;
  for (let step = 0; step < 500 && elements() === 0; step++) await settle(10);
  const atFirst = elements();
  const text = document.querySelector('dialog')?.textContent;
  for (const row of ['I teach physics.', 'Adds.', 'Drawing']) expect(text).toContain(row);
  await settle(200);
  expect(elements()).toBe(atFirst);
  await act(async () => root.unmount());
});
