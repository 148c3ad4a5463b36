// Uses the page for a long time, as a user would, and prints what grows: answers, chats, switches of the model, tabs.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright';
import { ChatPage } from '../../e2e/pages/chatPage';
import { tinyFile } from '../../e2e/pages/modelFiles';
import { CHROMIUM_ARGS, findChromium } from '../browsers/browser.mjs';
import { commandLine, runCommand } from '../commandLine';
import { freePort } from '../freePort.mjs';
import { sample, slopePer100, WatchedTab, type Sample } from './measure';

const { values } = commandLine(
  `npm run soak -- [--answers 200] [--chats 20] [--switches 5] [--tabs 3] [--every 10] [--minutes 120] [--dist dist]
Serves dist/ (npm run build) and answers with Nano; stops after so many minutes and prints what it has.`,
  {
    answers: { type: 'string', default: '200' },
    chats: { type: 'string', default: '20' },
    switches: { type: 'string', default: '5' },
    tabs: { type: 'string', default: '3' },
    every: { type: 'string', default: '10' },
    minutes: { type: 'string', default: '120' },
    dist: { type: 'string', default: 'dist' },
  },
);
const [answers, chats, switches, numTabs, every, minutes] = (
  ['answers', 'chats', 'switches', 'tabs', 'every', 'minutes'] as const
).map((name) => Number(values[name]));

const QUESTIONS = ['What are you?', '你好', 'Is this private?', '你能做什么？', 'What is 3 + 4?', '讲个笑话'];
/** Samples before this share of the answers are warm-up: caches fill, code is compiled. */
const WARM_UP = 0.2;

async function serve(): Promise<{ address: string; server: ChildProcess }> {
  const port = await freePort();
  const server = spawn(
    process.execPath,
    ['scripts/build/preview.mjs', '--port', port, '--outDir', values.dist],
    {
      stdio: 'ignore',
      detached: true,
    },
  );
  const address = `http://localhost:${port}/`;
  for (let tries = 0; tries < 100; tries++) {
    if (
      await fetch(address).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return { address, server };
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  throw new Error(`${address} does not answer`);
}

/** Asks and waits for the whole answer. */
async function ask(chat: ChatPage, text: string): Promise<void> {
  await chat.field.fill(text);
  await chat.field.press('Enter');
  await chat.questions.filter({ hasText: text }).waitFor();
  await chat.stopButton.waitFor({ state: 'hidden' });
  await chat.sendButton.waitFor();
}

/** Loads another model, and Nano again. */
async function switchModels(chat: ChatPage): Promise<void> {
  const { models } = chat;
  const inUse = (name: string) => models.row(name).filter({ hasText: 'In use' }).first().waitFor();
  await chat.drop([tinyFile()]);
  await models.dialog.waitFor();
  await models.show('here');
  await inUse('tiny');
  await models.row('demo model').getByRole('button', { name: /^Load/ }).click();
  await inUse('demo model');
  await chat.page.keyboard.press('Escape');
  await models.dialog.waitFor({ state: 'hidden' });
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;
const COLUMNS: [name: string, of: (one: Sample) => number, show: (value: number) => string][] = [
  ['page heap', (one) => one.pageBytes, megabytes],
  ['worker heap', (one) => one.workerBytes, megabytes],
  ['GPU buffers', (one) => one.gpuBytes, megabytes],
  ['IndexedDB', (one) => one.databaseBytes, megabytes],
  ['DOM nodes', (one) => one.domNodes, (value) => value.toFixed(0)],
];

function report(samples: Sample[]): void {
  const settled = samples.filter(({ answers: count }) => count >= answers * WARM_UP);
  const [first, last] = [samples[0], samples[samples.length - 1]];
  console.log(
    `\n${last.answers} answers; slopes per 100 answers over the ${settled.length} samples after warm-up`,
  );
  for (const [name, of, show] of COLUMNS) {
    const slope = settled.length > 1 ? show(slopePer100(settled, of)) : 'too few samples';
    console.log(`${name.padEnd(12)} first ${show(of(first))}, last ${show(of(last))}, slope ${slope}`);
  }
}

/** What the heaps of all tabs and the databases hold, in megabytes; for two points of a run. */
async function look(tabs: readonly WatchedTab[]): Promise<Record<string, number>> {
  const inside: Record<string, number> = {};
  for (const tab of tabs)
    for (const [kind, count] of Object.entries(await tab.heapParts()))
      inside[`heap: ${kind}`] = (inside[`heap: ${kind}`] ?? 0) + count;
  for (const [name, bytes] of Object.entries(await tabs[0].recordBytes())) inside[`records: ${name}`] = bytes;
  return inside;
}

function compare(first: { answers: number; inside: Record<string, number> }, last: typeof first): void {
  console.log(`\ninside, after ${first.answers} and after ${last.answers} answers`);
  for (const [name, end] of Object.entries(last.inside)) {
    const show = name.endsWith('detached') ? String : megabytes;
    console.log(`${name.padEnd(28)} ${show(first.inside[name] ?? 0)}, ${show(end)}`);
  }
}

async function main(): Promise<void> {
  const { address, server } = await serve();
  const profile = mkdtempSync(path.join(tmpdir(), 'soak-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: findChromium(),
    args: CHROMIUM_ARGS,
    baseURL: address,
    locale: 'en-US',
    viewport: { width: 1280, height: 800 },
  });
  context.setDefaultTimeout(240_000);
  try {
    const tabs: WatchedTab[] = [];
    const pages: ChatPage[] = [];
    const failures: string[] = [];
    for (let n = 0; n < numTabs; n++) {
      const page = n === 0 ? context.pages()[0] : await context.newPage();
      page.on('pageerror', (error) => failures.push(`tab ${n + 1}: ${error.message}`));
      tabs.push(await WatchedTab.of(page));
      pages.push(new ChatPage(page));
      await page.goto(address);
      await pages[n].field.waitFor();
      if (n === 0) await page.locator('[data-status=ready]').waitFor();
    }
    const samples: Sample[] = [];
    const asked = pages.map(() => 0);
    const until = Date.now() + minutes * 60_000;
    let done = 0;
    let switched = 0;
    let warm: { answers: number; inside: Record<string, number> } | undefined;
    while (done < answers && Date.now() < until) {
      const n = done % numTabs;
      const able = n === 0 || (await isAble(pages[n]));
      const tab = able ? n : 0;
      await tabs[tab].page.bringToFront();
      if (done % Math.ceil(answers / chats) === 0) await pages[tab].newChat();
      await ask(pages[tab], `${QUESTIONS[done % QUESTIONS.length]} ${done}`);
      asked[tab]++;
      done++;
      if (switched < switches && done >= ((switched + 1) * answers) / (switches + 1)) {
        await tabs[0].page.bringToFront();
        await switchModels(pages[0]);
        switched++;
      }
      if (done % every > 0 && done < answers) continue;
      const one = await sample(tabs, done);
      samples.push(one);
      if (!warm && done >= answers * WARM_UP) warm = { answers: done, inside: await look(tabs) };
      console.log(`${done}: ${COLUMNS.map(([name, of, show]) => `${name} ${show(of(one))}`).join(', ')}`);
    }
    if (samples.length > 0) report(samples);
    if (warm) compare(warm, { answers: done, inside: await look(tabs) });
    console.log(`answers by tab: ${asked.join(', ')}; times to another model and back: ${switched}`);
    console.log(failures.length > 0 ? `errors: ${failures.join('; ')}` : 'no errors');
  } catch (error) {
    for (const [n, page] of context.pages().entries()) {
      const picture = path.join(tmpdir(), `soak-tab-${n + 1}.png`);
      await page.bringToFront();
      await page.screenshot({ path: picture });
      const alerts = await page.locator('[role=alert], [role=status]').allInnerTexts();
      console.log(`tab ${n + 1}: ${picture}; ${alerts.join(' | ')}`);
    }
    throw error;
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
    if (server.pid) process.kill(-server.pid);
  }
}

/** Whether a tab beside the first can answer. */
const isAble = (chat: ChatPage): Promise<boolean> => chat.page.locator('[data-status=ready]').isVisible();

await runCommand(main);
