// The whole way of a model of real size: over HTTP with kills at random points, back from IndexedDB with the server
// gone, and a few tokens; with speeds, memory and the bytes that every kill cost.
//
//   npm run full-size -- --model FILE [--kills 5] [--tokens 8] [--seed 1] [--profile DIR] [--json FILE]
//
// FILE comes from scripts/make-model.ts. The browser is that of the tests (CHROMIUM_PATH, CHROMIUM_ARGS). A kill is a
// SIGKILL of the browser process; the profile on disk is all that the next start has. Progress goes to stderr.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { LoadProgress } from '../../src/protocol/engine';
import { seeded } from '../../src/testing/random';
import { countingServer } from './countingServer';
import { startBrowser, type Browser } from './killableBrowser';
import { servePage } from './servePage';

const { values: options } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: {
    model: { type: 'string' },
    kills: { type: 'string', default: '5' },
    tokens: { type: 'string', default: '8' },
    seed: { type: 'string', default: '1' },
    profile: { type: 'string' },
    json: { type: 'string' },
    port: { type: 'string', default: '4190' },
  },
});
if (!options.model) throw new Error('--model FILE is missing');
const file = path.resolve(options.model);
const modelBytes = statSync(file).size;
const numKills = Number(options.kills);
const profile = options.profile ?? mkdtempSync(path.join(tmpdir(), 'full-size-'));
const say = (text: string) => process.stderr.write(`${text}\n`);
const mb = (bytes: number) => Math.round(bytes / 1e6);

interface Kill {
  atBytes: number;
  /** Bytes the server sent in this life, and of them those it had sent before. */
  sentBytes: number;
  refetchedBytes: number;
}

const page = await servePage(Number(options.port));
const server = await countingServer(file);
const random = seeded(Number(options.seed));
// One kill somewhere in each of as many equal stretches, so that they do not crowd.
const killPoints = Array.from(
  { length: numKills },
  (_, i) => ((i + random.uniform()) / numKills) * 0.96 * modelBytes + 0.02 * modelBytes,
);
const kills: Kill[] = [];
const memory = { idle: 0, importPeak: 0, warmPeak: 0 };
const importLives: { fromBytes: number; toBytes: number; ms: number }[] = [];

/** Loads until `killAt` source bytes are done, or to the end. @returns how far it came. */
async function live(browser: Browser, killAt: number, onPeak: (bytes: number) => void) {
  let from = -1;
  let done = 0;
  let importedAt = performance.now();
  const began = performance.now();
  let stop: () => void = () => undefined;
  const reached = new Promise<'killed'>((resolve) => (stop = () => resolve('killed')));
  const sampler = setInterval(() => void browser.heapBytes().then(onPeak, () => undefined), 500);
  const onEvent = ({ phase, doneBytes }: LoadProgress) => {
    if (phase !== 'import') return;
    if (from < 0) from = doneBytes;
    done = doneBytes;
    importedAt = performance.now();
    if (doneBytes >= killAt) stop();
  };
  try {
    const loaded = browser.call(
      'load',
      { source: { kind: 'url', url: server.url }, options: { contextTokens: 512 } },
      onEvent,
    );
    loaded.catch(() => undefined); // a kill ends the call
    const outcome = await Promise.race([reached, loaded]);
    return { outcome, from: Math.max(0, from), done, importMs: importedAt - began };
  } finally {
    clearInterval(sampler);
  }
}

const started = performance.now();
let browser = await startBrowser(profile, page.url);
memory.idle = await browser.heapBytes();
say(`idle heap ${mb(memory.idle)} MB; model ${mb(modelBytes)} MB; profile ${profile}`);
const rawDisk = await browser.rawStorageSpeed();
say(
  `IndexedDB alone: writes ${rawDisk.writeMBps.toFixed(0)} MB/s, reads ${rawDisk.readMBps.toFixed(0)} MB/s`,
);

for (const killAt of [...killPoints, Infinity]) {
  server.beginLife();
  const { outcome, from, done, importMs } = await live(browser, killAt, (bytes) => {
    memory.importPeak = Math.max(memory.importPeak, bytes);
  });
  const { sentBytes, repeatedBytes } = server.life();
  importLives.push({ fromBytes: from, toBytes: done, ms: importMs });
  if (outcome === 'killed') {
    await browser.kill();
    kills.push({ atBytes: done, sentBytes, refetchedBytes: 0 });
    say(
      `killed at ${mb(done)} MB (began at ${mb(from)} MB, ${((done - from) / 1e3 / importMs).toFixed(0)} MB/s)`,
    );
    if (kills.length > 1) kills[kills.length - 2].refetchedBytes = repeatedBytes;
    browser = await startBrowser(profile, page.url);
  } else {
    if (kills.length > 0) kills[kills.length - 1].refetchedBytes = repeatedBytes;
    say(
      `imported (${mb(done)} MB); the last life sent ${mb(sentBytes)} MB, ${mb(repeatedBytes)} MB of them again`,
    );
  }
}
const importRss = await browser.peakRssBytes();
await browser.close();
const requestsBefore = server.requests();
await server.close();
say('server off; starting from IndexedDB');

browser = await startBrowser(profile, page.url);
const rawAgain = await browser.rawStorageSpeed();
const [stored] = (await browser.call('listModels', {})) as { id: string; packedBytes: number }[];
const times: Partial<Record<LoadProgress['phase'], number>> = {};
const warmBegan = performance.now();
const sampler = setInterval(
  () =>
    void browser.heapBytes().then(
      (bytes) => (memory.warmPeak = Math.max(memory.warmPeak, bytes)),
      () => undefined,
    ),
  500,
);
const info = await browser.call(
  'load',
  { source: { kind: 'cached', id: stored.id }, options: { contextTokens: 512 } },
  ({ phase }: LoadProgress) => (times[phase] ??= performance.now() - warmBegan),
);
const warmMs = performance.now() - warmBegan;
const uploadMs = (times.compile ?? warmMs) - (times.upload ?? 0);
clearInterval(sampler);
say(
  `warm start ${(warmMs / 1000).toFixed(1)} s, upload ${(stored.packedBytes / 1e3 / uploadMs).toFixed(0)} MB/s`,
);
const numTokens = Number(options.tokens);
const tokensBegan = performance.now();
const { greedy } = await browser.call('logits', { ids: [1, 2, 3, 4], greedy: numTokens });
const tokenSeconds = (performance.now() - tokensBegan) / 1000 / (numTokens + 1);
say(
  `${greedy.length} tokens: ${greedy.join(' ')}; ${tokenSeconds.toFixed(1)} s each (prefill counted as one)`,
);
const warmRss = await browser.peakRssBytes();
const adapter = await browser.call('device', {});
await browser.close();
await page.close();
if (!options.profile) rmSync(profile, { recursive: true, force: true });

const importMs = importLives.reduce((sum, { ms }) => sum + ms, 0);
const importMBps = modelBytes / 1e3 / importMs;
const result = {
  model: { file: path.basename(file), bytes: modelBytes, packedBytes: stored.packedBytes },
  adapter: adapter.description,
  kills,
  importMBps,
  importOfRawWrite: importMBps / rawDisk.writeMBps,
  rawWriteMBps: rawDisk.writeMBps,
  warmStartSeconds: warmMs / 1000,
  uploadMBps: stored.packedBytes / 1e3 / uploadMs,
  uploadOfRawRead: stored.packedBytes / 1e3 / uploadMs / rawAgain.readMBps,
  rawReadMBps: rawAgain.readMBps,
  heapBytes: memory,
  peakRssBytes: { import: importRss, warm: warmRss },
  gpuBytes: info.gpuBytes,
  secondsPerToken: tokenSeconds,
  tokens: greedy,
  requestsBeforeServerOff: requestsBefore,
  totalMinutes: (performance.now() - started) / 60000,
};
const text = JSON.stringify(result, null, 2);
if (options.json) writeFileSync(options.json, `${text}\n`);
process.stdout.write(`${text}\n`);
process.exit(0);
