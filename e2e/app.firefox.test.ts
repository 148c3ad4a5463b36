// The built app in Firefox: another WGSL compiler (naga), other storage and service worker implementations.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, ElementHandle, Page } from 'puppeteer-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchFirefox } from '../scripts/browsers/firefox';
import { eyesFiles, NOISE } from './eyesPair';
import { FirefoxChat } from './pages/firefoxChat';
import { FUNCTION, QUESTIONS } from './pages/nanoTools';
import { pythonScript } from './pages/pythonPage';
import { openStaticHost, type StaticHost } from './pages/staticHost';

/** Download folder; files are saved there without a prompt. */
const downloads = mkdtempSync(join(tmpdir(), 'firefox-downloads-'));
const SAVE_THERE = {
  'browser.download.dir': downloads,
  'browser.download.folderList': 2, // the download folder of this run
  'browser.download.useDownloadDir': true,
  'browser.helperApps.neverAsk.saveToDisk': 'application/json',
};

let host: StaticHost;
let firefox: Browser;
let chat: FirefoxChat;
/** The exported file of all chats. */
let exported: string;
/** All tabs opened by the tests. */
const tabs: FirefoxChat[] = [];
function watched(page: Page, language?: 'zh'): FirefoxChat {
  const tab = new FirefoxChat(page, language);
  tabs.push(tab);
  return tab;
}

beforeAll(async () => {
  host = await openStaticHost();
  firefox = await launchFirefox({ preferences: SAVE_THERE });
  chat = watched(await firefox.newPage());
  await chat.open(host.url);
});
afterAll(async () => {
  await firefox.close();
  await host.close();
  rmSync(downloads, { recursive: true });
});

// One profile for all tests: each test continues from the state that the previous one left.

test('Nano answers, with statistics', async () => {
  expect(await chat.ask('What are you?')).toMatch(/[a-z]{3,}/);
  expect(await chat.statistics()).toMatch(/tokens\/s.*context \d+/s);
});

test('stop keeps the partial answer; continue resumes it', async () => {
  await chat.click('button', 'New chat');
  await chat.stopAtFirstWords(() => chat.send('Tell me a long story about a river'));
  await chat.shows('Stopped');
  const [begun] = await chat.answers();
  await chat.click('button', 'Continue');
  await expect.poll(async () => (await chat.answers())[0].length).toBeGreaterThan(begun.length);
  await chat.answerEnds();
  expect((await chat.answers())[0].startsWith(begun.slice(0, 20))).toBe(true);
});

/** Exported by Chromium, with what its search found there: file and page, best first. */
const AGENT = 'e2e/files/town-guide.glmagent';
const FOUND: [question: string, sources: string[]][] = [
  ['图书馆哪天闭馆？', ['手册/图书馆.md', '手册/渡轮.txt']],
  ['town library mill pool', ['pool.pdf · page 1', 'mill.pdf · page 1', 'pool.pdf · page 2']],
];

test('an agent from Chromium finds the same sources here', async () => {
  await chat.page.evaluate(() => void (location.hash = '#/agents'));
  const input = (await chat.page.waitForSelector('[data-agents]')) as ElementHandle<HTMLInputElement>;
  await input.uploadFile(AGENT);
  await chat.shows('Every day at 08:00: When is the library open?');
  await chat.click('button', 'Keep the agent');
  for (const [question, sources] of FOUND) {
    await (await chat.control('textbox', 'Question')).type(question);
    await chat.page.keyboard.press('Enter');
    const found = () =>
      chat.page.$$eval('form ol li p:first-child', (lines) =>
        lines.map((line) => (line as HTMLElement).innerText.replace(/ · score .*/, '')),
      );
    await expect.poll(found).toEqual(sources);
    await chat.page.$$eval('form input', (fields) => fields.forEach((field) => field.select()));
  }
  await chat.click('button', 'Save and chat');
  const [question, source] = ['What does a single ticket cost?', 'pool.pdf · page 2'];
  await chat.ask(question);
  await chat.control('button', `Source 1: ${source}`);
});

test('two tabs share the engine; an answer goes on when the tab that runs it is closed', async () => {
  const other = watched(await firefox.newPage());
  await other.open(host.url); // ready, although the first tab holds the model
  await other.click('button', 'New chat');
  await other.send('Is this private?');
  await chat.page.close();
  await other.answerEnds();
  expect((await other.answers())[0]).toMatch(/[a-z]{3,}/);
  chat = other;
});

test('all chats are exported', async () => {
  await chat.openSettings();
  await chat.click('button', 'Export all chats (JSON)');
  const saved = () => readdirSync(downloads).filter((name) => name.endsWith('.json'));
  await expect.poll(saved).toHaveLength(1);
  exported = join(downloads, saved()[0]);
  await expect.poll(() => readFileSync(exported, 'utf8')).toContain('Is this private?');
  await chat.page.keyboard.press('Escape');
});

/** Runs a cell; Python itself starts with the first one. As text, because Vitest rewrites `import()`. */
const python = (source: string) =>
  chat.page.evaluate(`(async () => {
    const module = await import(new URL(${JSON.stringify(pythonScript())}, document.baseURI).href);
    window.python ??= module.pythonTool({ timeoutMs: 1000 });
    const { signal } = new AbortController();
    const context = { chatId: 'a', files: [], maxObservationTokens: 1000, signal, onProgress: () => {} };
    return (await window.python.run(${JSON.stringify(source)}, context)).observation;
  })()`);

test('Python: the service worker brings the header that Firefox needs; a loop ends', async () => {
  await chat.page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await chat.reload();
  expect(await python('x = 6 * 7\nx')).toBe('42');
  expect(await python('while True: pass')).toMatch(
    /^Timed out\n(?:Variables are kept|Python had to be ended)/,
  );
});

const STARTS = { timeout: 400_000 }; // each chat starts Python anew
test('Nano calls tools by itself', STARTS, async () => {
  await chat.openSettings();
  const file = join(downloads, 'parcel.txt'); // no .json: the exported chats are looked for by that
  writeFileSync(file, JSON.stringify(FUNCTION));
  const input = (await chat.page.waitForSelector('[data-functions]')) as ElementHandle<HTMLInputElement>;
  await input.uploadFile(file);
  await chat.click('button', 'Keep 1 function');
  await chat.shows(FUNCTION.description);
  await chat.page.keyboard.press('Escape');
  for (const { question, tool, ...expected } of QUESTIONS) {
    await chat.click('button', 'New chat');
    await chat.send(question);
    if (tool === FUNCTION.name) await chat.click('button', 'Once');
    const text = await chat.answerEnds();
    await chat.page.waitForSelector('[data-call=done]');
    if ('says' in expected) expect(text).toMatch(expected.says);
    else await chat.shows('Enlarge the picture');
  }
});

test('without a network: the service worker opens the app, the model comes from IndexedDB', async () => {
  await chat.page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await host.close();
  chat.requests.length = 0;
  await chat.reload();
  expect(await chat.page.evaluate(() => crossOriginIsolated)).toBe(true);
  expect(await chat.ask('Is this private?')).toMatch(/[a-z]{3,}/);
  expect(await python('6 * 8')).toBe('48');
  expect(chat.requests.filter((url) => url.includes('.gguf'))).toEqual([]);
});

test('pictures: a pair of files is imported, and says of a picture what it says in Chromium; a reload keeps it', async () => {
  await chat.openSettings();
  await chat.fill('#setting-maxTokens', String(NOISE.answerTokens));
  await chat.page.keyboard.press('Escape');
  await chat.click('button', 'New chat');
  await chat.drop(eyesFiles());
  await chat.shows('Sees pictures with tiny glm-ocr');
  await chat.page.keyboard.press('Escape');
  await chat.modelReady();
  await chat.drop([NOISE.file]);
  await chat.shows(`${NOISE.tokens} tokens`);
  expect(await chat.ask(NOISE.question)).toBe(NOISE.answer);
  await chat.reload();
  await expect.poll(() => chat.sentPictures()).toEqual([140]);
});

test('a Chinese profile: Nano answers in Chinese, chats of the other profile are imported', async () => {
  const server = await openStaticHost();
  const browser = await launchFirefox({ locale: 'zh-CN' });
  const page = watched(await browser.newPage(), 'zh');
  await page.open(server.url);
  await page.click('button', '你是谁？');
  expect(await page.answerEnds()).toMatch(/[\u4e00-\u9fff]{4,}/);
  await page.importFile(exported);
  await page.click('button', 'Is this private?');
  await expect.poll(() => page.answers()).toHaveLength(1);
  expect(readFileSync(exported, 'utf8')).toContain(JSON.stringify((await page.answers())[0]).slice(1, -1));
  await browser.close();
  await server.close();
});

test('no page reported an error', () => {
  expect(tabs.flatMap(({ errors }) => errors)).toEqual([]);
});
