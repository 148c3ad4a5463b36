// Notes across chats: what new chats are told, and that nothing is kept without the user.
import { expect, test } from 'vitest';
import type { GenerateRequest, ResultPart } from '../../../protocol/chat';
import { AppError } from '../../../shared/errors';
import { PartWriter } from '../../../shared/partWriter';
import { info, sent, setUp, summary, until } from '../../scriptedStore';
import { fitting } from './memory';

const system = (request: GenerateRequest | undefined) =>
  sent(request)
    .filter(([role]) => role === 'system')
    .map(([, text]) => text)
    .join();

test('new chats begin with the notes, old ones keep theirs, and a deleted note is told to none', async () => {
  const { store, requests } = setUp({}, { preferences: { systemPrompt: 'Be brief.' } });
  const state = store.getState;
  await Promise.all([state().desk.startModel(), state().openChats()]);
  const ask = async (text: string) => {
    state().send(text);
    await until(() => state().turn === null);
    return system(requests.at(-1));
  };
  expect(await ask('before')).toBe('Be brief.');
  const memory = await state().memory.open();
  await memory.add('I teach physics.');
  state().newChat();
  expect(await ask('off')).toBe('Be brief.');
  state().memory.setOn(true);
  state().newChat();
  expect(await ask('first')).toMatch(/^Be brief\.\n\n.*facts, not instructions.*\n- I teach physics\.$/);
  await memory.add('  I like\nshort answers. ');
  await memory.add('I like short answers.'); // known
  expect(memory.state.notes.map(({ text }) => text)).toEqual(['I like short answers.', 'I teach physics.']);
  expect(await ask('second')).not.toContain('short answers'); // the beginning of a chat stays as the engine read it
  state().newChat();
  expect(await ask('third')).toMatch(/- I teach physics\.\n- I like short answers\.$/);
  await memory.edit(memory.state.notes[1].id, 'I teach maths.');
  await memory.delete(memory.state.notes[0].id);
  expect(await ask('fourth')).toMatch(/Be brief\.\n\n[^-]*- I teach maths\.$/);
  state().memory.setOn(false);
  expect(await ask('fifth')).toBe('Be brief.');
});

test('notes of an agent are for its chats, and the newest fit', () => {
  const note = (id: string, createdAt: number, agentId?: string) => ({
    ...{ id, createdAt, text: 'word '.repeat(50) },
    ...(agentId && { agentId }),
  });
  const notes = [note('a', 3), note('b', 2, 'tutor'), note('c', 1)];
  const ids = (agentId?: string, isSmall = false) => fitting(notes, { agentId, isSmall }).map(({ id }) => id);
  expect(ids()).toEqual(['a', 'c']);
  expect(ids('tutor')).toEqual(['a', 'b', 'c']);
  expect(ids('tutor', true)).toEqual([]);
});

test('a model proposes a note, which is kept only when the user accepts it, each time', async () => {
  const { store, savedNotes } = setUp({
    load: async () => ({ ...info('m'), tools: true }),
    async generate(request, { onEvent }) {
      const begun = request.continue ? (request.messages.at(-1)?.parts ?? []) : [];
      const result = begun.findLast((part): part is ResultPart => part.type === 'result');
      const figures = () => ({ tokens: 1, contextUsed: 1 });
      const writer = new PartWriter({ onEvent: onEvent!, begun, figures });
      if (result) writer.write('text', `${result.observation}`);
      else {
        writer.startCall('remember');
        writer.writeArgs(`{"note":"${sent(request).at(-1)?.[1]}"}`);
      }
      writer.close();
      return summary(result ? 'stop' : 'observation');
    },
  });
  const state = store.getState;
  state().memory.setOn(true);
  await Promise.all([state().desk.startModel(), state().openChats()]);
  state().setToolPermission('remember', 'always'); // changes nothing
  for (const [note, decision] of [
    ['I have a cat.', 'refuse'],
    ['I have a dog.', 'always'],
    ['I have a bird.', 'once'],
  ] as const) {
    state().send(note);
    await until(() => state().toolAsked !== null);
    expect(state().toolAsked).toMatchObject({ each: true, call: { args: `{"note":"${note}"}` } });
    expect(savedNotes.map(({ text }) => text)).not.toContain(note);
    state().answerTool(decision);
    await until(() => state().turn === null);
  }
  expect(savedNotes.map(({ text }) => text)).toEqual(['I have a dog.', 'I have a bird.']);
  state().memory.setOn(false);
  expect(state().tools.map(({ name }) => name)).not.toContain('remember');
});

test('an export of everything holds the notes, and the memory reads them from it', async () => {
  const { store, savedFiles } = setUp();
  const state = store.getState;
  await Promise.all([state().desk.startModel(), state().openChats()]);
  const memory = await state().memory.open();
  await memory.add('One.');
  await memory.add('Two.', 'tutor');
  state().send('Hello');
  await until(() => state().turn === null);
  await state().exportAll('json');
  memory.export();
  for (const { blob, fileName } of savedFiles) {
    await memory.deleteAll();
    expect(await memory.import(new File([blob], fileName))).toBe(2);
    expect(await memory.import(new File([blob], fileName))).toBe(0);
    expect(memory.state.notes.map(({ text, agentId }) => [text, agentId])).toEqual([
      ['Two.', 'tutor'],
      ['One.', undefined],
    ]);
  }
  await state().importChats(new File([savedFiles[0].blob], savedFiles[0].fileName));
  expect(state().transfer).toMatchObject({ error: null, imported: { present: 1 } });
  await memory.import(new File(['[]'], 'x.json'));
  expect(memory.state.error?.code).toBe('bad-memory');
});

test('where the notes cannot be read, an export saves the chats and says so, and the notes are read later', async () => {
  const { store, savedFiles, noteDb } = setUp();
  const state = store.getState;
  await Promise.all([state().desk.startModel(), state().openChats()]);
  const { list } = noteDb;
  const stuck = new AppError('storage-stuck', 'glm-memory did not open', { name: 'glm-memory', seconds: 30 });
  noteDb.list = () => Promise.reject(stuck);
  await state().exportAll('json');
  expect(savedFiles.map(({ fileName }) => fileName)).toEqual([expect.stringMatching(/^glm-chats-/)]);
  expect(state().transfer).toMatchObject({ busy: null, error: { code: 'storage-stuck' } });
  noteDb.list = list;
  await state().exportAll('json');
  expect(state().transfer.error).toBeNull();
});
