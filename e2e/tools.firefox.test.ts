// The tools of the built app in Firefox: the user's own, the browser against a real MediaWiki, drawing, and what code cannot
// reach. A server answers, whose model is a script, so no GPU is needed.
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, ElementHandle } from 'puppeteer-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchFirefox } from '../scripts/browsers/firefox';
import { subjects } from '../scripts/wiki/subjects';
import { startWiki, whyNoWiki, type Wiki } from '../scripts/wiki/wiki';
import { escapeRoutes } from './escapeRoutes.js';
import { FirefoxChat } from './pages/firefoxChat';
import { smallMcpServer, type SmallMcpServer } from './pages/mcpServer';
import { FUNCTION } from './pages/nanoTools';
import { petServer, type PetServer } from './pages/petServer';
import { pythonScript, scriptThatExports } from './pages/pythonPage';
import { scriptedServer, type ScriptedServer } from './pages/scriptedServer';
import { openStaticHost, type StaticHost } from './pages/staticHost';

const KEY = 'key-of-the-pet-shop';
const SVG = '<svg viewBox="0 0 100 100"><circle cx="50" cy="50" r="40" fill="gold"/></svg>';
const [, , MILL] = subjects('en');
const folder = mkdtempSync(join(tmpdir(), 'firefox-tools-'));

let host: StaticHost;
let model: ScriptedServer;
let pets: PetServer;
let notes: SmallMcpServer;
let wiki: Wiki | undefined;
let firefox: Browser;
let chat: FirefoxChat;

beforeAll(async () => {
  [host, model, pets, notes] = await Promise.all([
    ...[
      openStaticHost('dist', { headers: true }),
      scriptedServer(),
      petServer(KEY),
      smallMcpServer({ signIn: true }),
    ],
  ] as const);
  host.missing = /nano\.gguf$/; // no model of this computer is needed
  if (!whyNoWiki()) wiki = await startWiki(subjects('en'));
  firefox = await launchFirefox();
  chat = new FirefoxChat(await firefox.newPage());
  const { page } = chat;
  page.setDefaultTimeout(60_000);
  const tools = ['python', 'simple_browser', 'cogview', FUNCTION.name, 'getPet', 'notes_note'];
  const preferences = JSON.stringify({ tools, browser: { search: 'wiki', wiki: wiki?.url ?? '' } });
  await page.evaluateOnNewDocument((text) => {
    if (location.protocol === 'http:' && window === top) localStorage.setItem('glm-preferences', text);
  }, preferences);
  await page.goto(host.url);
  await press('Settings');
});
afterAll(async () => {
  await firefox.close();
  for (const server of [model, pets, notes]) server.close();
  await Promise.all([host.close(), wiki?.close()]);
  rmSync(folder, { recursive: true });
});

/** Clicks the last button or box of this name as soon as it is there. From within the page: Puppeteer's own clicks take seconds. */
const press = async (name: string) => {
  const click = (wanted: string) => {
    const all = [
      ...document.querySelectorAll<HTMLButtonElement | HTMLInputElement>('button, [type=checkbox]'),
    ];
    const found = all.findLast((control) => {
      const named = control.getAttribute('aria-label') ?? control.closest('label')?.textContent;
      return !control.disabled && (named ?? control.textContent)?.trim() === wanted;
    });
    found?.click();
    return found !== undefined;
  };
  await chat.page.waitForFunction(click, { polling: 100 }, name);
};
/** Writes into the last field of this selector. */
const fill = async (selector: string, text: string) => {
  const write = (wanted: string, value: string) => {
    const field = [...document.querySelectorAll<HTMLInputElement>(wanted)].at(-1);
    if (!field) return false;
    const { prototype } = field.localName === 'textarea' ? HTMLTextAreaElement : HTMLInputElement;
    Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(field, value);
    field.dispatchEvent(new Event('input', { bubbles: true }));
    return true;
  };
  await chat.page.waitForFunction(write, { polling: 100 }, selector, text);
};
const choose = async (mark: string, name: string, text: string) => {
  const file = join(folder, name);
  writeFileSync(file, text);
  await ((await chat.page.waitForSelector(`[${mark}]`)) as ElementHandle<HTMLInputElement>).uploadFile(file);
};
/** How often a card of this state is shown. */
const cards = (state: string) => chat.page.$$eval(`[data-call=${state}]`, (all) => all.length);

test('a function, an operation of a document and an MCP server, which wants a sign-in, are added in the settings', async () => {
  await press('Add a server');
  await fill('#server-address', model.url);
  await fill('#server-modelIds', 'script'); // else the connection has to be tested first
  await press('Save');
  await chat.page.waitForFunction(
    () => {
      const option = document.querySelector<HTMLOptionElement>('option[value$="script"]');
      if (!option) return false;
      const select = option.closest('select') as HTMLSelectElement;
      select.value = option.value;
      return select.dispatchEvent(new Event('change', { bubbles: true }));
    },
    { polling: 100 },
  );

  await choose('data-functions', 'functions.txt', JSON.stringify(FUNCTION));
  await press('Keep 1 function');

  await press('Add an API');
  await fill('[placeholder="https://api.example.org/openapi.yaml"]', `${pets.url}/openapi.yaml`);
  await press('Fetch');
  await press('GET /pets/{id}');
  await fill('input[type=password]', KEY);
  await press('Add 1 function');

  await press('Add an MCP server');
  await fill('[placeholder="http://localhost:3001/mcp"]', notes.url);
  await press('Connect');
  await press('Sign in');
  // A click of the page itself may open no tab.
  const link = await chat.page.waitForSelector('a[href*="/authorize"]');
  const opened = firefox.waitForTarget((target) => target.url().includes('/authorize'));
  await link?.click();
  const signInPage = await (await opened).page();
  await (await signInPage?.waitForSelector('a'))?.click();
  await press('Save with 1 tool');
  expect(notes.signIns).toBe(1);
  await signInPage?.close();
  await chat.page.bringToFront();
  await chat.shows('Keeps a note.');
  await chat.page.keyboard.press('Escape');
});

test('one answer uses all of them, looks up the wiki and draws; each is asked about once', async () => {
  const look = (call: string) => ({ tool: 'simple_browser', args: { call } });
  model.steps = [
    ...(wiki ? [look(`search("${MILL.title}")`), look('mclick([0])')] : []),
    { tool: FUNCTION.name, args: { weight_kg: 7 } },
    { tool: 'getPet', args: { id: 7 } },
    { tool: 'notes_note', args: { text: 'seven' } },
    { tool: 'cogview', args: { prompt: SVG } },
    'All done.',
  ];
  const asks = [...(wiki ? ['simple_browser'] : []), FUNCTION.name, 'getPet', 'notes_note'];
  const total = model.steps.length - 1;
  await fill('main textarea', 'Use all your tools.');
  await press('Send');
  for (const answered of asks.keys()) {
    await press('Once');
    await expect.poll(() => cards('done')).toBeGreaterThan(answered);
  }
  expect(await chat.answerEnds()).toContain('All done.');
  expect([await cards('done'), model.results.length]).toEqual([total, total]);
  const results = model.results.join('\n');
  if (wiki) expect(results).toContain(MILL.facts[0].sentence.slice(0, 40));
  expect(results).toMatch(/20\.5[^]*Tom[^]*\{\{PET_SHOP_KEY\}\}[^]*Noted\.[^]*vector drawing/);
  expect(pets.asked).toEqual(['GET /openapi.yaml -', `GET /v1/pets/7 Bearer ${KEY}`]);
  expect(notes.calls).toEqual([{ text: 'seven' }]);
  const drawn = await chat.page.$$eval('article img[src^="blob:"]', (all) =>
    all.map((image) => (image as HTMLImageElement).naturalWidth),
  );
  expect(drawn).toEqual([1024]);
  expect(await chat.page.content()).not.toContain(KEY);
});

test('the page reported no error', () => {
  // The first way to open the sandbox is refused by Firefox; the service worker's is not (src/tools/sandbox/frame.ts).
  const expected = /nano\.gguf|404|sandbox\.html.*Cross-Origin-Resource-Policy/;
  expect(chat.errors.filter((text) => !expected.test(text))).toEqual([]);
});

test('Python and functions leave the sandbox by no route', async () => {
  let connections = 0;
  const server = createServer((_, response) => void response.end());
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stun = createSocket('udp4');
  stun.on('message', () => connections++);
  await new Promise<void>((resolve) => stun.bind(port, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${port}`;
  await fetch(address);
  expect(connections, 'the counter counts').toBe(1);
  // Firefox's worker has no importScripts of a blob, so the routes run as a function of the user's.
  const routes = `async ({ address }) => (${escapeRoutes.toString()})(address)`;
  const source = `import js, json, urllib.request
from pyodide.http import open_url
found = {}
def attempt(name, function):
    try:
        found[name] = str(function())
    except BaseException as error:
        found[name] = f"refused: {type(error).__name__}"
attempt("urllib", lambda: urllib.request.urlopen("${address}/urllib"))
attempt("open_url", lambda: open_url("${address}/open_url"))
attempt("run_js", lambda: js.eval("fetch('${address}/eval')"))
print(json.dumps(found))`;
  // As text, because Vitest rewrites `import()`.
  const [observation, python] = (await chat.page.evaluate(`(async () => {
    const load = (script) => import(new URL(script, document.baseURI).href);
    const { functionTool } = await load(${JSON.stringify(scriptThatExports('functionTool'))});
    const { sharedSandbox } = await load(${JSON.stringify(scriptThatExports('sharedSandbox'))});
    const { pythonTool } = await load(${JSON.stringify(pythonScript())});
    const { signal } = new AbortController();
    const definition = { name: 'routes', description: '', parameters: { type: 'object' }, js: ${JSON.stringify(routes)} };
    const routes = functionTool(definition, sharedSandbox, { timeoutMs: 100_000, maxResult: 100_000 });
    const context = { chatId: 'a', files: [], maxObservationTokens: 4000, signal, onProgress: () => {} };
    return [
      (await routes.run(${JSON.stringify(JSON.stringify({ address }))}, { signal })).observation,
      (await pythonTool({ timeoutMs: 60_000 }).run(${JSON.stringify(source)}, context)).observation,
    ];
  })()`)) as [string, string];
  const [json = '{}'] = /^\{.*\}$/m.exec(observation) ?? [];
  const { origin, outcomes = {} } = JSON.parse(json) as {
    origin?: string;
    outcomes?: Record<string, string>;
  };
  Object.assign(outcomes, JSON.parse(/^\{.*\}$/m.exec(python)?.[0] ?? '{}'));
  expect(origin, observation).toBe('null');
  expect(Object.keys(outcomes).length).toBeGreaterThan(35);
  expect(Object.entries(outcomes).filter(([, outcome]) => /sent|open|heard|done/.test(outcome))).toEqual([]);
  for (const name of ['indexeddb', 'indexeddb-list', 'caches', 'opfs', 'local-storage'])
    expect(outcomes[name], name).toMatch(/^refused/);
  expect(connections).toBe(1);
  server.close();
  stun.close();
});
