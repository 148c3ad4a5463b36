// The import half of the run: a model over HTTP through several browser starts, all but the last ended by SIGKILL.
import { statSync } from 'node:fs';
import type { LoadProgress } from '../../src/protocol/models';
import { seeded } from '../../src/testing/random';
import type { CliEngine } from '../cli/cliEngine';
import { openEngine } from '../cli/pageEngine';
import { countingServer } from './countingServer';
import { startBrowser } from './killableBrowser';
import type { MemoryCurve } from './memoryCurve';
import { rawWriteMBps } from './rawStorage';

export interface ImportRun {
  kills: Kill[];
  /** Bytes sent more than once, over all browser starts. */
  refetchedBytes: number;
  rawWriteMBps: number;
  /** Source bytes divided by the time from each call to its kill or end, so lost work reduces it. */
  importSeconds: number;
  importMBps: number;
  importOfRawWrite: number;
  requests: number;
}

export interface Kill {
  /** Source bytes done at the kill. */
  atBytes: number;
  /** Bytes fetched in this browser start. */
  sentBytes: number;
  /** Bytes that the next browser start fetched again. */
  refetchedBytes: number;
}

export interface ImportOptions {
  file: string;
  profile: string;
  pageUrl: string;
  kills: number;
  seed: number;
  /** Bytes written by the raw writer. */
  rawBytes: number;
  curve: MemoryCurve;
  say: (text: string) => void;
}

export async function importRun(options: ImportOptions): Promise<ImportRun> {
  const { file, profile, pageUrl, curve, say } = options;
  const modelBytes = statSync(file).size;
  const server = await countingServer(file);
  const random = seeded(options.seed);
  // One kill at a random point of each of as many equal stretches, so that kills do not cluster.
  const killPoints = Array.from(
    { length: options.kills },
    (_, i) => (0.02 + (0.96 * (i + random.uniform())) / options.kills) * modelBytes,
  );
  const kills: Kill[] = [];
  let [importMs, refetchedBytes] = [0, 0];
  const rawMBps = await writeAlone(options);
  say(`IndexedDB alone writes ${rawMBps.toFixed(0)} MB/s`);
  for (const [life, killAt] of [...killPoints, Infinity].entries()) {
    const browser = await startBrowser(profile);
    const call = await openEngine(browser.page, pageUrl);
    await call('device', {});
    const idleHeap = await browser.heapBytes();
    server.beginLife();
    const lived = await curve.during(`import ${life + 1}`, browser, idleHeap, () =>
      live(call, server.url, killAt),
    );
    if (lived.killed) await browser.kill();
    else await browser.close();
    importMs += lived.ms;
    const { sentBytes, repeatedBytes } = server.life();
    refetchedBytes += repeatedBytes;
    const before = kills.at(-1);
    if (before) before.refetchedBytes = repeatedBytes;
    if (lived.killed) kills.push({ atBytes: lived.doneBytes, sentBytes, refetchedBytes: 0 });
    say(
      `life ${life + 1}: from ${mb(lived.fromBytes)} to ${mb(lived.doneBytes)} MB in ${(lived.ms / 1000).toFixed(1)} s, ` +
        `fetched ${mb(sentBytes)} MB, ${mb(repeatedBytes)} MB of them again${lived.killed ? '; killed' : ''}`,
    );
  }
  const requests = server.requests();
  await server.close();
  const importMBps = modelBytes / 1e3 / importMs;
  return {
    kills,
    refetchedBytes,
    rawWriteMBps: rawMBps,
    importSeconds: importMs / 1000,
    importMBps,
    importOfRawWrite: importMBps / rawMBps,
    requests,
  };
}

/** In a separate browser, because its process retains stored Blobs. */
async function writeAlone({ profile, pageUrl, rawBytes }: ImportOptions): Promise<number> {
  const browser = await startBrowser(profile);
  await browser.page.goto(pageUrl);
  const speed = await rawWriteMBps(browser.page, rawBytes);
  await browser.close();
  return speed;
}

/** Imports until `killAt` source bytes are done, or to completion. */
async function live(call: CliEngine['call'], url: string, killAt: number) {
  const began = performance.now();
  let [fromBytes, doneBytes, importedAt] = [-1, 0, began];
  let reach: (killed: true) => void = () => undefined;
  const reached = new Promise<true>((resolve) => (reach = resolve));
  const loading = call(
    'import',
    { source: { kind: 'url', url } },
    ({ phase, doneBytes: done }: LoadProgress) => {
      if (phase !== 'import') return;
      if (fromBytes < 0) fromBytes = done;
      [doneBytes, importedAt] = [done, performance.now()];
      if (done >= killAt) reach(true);
    },
  ).then(() => false as const);
  loading.catch(() => undefined); // the kill aborts the call
  const killed = await Promise.race([reached, loading]);
  return { killed, fromBytes: Math.max(0, fromBytes), doneBytes, ms: importedAt - began };
}

export function mb(bytes: number): number {
  return Math.round(bytes / 1e6);
}
