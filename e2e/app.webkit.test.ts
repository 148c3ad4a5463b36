// The page in WebKit, Safari's engine. Debian's build has no WebGPU, so this covers the page up to loading a model.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStaticHost, type StaticHost } from './pages/staticHost';
import { openDisplay, WebKit, type Display } from './pages/webkit';

/** An export file: one chat of two messages. */
const CHATS = {
  format: 'glm-in-a-tab/chats',
  version: 2,
  chats: [
    {
      id: 'c1',
      title: 'Zebrafish',
      titleBy: 'user',
      createdAt: 1,
      updatedAt: 2,
      pinned: false,
      systemPrompt: '',
      chosen: {},
      messages: [
        { id: 'm1', parentId: null, role: 'user', content: 'Is it striped?', createdAt: 1 },
        {
          id: 'm2',
          parentId: 'm1',
          role: 'assistant',
          content: 'It is **striped**.',
          createdAt: 2,
          end: 'stop',
        },
      ],
    },
  ],
};
const NEW_VERSION = /new version|新版本/;

let host: StaticHost;
let display: Display;
let webkit: WebKit;
beforeAll(async () => {
  host = await openStaticHost();
  display = await openDisplay();
  webkit = await WebKit.launch(display, 'en_US');
  await webkit.resize(1300, 950);
  await webkit.open(host.url);
});
afterAll(async () => {
  await webkit.close();
  display.close();
  await host.close();
});

const shown = (what: string | RegExp) => expect.poll(() => webkit.text()).toMatch(what);
const overflow = (frame = 'window') =>
  webkit.run<number>(
    `const { document, innerWidth } = ${frame}; return document.documentElement.scrollWidth - innerWidth`,
  );

// One profile for all tests: each test continues from the state that the previous one left.

test('without WebGPU the page says so and names browsers that have it', async () => {
  await shown('This browser does not offer WebGPU, which the model needs.');
  await shown('Safari 26');
});

test('the first visit offers no new version, before and after the service worker controls the page', async () => {
  const state = () =>
    webkit.run<[boolean, string]>('return [!!navigator.serviceWorker.controller, document.body.innerText]');
  let visit = await state();
  for (const deadline = Date.now() + 30_000; !visit[0] && Date.now() < deadline; visit = await state())
    expect(visit[1]).not.toMatch(NEW_VERSION);
  expect(visit[0]).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 500)); // regression: the update card appeared when the worker activated
  expect(await webkit.text()).not.toMatch(NEW_VERSION);
});

test('nothing is wider than the page, on a desktop and on a phone', async () => {
  expect(await overflow()).toBeLessThanOrEqual(0);
  // This browser's window is at least 447 pixels wide, so an iframe stands in for the phone.
  await webkit.open(host.phoneUrl);
  await expect.poll(() => webkit.run('return frames[0]?.document.body?.innerText')).toContain('WebGPU');
  expect(await overflow('frames[0]')).toBeLessThanOrEqual(0);
  await webkit.open(host.url);
  // Last, without a navigation after it: this browser keeps a page that is left, and a database that it was creating
  // then stays locked (src/shared/database.ts). The settings create some; a reload gives them up.
  await webkit.click('Settings');
  expect(await overflow()).toBeLessThanOrEqual(0);
});

test('chats are imported, survive a reload and are exported', async () => {
  const path = join(webkit.home, 'chats.json');
  writeFileSync(path, JSON.stringify(CHATS));
  await webkit.type('[data-import]', path);
  await shown(/Imported: 1 new chat|1 was already here/); // a second try finds it
  await webkit.reload();
  await shown('Zebrafish');
  await webkit.click('Zebrafish');
  await shown('It is striped.');
  expect(await overflow()).toBeLessThanOrEqual(0);

  await webkit.click('Settings');
  await webkit.click('Export all chats (JSON)');
  const downloads = join(webkit.home, 'Downloads');
  const exported = () => readdirSync(downloads).filter((name) => name.endsWith('.json'));
  await expect.poll(exported).toHaveLength(1);
  await expect
    .poll(() => readFileSync(join(downloads, exported()[0]), 'utf8'))
    .toContain('It is **striped**.');
});

test('settings survive a reload: the dark theme and Chinese, including the error text', async () => {
  await webkit.click('Dark');
  await webkit.click('中文');
  await webkit.reload();
  await shown('Zebrafish');
  const html = await webkit.run(
    'const { lang, dataset } = document.documentElement; return [lang, dataset.theme]',
  );
  expect(html).toEqual(['zh-CN', 'dark']);
  await webkit.click('新对话');
  await shown('此浏览器不提供模型所需的 WebGPU。');
});

test('without a network the page opens, with its chats', async () => {
  await host.close();
  await webkit.reload();
  await shown('Zebrafish');
});
