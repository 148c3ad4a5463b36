// "Delete everything" leaves nothing of the user behind, in memory or in storage.
import { expect, test } from 'vitest';
import type { DiskModel } from './models/types';
import { currentChat } from './chats/selectors';
import { setUp, until } from './scriptedStore';

test('prompts, measurements, benchmarks, tokens, handles of files and unsaved words go too', async () => {
  const files = new Map<string, DiskModel>([['f', { id: 'f', name: 'a.gguf', bytes: 5, openedAt: 1 }]]);
  const measured = { 'file:x': { tokensPerSecond: 9, measuredAt: 1 } };
  const { store, saved, savedFunctions, savedNotes, savedPrompts, savedServers, records, drafts } = setUp(
    {},
    {
      saved: [
        ['glm-device', JSON.stringify({ measured })],
        ['glm-hub-tokens', JSON.stringify({ 'huggingface.co': 'secret' })],
        ['glm-unsaved', JSON.stringify({ old: { chats: [], drafts: { new: 'begun' } } })],
      ],
      preferences: { theme: 'dark', systemPrompt: 'Be brief.' },
      diskFiles: { list: async () => [...files.values()], forget: async (id) => void files.delete(id) },
    },
  );
  const state = () => store.getState();
  await Promise.all([state().desk.startModel(), state().openChats(), state().openPrompts()]);
  await state().desk.refresh();
  state().send('Words');
  await until(() => state().turn === null);
  await state().savePrompt({ title: 'Mine', text: 'Private' });
  state().memory.setOn(true);
  await (await state().memory.open()).add('I have a cat.');
  expect(savedNotes).toHaveLength(1);
  await state().toolkit.keepFunctions([{ name: 'f', description: '', parameters: {}, js: 'return 1' }]);
  expect(state().tools.map(({ name }) => name)).toContain('f');
  state().setDraft('half a thought');
  expect(state().catalogue.measured).toEqual(measured);
  expect(state().disk.models).toHaveLength(1);
  await state().wipe(false);
  expect([...saved]).toEqual([]);
  expect([...savedFunctions]).toEqual([]);
  expect([savedNotes, state().memory.isOn()]).toEqual([[], false]);
  expect([savedPrompts, [...savedServers], [...records], [...files]]).toEqual([[], [], [], []]);
  expect(Object.values(drafts).filter(Boolean)).toEqual([]);
  expect(state()).toMatchObject({
    prompts: [],
    tools: [{ name: 'cogview' }],
    chatIndex: [],
    drafts: {},
    disk: { models: [] },
    bench: { reports: [] },
    catalogue: { measured: {}, probe: null },
    preferences: { theme: 'system', systemPrompt: '' },
    transfer: { busy: null, error: null },
  });
  expect(currentChat(state()).messages).toEqual([]);
});
