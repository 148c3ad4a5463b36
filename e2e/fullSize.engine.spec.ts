// The life of a 9B model, with one of 200 MB and GLM-4's whole vocabulary, in the built app: a download interrupted by
// killing the browser resumes, loads from IndexedDB with the server off, and answers.
// scripts/fullSize/ does the same at full size and measures it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { countingServer } from '../scripts/fullSize/countingServer';
import { startBrowser, type KillableBrowser } from '../scripts/fullSize/killableBrowser';
import { ChatPage } from './pages/chatPage';
import { expect, test, watchRequests } from './pages/test';

const FOLDER = 'node_modules/.cache/full-size';
const FILE = `${FOLDER}/glm-200mb.gguf`;
const PROFILE = `${FOLDER}/profile`;
const CHUNK_BYTES = 8 * 2 ** 20;
const CONNECTIONS = 4;
const MAX_HEAP_BYTES = 300e6; // above the page with Nano ready

test.describe.configure({ timeout: 600_000 });

let browser: KillableBrowser | undefined;

test.beforeAll(() => {
  rmSync(PROFILE, { recursive: true, force: true, maxRetries: 5 });
  mkdirSync(FOLDER, { recursive: true });
  const shape = '--layers 2 --hidden 1024 --heads 8 --ffn 4096 --seed 7'.split(' ');
  execFileSync(process.execPath, ['scripts/run.mjs', 'scripts/makeModel.ts', '--out', FILE, ...shape]);
});

test.afterAll(async () => {
  await browser?.kill();
  rmSync(FOLDER, { recursive: true, force: true, maxRetries: 5 }); // the killed browser may still be writing
});

test('200 MB: killed, resumed, loaded with the server off, answers, within the memory limit', async ({
  baseURL,
  allowOrigin,
}) => {
  const totalBytes = statSync(FILE).size;
  expect(totalBytes).toBeGreaterThan(190e6);
  const server = await countingServer(FILE);
  allowOrigin(server.url);

  async function start(): Promise<ChatPage> {
    browser = await startBrowser(PROFILE);
    watchRequests(browser.page.context());
    await browser.page.setViewportSize({ width: 1280, height: 800 });
    const chat = new ChatPage(browser.page);
    await chat.openReady(baseURL);
    return chat;
  }
  const sent = (fraction: number) =>
    expect
      .poll(() => server.life().sentBytes / totalBytes, { timeout: 240_000 })
      .toBeGreaterThanOrEqual(fraction);

  // A browser start that ends with SIGKILL. The server stalls until the kill.
  server.beginLife(0.5 * totalBytes);
  let chat = await start();
  await chat.openModels();
  await chat.models.openUrl(server.url);
  await sent(0.5);
  await browser?.kill();
  server.beginLife();

  // The second one finishes.
  chat = await start();
  const heap = await watchHeap(browser);
  await resume(chat);
  await expect(chat.modelButton).toContainText('random', { timeout: 240_000 });
  await chat.modelReady();
  expect(server.life().repeatedBytes).toBeLessThanOrEqual(CONNECTIONS * CHUNK_BYTES);
  expect(await heap.stop()).toBeLessThan(MAX_HEAP_BYTES);

  // The server is off: no request can succeed.
  const requests = server.requests();
  await server.close();
  await browser?.close();
  chat = await start();
  await expect(chat.modelButton).toContainText('random');
  await chat.send('Hello');
  await chat.answerStarts();
  const answer = chat.answers.last();
  await expect
    .poll(async () => (await answer.locator('[data-part=text]').innerText()).length, { timeout: 240_000 })
    .toBeGreaterThan(8);
  await chat.stopButton.click();
  await expect(answer).toContainText(/Stopped|已停止/);
  expect(server.requests()).toBe(requests);
});

/** The start page offers to resume the interrupted download. */
async function resume(chat: ChatPage): Promise<void> {
  await chat.page
    .getByRole('main')
    .getByRole('button', { name: /^(Resume|继续下载)$/ })
    .click();
}

/** Peak JavaScript memory of page and worker, above the current value. */
async function watchHeap(watched: KillableBrowser | undefined): Promise<{ stop: () => Promise<number> }> {
  if (!watched) throw new Error('no browser');
  const idle = await watched.heapBytes();
  let [peak, done] = [0, false];
  const watching = (async () => {
    while (!done) {
      peak = Math.max(peak, (await watched.heapBytes()) - idle);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  return {
    async stop() {
      done = true;
      await watching;
      return peak;
    },
  };
}
