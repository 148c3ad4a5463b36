// @vitest-environment jsdom
import 'fake-indexeddb/auto';
import { readFileSync } from 'node:fs';
import { Blob as NodeBlob, File as NodeFile } from 'node:buffer';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openChatDb } from '../store/chats/chatDb';
import { emptyChat } from '../store/chats/chatForms';
import { readChatFile } from '../store/chats/transfer/importFile';
import type { Chat } from '../store';

// public/boot.js is no module and imports nothing: it runs here as in the page.
const script = readFileSync('public/boot.js', 'utf8');
const scope = 'https://host.example/app/';

/** The browser around the script: what it removed, fetched and how often it reloaded. */
function browser({ hostAnswers = true, controlled = true } = {}) {
  const done: string[] = [];
  const names = [`glm-app ${scope} v1`, `glm-app ${scope} v2`, 'glm-app https://host.example/other/ v1', 'x'];
  const caches = {
    keys: async () => names,
    delete: async (name: string) => void done.push(`delete ${name}`),
  };
  const registration = { unregister: async () => void done.push('unregister') };
  vi.stubGlobal('caches', caches);
  vi.stubGlobal('fetch', async (url: string, { cache }: RequestInit) => {
    done.push(`${cache} ${url.replace(scope, '')}`);
    if (!hostAnswers) throw new TypeError('offline');
    return { ok: true };
  });
  Object.defineProperty(navigator, 'serviceWorker', {
    configurable: true,
    value: { controller: controlled ? {} : null, getRegistration: async () => registration },
  });
  const location = { reload: () => done.push('reload') };
  const run = () => new Function('location', script)(location) as void;
  return { done, run };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  history.replaceState(null, '');
  document.head.innerHTML = `<base href="${scope}" /><script type="module" src="assets/index-1.js"></script>`;
  document.body.innerHTML = '<div id="root"></div>';
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const help = () => document.querySelector('main[role=alert]');

test('an app that starts in time is left alone', async () => {
  const { done, run } = browser();
  run();
  document.getElementById('root')!.append('app');
  document.getElementById('root')!.append(document.createElement('p'));
  await pass(60_000);
  expect(done).toEqual([]);
  expect(help()).toBeNull();
});

test('without an app after ten seconds: removes the worker and the caches of this app, reloads once', async () => {
  const { done, run } = browser();
  run();
  await pass(9_999);
  expect(done).toEqual([]);
  await pass(1);
  expect(done).toEqual([
    'no-store ?boot',
    'unregister',
    `delete glm-app ${scope} v1`,
    `delete glm-app ${scope} v2`,
    'reload assets/index-1.js',
    'reload',
  ]);
  const again = browser();
  again.run(); // after the reload: history.state is kept
  await pass(10_000);
  expect(again.done).toEqual([]);
  expect(help()?.textContent).toContain('The app did not start');
  expect((help() as HTMLElement).style.position).toBe('fixed'); // below #root it would be out of sight
  document.getElementById('root')!.append(document.createElement('p')); // late, but there
  await pass(0);
  expect(help()).toBeNull();
});

test('while the host does not answer, nothing is removed', async () => {
  const { done, run } = browser({ hostAnswers: false });
  run();
  await pass(10_000);
  expect(done).toEqual(['no-store ?boot']);
  expect(help()?.querySelectorAll('button')).toHaveLength(2);
});

test('the chats are exported without the app, and its import reads them', async () => {
  vi.stubGlobal('Blob', NodeBlob); // jsdom's cannot be stored by fake-indexeddb
  const chat: Chat = {
    ...emptyChat('Be brief.'),
    id: 'one',
    title: 'Zebras',
    messages: [
      {
        id: 'q',
        parentId: null,
        role: 'user',
        createdAt: 1,
        parts: [
          { type: 'text', text: 'what is a zebra' },
          { type: 'image', mediaType: 'image/png', blob: new Blob(['bytes'], { type: 'image/png' }) },
        ],
      } as never,
    ],
  };
  vi.useRealTimers();
  const database = openChatDb();
  await database.addAll([chat]);
  await database.save({ chatId: 'lost', messages: [{ ...chat.messages[0], id: 'orphan' }] });
  browser().run();
  let saved: Blob | undefined;
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => ((saved = blob as Blob), 'blob:x'));
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
  expect(await window.glmRescue?.()).toBe(2);
  const text = await saved!.text();
  const chats = await readChatFile(new NodeFile([text], 'chats.json') as unknown as File);
  expect(chats.map(({ id, title, systemPrompt }) => [id, title, systemPrompt])).toEqual([
    ['one', 'Zebras', 'Be brief.'],
    ['lost', '', ''],
  ]);
  const [text1, image] = chats[0].messages[0].parts;
  expect(text1).toEqual({ type: 'text', text: 'what is a zebra' });
  expect(await (image as { blob: Blob }).blob.text()).toBe('bytes');
  expect(chats[1].messages.map(({ id }) => id)).toEqual(['orphan']);
});
