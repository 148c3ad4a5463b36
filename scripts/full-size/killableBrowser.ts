// A Chromium with a profile on disk that can be killed like a process, and whose memory can be watched from outside.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { chromium, type Page } from 'playwright';
import type { CallName, EngineCalls } from '../../src/protocol/engine';
import { fromWireError, type WireError } from '../../src/shared/errors';
import { CHROMIUM_ARGS, findChromium } from '../browser.mjs';

export interface Browser {
  call<K extends CallName>(
    name: K,
    args: EngineCalls[K]['args'],
    onEvent?: (event: EngineCalls[K]['event']) => void,
  ): Promise<EngineCalls[K]['result']>;
  /** JavaScript memory of the page and its worker, array buffers included, right after a garbage collection. */
  heapBytes(): Promise<number>;
  /** MB/s of plain writes and reads of 16 MiB blobs in a database of their own, 512 MiB in all. */
  rawStorageSpeed(): Promise<{ writeMBps: number; readMBps: number }>;
  /** Highest resident memory so far of the renderer and of the GPU process; Linux only, else 0. */
  peakRssBytes(): Promise<{ renderer: number; gpu: number }>;
  /** SIGKILL to every process of the browser. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the browser on `profile` and opens `url`, the page of scripts/cliPage.ts. */
export async function startBrowser(profile: string, url: string): Promise<Browser> {
  const executable = findChromium() ?? chromium.executablePath();
  const process = spawn(
    executable,
    [
      ...CHROMIUM_ARGS,
      '--headless',
      '--no-first-run',
      '--remote-debugging-port=0',
      '--enable-blink-features=ForceEagerMeasureMemory', // the measurement does not wait for a convenient moment
      `--user-data-dir=${profile}`,
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  );
  const exited = new Promise<void>((resolve) => process.once('exit', () => resolve()));
  const killAll = () => {
    try {
      globalThis.process.kill(-(process.pid ?? 0), 'SIGKILL');
    } catch {
      // it ended before
    }
  };
  globalThis.process.once('exit', killAll); // also when the script fails
  const endpoint = await new Promise<string>((resolve, reject) => {
    let said = '';
    process.stderr.on('data', (piece: Buffer) => {
      said += piece.toString();
      const found = /DevTools listening on (ws:\S+)/.exec(said);
      if (found) resolve(found[1]);
    });
    void exited.then(() => reject(new Error(`The browser ended: ${said.slice(-500)}`)));
  });
  const connection = await chromium.connectOverCDP(endpoint);
  const [context] = connection.contexts();
  const page: Page = context.pages()[0] ?? (await context.newPage());
  let listener: ((event: never) => void) | undefined;
  await page.exposeFunction('engineEvent', (_name: string, event: never) => listener?.(event));
  await page.goto(url);
  await page.waitForFunction(() => 'engineCall' in window);
  const peaks = { renderer: 0, gpu: 0 };
  const watch = setInterval(() => {
    for (const [kind, bytes] of Object.entries(residentBytes(process.pid ?? 0))) {
      peaks[kind as keyof typeof peaks] = Math.max(peaks[kind as keyof typeof peaks], bytes);
    }
  }, 1000);

  return {
    async call(name, args, onEvent) {
      listener = onEvent as typeof listener;
      const answer = (await page.evaluate(([n, a]) => window.engineCall(n, a as never), [
        name,
        args,
      ] as const)) as { result: never } | { error: WireError };
      if ('error' in answer) throw fromWireError(answer.error);
      return answer.result;
    },
    heapBytes: () =>
      page.evaluate(async () => {
        const measured = await (
          performance as Performance & { measureUserAgentSpecificMemory(): Promise<{ bytes: number }> }
        ).measureUserAgentSpecificMemory();
        return measured.bytes;
      }),
    rawStorageSpeed: () => page.evaluate(timeStorage),
    peakRssBytes: () => Promise.resolve({ ...peaks }),
    async kill() {
      clearInterval(watch);
      killAll();
      await exited;
      await connection.close().catch(() => undefined);
    },
    async close() {
      clearInterval(watch);
      const session = await connection.newBrowserCDPSession();
      await session.send('Browser.close').catch(() => undefined);
      await exited;
    },
  };
}

/** Runs in the page. */
async function timeStorage(): Promise<{ writeMBps: number; readMBps: number }> {
  const SHARDS = 32;
  const SHARD_BYTES = 16 * 1024 * 1024;
  const done = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error as Error);
    });
  const opening = indexedDB.open('raw-speed', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('entries');
  const database = await done(opening);
  const bytes = new Uint8Array(SHARD_BYTES);
  for (let at = 0; at < SHARD_BYTES; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
  const store = (mode: IDBTransactionMode) => database.transaction('entries', mode).objectStore('entries');
  let began = performance.now();
  for (let i = 0; i < SHARDS; i++) {
    bytes[0] = i;
    await done(store('readwrite').put(new Blob([bytes]), i));
  }
  const writeMBps = (SHARDS * SHARD_BYTES) / 1e3 / (performance.now() - began);
  began = performance.now();
  for (let i = 0; i < SHARDS; i++) await (await done<Blob>(store('readonly').get(i))).arrayBuffer();
  const readMBps = (SHARDS * SHARD_BYTES) / 1e3 / (performance.now() - began);
  database.close();
  await done(indexedDB.deleteDatabase('raw-speed'));
  return { writeMBps, readMBps };
}

/** Resident bytes of the fattest renderer and of the GPU process among the children of `root`. */
function residentBytes(root: number): { renderer: number; gpu: number } {
  const resident = { renderer: 0, gpu: 0 };
  let pids: string[];
  try {
    pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return resident; // not Linux
  }
  for (const pid of pids) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const group = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
      if (group !== root) continue;
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      const kind = command.includes('--type=renderer')
        ? 'renderer'
        : command.includes('--type=gpu-process')
          ? 'gpu'
          : undefined;
      const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
      if (kind && kib) resident[kind] = Math.max(resident[kind], Number(kib[1]) * 1024);
    } catch {
      // the process ended meanwhile
    }
  }
  return resident;
}
