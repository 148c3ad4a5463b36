import { expect, test, vi } from 'vitest';
import type { GenerateRequest } from '../../protocol/chat';
import { currentAttachments, currentDraft, shownMessages } from './selectors';
import { info, memoryDb, sent, setUp, until } from '../scriptedStore';

const countTokens = async (request: { messages: GenerateRequest['messages'] }) => ({
  tokens: sent(request as GenerateRequest).reduce((sum, [, text]) => sum + text.length, 0),
});
/** A model whose context is soon full. */
const load = async () => ({ ...info('nano'), contextTokens: 512 });
const textFile = (name: string, text: string) => new File([text], name, { type: 'text/plain' });

async function withFile(name: string, text: string, options = {}) {
  const set = setUp({ countTokens, load });
  await set.store.getState().desk.startModel();
  await until(() => set.store.getState().model.status === 'ready');
  set.store.getState().attachFiles([textFile(name, text)], options);
  await until(() => currentAttachments(set.store.getState())[0].status !== 'reading');
  return set;
}

test('a document goes to the model in its own format, and stays with the question', async () => {
  const { store, requests } = await withFile('a.txt', 'words');
  expect(store.getState().send('Why?')).toBe(true);
  await until(() => store.getState().turn === null);
  expect(sent(requests[0]).at(-1)?.[1]).toBe(
    '[File Name]\na.txt\n[File Content]\nwords\n\n\n1 files uploaded.\nWhy?',
  );
  expect(currentAttachments(store.getState())).toEqual([]);
  store.getState().send('And then?');
  await until(() => requests.length === 2 && store.getState().turn === null);
  expect(sent(requests[1])[0][1]).toContain('words');
});

test('a file is sent without a word, and gives the chat its title', async () => {
  const { store, requests } = await withFile('a.txt', 'words');
  expect(store.getState().send(' ')).toBe(true);
  await until(() => store.getState().turn === null);
  expect(sent(requests[0]).at(-1)?.[1]).toContain('[File Name]\na.txt\n[File Content]\nwords');
  expect(store.getState().chatIndex[0].title).toBe('a.txt');
  const [question] = shownMessages(store.getState());
  expect(question.parts.map(({ type }) => type)).toEqual(['file']);
  expect(store.getState().editQuestion(question.id, '')).toBe(true);
  await until(() => store.getState().turn === null);
  expect(sent(requests[1])).toEqual(sent(requests[0]));
});

test('a picture goes to a model that sees, and its description to one that does not', async () => {
  vi.stubGlobal('createImageBitmap', async () => ({ width: 56, height: 28, close: () => {} })); // Node draws nothing
  const picture = new File(['png'], 'red_square.png', { type: 'image/png' });
  const eyes = { id: 'eyes', name: 'mmproj', packedBytes: 1 };
  const ask = async (seeing: object) => {
    const set = setUp({ countTokens, load: async () => ({ ...info('nano'), ...seeing }) });
    const { getState } = set.store;
    await getState().desk.startModel();
    getState().attachFiles([picture]);
    await until(() => currentAttachments(getState())[0].status === 'ready');
    getState().send('Colour?');
    await until(() => getState().turn === null);
    return set;
  };
  const { store, requests } = await ask({ eyes });
  const { parts } = requests[0].messages[0];
  expect(parts).toMatchObject([
    { type: 'image', alt: 'red square', width: 56, height: 28 },
    { type: 'text', text: 'Colour?' },
  ]);
  const [question] = shownMessages(store.getState());
  store.getState().editQuestion(question.id, 'Shape?');
  await until(() => requests.length === 2 && store.getState().turn === null);
  expect(requests[1].messages[0].parts[0]).toEqual(parts[0]); // the picture stays with the question
  const blind = await ask({});
  expect(sent(blind.requests[0])).toEqual([['user', '[red square]\n\n\nColour?']]);
  vi.unstubAllGlobals();
});

test('a text file in a guessed encoding can be read in another one', async () => {
  const set = setUp({ countTokens, load });
  const bytes = Uint8Array.from(Buffer.from('Müller;München', 'latin1'));
  const shown = () => currentAttachments(set.store.getState())[0];
  set.store.getState().attachFiles([new File([bytes], 'kunden.csv')]);
  await until(() => shown().status === 'ready');
  expect(shown().document).toMatchObject({ text: 'Müller;München', encoding: 'windows-1252', guessed: true });
  await set.store.getState().readAttachmentAs(shown().id, 'gb18030');
  expect(shown().document).toMatchObject({ encoding: 'gb18030', guessed: true });
  expect(shown().document?.text).not.toContain('Müller');
});

test('a pasted text without another word is the question itself', async () => {
  const { store, requests } = await withFile('Pasted text.txt', 'Sum this up:\nminutes', { pasted: true });
  store.getState().send('');
  await until(() => store.getState().turn === null);
  expect(sent(requests[0]).at(-1)).toEqual(['user', 'Sum this up:\nminutes']);
  expect(store.getState().chatIndex[0].title).toBe('Sum this up:');
});

test('a pasted text goes back into the message', async () => {
  const { store } = await withFile('Pasted text.txt', 'pasted', { pasted: true });
  store.getState().setDraft('typed');
  await store.getState().attachmentIntoDraft(currentAttachments(store.getState())[0].id);
  expect(currentDraft(store.getState())).toBe('typed\n\npasted');
  expect(currentAttachments(store.getState())).toEqual([]);
});

test('neither a blank message nor an unreadable file is sent', async () => {
  const { store } = await withFile('a.txt', ' ');
  expect(store.getState().send(' ')).toBe(false);
});

test('a document that is too long is cut to what fits, with room for an answer', async () => {
  const { store } = await withFile('a.txt', 'one two. '.repeat(200)); // 1,800 of the context's 512
  await store.getState().measureDraft();
  const { excess = 0 } = store.getState().draftMeasure ?? {};
  expect(excess).toBeGreaterThan(1300);
  const [{ id }] = currentAttachments(store.getState());
  await store.getState().cutAttachment(id);
  const [{ document }] = currentAttachments(store.getState());
  expect(store.getState().draftMeasure?.excess).toBeLessThanOrEqual(0);
  expect(document?.tokens).toBeGreaterThan(300);
  expect(document?.cutFrom).toBeGreaterThan(1799);
  expect('one two. '.repeat(200).startsWith(document?.text ?? '?')).toBe(true);
});

test('a file that cannot be read says so, and goes nowhere', async () => {
  const { store, requests } = await withFile('a.txt', '  ');
  expect(currentAttachments(store.getState())[0].error?.code).toBe('document-empty');
  store.getState().send('Why?');
  await until(() => store.getState().turn === null);
  expect(sent(requests[0]).at(-1)).toEqual(['user', 'Why?']);
});

test('files of an unsent message survive a reload, with what was read and cut of them', async () => {
  const { store, database } = await withFile('a.txt', 'words');
  const before = currentAttachments(store.getState())[0];
  await until(() => database.draftFiles.new?.[0]?.document !== undefined);
  const again = setUp({ countTokens, load }, { database });
  await again.store.getState().openAttachments();
  const [after] = currentAttachments(again.store.getState());
  expect({ ...after, file: null }).toEqual({ ...before, fraction: 0, file: null });
  await again.store.getState().desk.startModel();
  again.store.getState().send('Why?');
  await until(() => again.requests.length === 1);
  expect(sent(again.requests[0])[0][1]).toContain('words');
  expect(database.draftFiles.new).toEqual([]);
});

test('a file that was still being read at the reload is read then', async () => {
  const { database } = setUp();
  database.draftFiles.new = [{ id: '1', name: 'b.txt', file: textFile('b.txt', 'more words') }];
  const { store } = setUp({ countTokens, load }, { database });
  await store.getState().openAttachments();
  await until(() => currentAttachments(store.getState())[0].status === 'ready');
  expect(currentAttachments(store.getState())[0].document?.text).toBe('more words');
});

test('an old chat does not stand in the way of a question, unless the settings say to stop', async () => {
  const { store } = setUp({ countTokens, load });
  await store.getState().desk.startModel();
  store.getState().send('x'.repeat(480)); // the context holds 512
  await until(() => store.getState().turn === null);
  store.getState().setDraft('And now?');
  await store.getState().measureDraft();
  expect(store.getState().draftMeasure).toMatchObject({ tokens: 480 + 5 + 8 });
  expect(store.getState().draftMeasure?.excess).toBeLessThanOrEqual(0);
  store.getState().setAnswering({ contextPolicy: 'stop' });
  await store.getState().measureDraft();
  expect(store.getState().draftMeasure?.excess).toBeGreaterThan(0);
});

test('words about a picture store its file once, not at every key', async () => {
  vi.stubGlobal('createImageBitmap', async () => ({ width: 56, height: 28, close: () => {} }));
  const database = memoryDb();
  const open = database.open();
  const saved: (string | undefined)[] = [];
  const tab = {
    ...open,
    saveDraftFiles: (...[key, files]: Parameters<typeof open.saveDraftFiles>) => {
      saved.push(files[0]?.picture?.alt);
      return open.saveDraftFiles(key, files);
    },
  };
  const { store } = setUp({ countTokens, load }, { database: { ...database, open: () => tab } });
  const { attachFiles, describePicture, saveDrafts } = store.getState();
  attachFiles([new File(['png'], 'red.png', { type: 'image/png' })]);
  const attached = () => currentAttachments(store.getState())[0];
  await until(() => attached().status === 'ready');
  const words = 'a red square';
  saved.length = 0;
  for (let end = 1; end <= words.length; end++) describePicture(attached().id, words.slice(0, end));
  expect(attached().picture?.alt).toBe(words);
  expect(saved).toEqual([]);
  saveDrafts(); // as when the page is left
  expect(saved).toEqual([words]);
  describePicture(attached().id, 'another');
  await until(() => saved.length > 1);
  expect(saved).toEqual([words, 'another']);
  vi.unstubAllGlobals();
});

test('undo brings a deleted chat back with its unsent words and files, also after a reload', async () => {
  const database = memoryDb();
  const { store } = setUp({ countTokens, load }, { database });
  await store.getState().desk.startModel();
  await until(() => store.getState().model.status === 'ready');
  store.getState().send('Hi');
  await until(() => store.getState().turn === null);
  const { currentId, setDraft, attachFiles, saveDrafts, deleteChat, undoDelete } = store.getState();
  setDraft('unsent');
  attachFiles([textFile('a.txt', 'words')]);
  await until(() => currentAttachments(store.getState())[0].status === 'ready');
  saveDrafts();
  await deleteChat(currentId);
  expect([database.drafts[currentId], database.draftFiles[currentId]]).toEqual([undefined, undefined]);
  undoDelete();
  const next = setUp({}, { database }).store;
  await until(() => database.draftFiles[currentId]?.length === 1);
  await Promise.all([next.getState().openDrafts(), next.getState().openAttachments()]);
  await next.getState().openChat(currentId);
  expect(currentDraft(next.getState())).toBe('unsent');
  expect(currentAttachments(next.getState()).map(({ name }) => name)).toEqual(['a.txt']);
});
