// A document reader of full size in the built app, as a user has it: imports a pair of GGUF files, has it read a scanned
// page, reloads the page offline and reads again. Measures times and memory.
//
// The pair comes from scripts/makePair.ts; its weights are random, so the text it reads is nonsense. The browser is that of
// the tests (CHROMIUM_PATH, CHROMIUM_ARGS), with a profile of its own. Progress goes to stderr, figures to stdout.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { expect, type Page } from '@playwright/test';
import { ChatPage } from '../../e2e/pages/chatPage';
import { commandLine, runCommand } from '../commandLine';
import { startBrowser } from './killableBrowser';
import { MemoryCurve } from './memoryCurve';

const { values, refusal } = commandLine(
  `npm run read-scan -- --text FILE --eyes FILE [--url http://localhost:4173] [--size 168x224] [--tokens 8] [--minutes 60]
The address serves the build that ships. The files come from scripts/makePair.ts.`,
  {
    text: { type: 'string' },
    eyes: { type: 'string' },
    url: { type: 'string', default: 'http://localhost:4173' },
    size: { type: 'string', default: '168x224' },
    tokens: { type: 'string', default: '8' },
    minutes: { type: 'string', default: '60' },
  },
);

/** A page of print as a scanner sees it: grey paper, a little turned. Runs in the page. */
async function scannedPage({ width, height }: { width: number; height: number }): Promise<number[]> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
  context.fillStyle = '#e9e7e2';
  context.fillRect(0, 0, width, height);
  context.rotate(0.012);
  context.fillStyle = '#222';
  const size = Math.max(7, Math.round(height / 22));
  context.font = `${size}px serif`;
  const lines = [
    'Invoice 2026-118',
    'Paper, 500 sheets   8.40',
    'Pencils, 12         3.60',
    'Total        12.00',
  ];
  for (let row = 0; (row + 3) * size * 1.4 < height; row++)
    context.fillText(lines[row % lines.length], size, (row + 2) * size * 1.4);
  const blob = await canvas.convertToBlob({ type: 'image/png' });
  return [...new Uint8Array(await blob.arrayBuffer())];
}

/** Files for the chooser that a click opens. Playwright's own setFiles takes at most 50 MB where it did not start the browser. */
async function chooseFiles(page: Page, files: string[], click: () => Promise<void>): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Page.enable');
  await session.send('Page.setInterceptFileChooserDialog', { enabled: true });
  const opened = new Promise<number | undefined>((resolve) =>
    session.once('Page.fileChooserOpened', ({ backendNodeId }) => resolve(backendNodeId)),
  );
  await click();
  await session.send('DOM.setFileInputFiles', { files, backendNodeId: await opened });
}

/** What the panel of the last answer says about its tokens. */
async function aboutTokens(chat: ChatPage): Promise<string> {
  await chat.answers.last().getByRole('button', { name: 'About this answer' }).click();
  const about = chat.page.getByRole('dialog', { name: 'About this answer' });
  const text = await about.innerText();
  await chat.page.keyboard.press('Escape');
  return text
    .split('\n')
    .filter((line) => /token/i.test(line))
    .join(' | ');
}

async function run(text: string, eyes: string): Promise<void> {
  const [width, height] = values.size.split('x').map(Number);
  if (!width || !height) throw refusal('--size wants WIDTHxHEIGHT');
  const mostMs = Number(values.minutes) * 60_000;
  const profile = mkdtempSync(path.join(tmpdir(), 'read-scan-'));
  process.once('exit', () => rmSync(profile, { recursive: true, force: true, maxRetries: 5 }));
  const browser = await startBrowser(profile);
  const { page } = browser;
  const chat = new ChatPage(page);
  const curve = new MemoryCurve();
  const seconds: Record<string, number> = {};
  const idleHeap = await browser.heapBytes();
  async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const result = await curve.during(name, browser, idleHeap, work);
    seconds[name] = Math.round((performance.now() - started) / 100) / 10;
    process.stderr.write(`${name}: ${seconds[name]} s, load ${loadavg()[0].toFixed(1)}\n`);
    return result;
  }
  const answered = async (question: string): Promise<string> => {
    await chat.send(question);
    await expect(chat.stopButton).toBeHidden({ timeout: mostMs });
    await expect(chat.sendButton).toBeVisible({ timeout: mostMs });
    return chat.answers.last().innerText();
  };
  const inUse = () => expect(page.locator('[data-status=ready]')).toBeVisible({ timeout: mostMs });

  await page.setViewportSize({ width: 1280, height: 800 });
  await page.addInitScript(() => Object.assign(window, { showOpenFilePicker: undefined }));
  await page.goto(values.url);
  await inUse();
  await chat.openModels();
  await step('import', async () => {
    await chat.models.show('own');
    const open = chat.models.dialog.getByRole('button', { name: 'Open files…' });
    await chooseFiles(page, [text, eyes], () => open.click());
    await expect(chat.models.dialog).toContainText('Moving weights to the graphics card', {
      timeout: mostMs,
    });
  });
  await step('load', async () => {
    await expect(chat.models.dialog).toContainText('Sees pictures with', { timeout: mostMs });
    await expect(chat.models.stored('GLM-OCR').filter({ hasText: 'In use' })).toHaveCount(1, {
      timeout: mostMs,
    });
    await chat.models.close();
    await inUse();
  });
  await chat.openSettings();
  await chat.settings.number('Seed').fill('1');
  await chat.settings.number('Longest answer, tokens').fill(values.tokens);
  await chat.settings.close();
  const scan = await page.evaluate(scannedPage, { width, height });
  await chat.drop([{ name: 'invoice.png', bytes: Uint8Array.from(scan) }]);
  const drafts = page.getByRole('list', { name: 'Pictures of this message' });
  await expect(drafts).toContainText('tokens', { timeout: mostMs });
  const cost = await drafts.innerText();
  const first = await step('first page', () => answered('Text Recognition:'));
  const firstTokens = await aboutTokens(chat);
  await step('second question', () => answered('Table Recognition:'));
  const secondTokens = await aboutTokens(chat);

  await page.context().setOffline(true);
  await step('reload offline', async () => {
    await page.reload();
    await inUse();
  });
  await step('page read again, offline', () => answered('Text Recognition:'));
  const againTokens = await aboutTokens(chat);
  const result = {
    date: new Date().toISOString(),
    machine: `${cpus().length} × ${cpus()[0].model}`,
    picture: { width, height, cost },
    seconds,
    tokens: { first: firstTokens, second: secondTokens, again: againTokens },
    answer: first,
    peakBytes: Object.fromEntries(Object.keys(seconds).map((name) => [name, curve.peaks(name)])),
  };
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  await browser.close();
}

await runCommand(async () => {
  if (!values.text || !values.eyes) throw refusal('--text FILE and --eyes FILE are needed');
  await run(path.resolve(values.text), path.resolve(values.eyes));
});
