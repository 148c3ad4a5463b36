// A Chromium with a profile on disk that can be killed with SIGKILL and whose memory can be measured from outside.
import { spawn } from 'node:child_process';
import { chromium, type Page } from 'playwright';
import { CHROMIUM_ARGS, findChromium } from '../browsers/browser.mjs';
import { heapProbe } from './heapProbe';
import { processMemory, type ProcessMemory } from './processMemory';

export interface KillableBrowser {
  /** Its only page; about:blank at first. */
  page: Page;
  memory(): ProcessMemory;
  /** JavaScript memory of the page and its workers now, array buffers and garbage included. */
  heapBytes(): Promise<number>;
  /** SIGKILL to every process of the browser. */
  kill(): Promise<void>;
  /** Closes the browser normally. */
  close(): Promise<void>;
}

/** Starts the tests' browser on `profile`. It ends with this process. @throws if it does not start. */
export async function startBrowser(profile: string): Promise<KillableBrowser> {
  const args = ['--headless', '--no-first-run', '--remote-debugging-port=0', `--user-data-dir=${profile}`];
  const browser = spawn(
    findChromium() ?? chromium.executablePath(),
    [...CHROMIUM_ARGS, ...args, 'about:blank'],
    { stdio: ['ignore', 'ignore', 'pipe'], detached: true }, // its own process group
  );
  const group = browser.pid ?? 0;
  const exited = new Promise<void>((resolve) => browser.once('exit', () => resolve()));
  const killAll = (): void => {
    try {
      process.kill(-group, 'SIGKILL');
    } catch {
      // it has already ended
    }
  };
  process.once('exit', killAll);
  const endpoint = await new Promise<string>((resolve, reject) => {
    let said = '';
    browser.stderr.on('data', (piece: Buffer) => {
      said += piece.toString();
      const found = /DevTools listening on (ws:\S+)/.exec(said);
      if (found) resolve(found[1]);
    });
    browser.once('error', reject);
    void exited.then(() => reject(new Error(`The browser ended: ${said.slice(-500)}`)));
  });
  const connection = await chromium.connectOverCDP(endpoint);
  const [context] = connection.contexts();
  const page = context.pages()[0] ?? (await context.newPage());
  const heapBytes = await heapProbe(page);

  async function end(): Promise<void> {
    await exited;
    process.off('exit', killAll);
    await connection.close().catch(() => undefined);
  }
  return {
    page,
    heapBytes,
    memory: () => processMemory(group),
    kill() {
      killAll();
      return end();
    },
    async close() {
      const session = await connection.newBrowserCDPSession();
      await session.send('Browser.close').catch(() => undefined);
      await end();
    },
  };
}
