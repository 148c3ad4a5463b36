// Measures the page's start and input latency with Lighthouse's metrics. Each round uses a new browser profile; prints
// medians over all rounds.
import { chromium } from 'playwright';
import { CHROMIUM_ARGS, findChromium } from './browsers/browser.mjs';
import { commandLine } from './commandLine';

const ROUNDS = 5;
const { positionals } = commandLine(
  `npm run page-metrics -- [http://localhost:4173]
The address serves the build that ships.`,
  {},
);
const address = positionals[0] ?? 'http://localhost:4173';

interface Seen {
  fcp: number;
  lcp: number;
  cls: number;
  tbt: number;
  inp: number;
}

/** Measures from the first byte until Nano is ready, then while a question is typed and sent. */
async function round(): Promise<Seen & { readyMs: number; requests: number; transferKb: number }> {
  const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_ARGS });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-US' });
  await page.addInitScript(() => {
    const seen: Seen = { fcp: 0, lcp: 0, cls: 0, tbt: 0, inp: 0 };
    (window as never as { seen: Seen }).seen = seen;
    const on = (type: string, note: (entry: PerformanceEntry) => void, more = {}) =>
      new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({
        type,
        buffered: true,
        ...more,
      });
    on('paint', ({ name, startTime }) => {
      if (name === 'first-contentful-paint') seen.fcp = startTime;
    });
    on('largest-contentful-paint', ({ startTime }) => (seen.lcp = startTime));
    on('layout-shift', (entry) => {
      const { value, hadRecentInput } = entry as never as { value: number; hadRecentInput: boolean };
      if (!hadRecentInput) seen.cls += value;
    });
    on('longtask', ({ duration }) => (seen.tbt += Math.max(0, duration - 50)));
    on(
      'event',
      (entry) => {
        const { interactionId } = entry as never as { interactionId: number };
        if (interactionId) seen.inp = Math.max(seen.inp, entry.duration);
      },
      { durationThreshold: 16 },
    );
  });
  const started = Date.now();
  await page.goto(address);
  await page.locator('[data-status=ready]').waitFor({ timeout: 120_000 });
  const readyMs = Date.now() - started;
  const loaded = await page.evaluate(() => ({ ...(window as never as { seen: Seen }).seen }));
  const network = await page.evaluate(() => {
    const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    return {
      requests: entries.length + 1,
      transferKb: Math.round(entries.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0) / 1000),
    };
  });
  await page.getByRole('textbox', { name: 'Message' }).click();
  await page.keyboard.type('What are you?', { delay: 60 });
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'hidden', timeout: 120_000 });
  const { inp } = await page.evaluate(() => (window as never as { seen: Seen }).seen);
  await browser.close();
  return { ...loaded, inp, readyMs, ...network };
}

const rounds = [];
for (let n = 0; n < ROUNDS; n++) rounds.push(await round());
const keys = Object.keys(rounds[0]) as (keyof (typeof rounds)[0])[];
for (const key of keys) {
  const sorted = rounds.map((one) => one[key]).sort((a, b) => a - b);
  const show = (value: number) => (key === 'cls' ? value.toFixed(4) : Math.round(value));
  console.log(
    `${key.padEnd(11)} median ${show(sorted[ROUNDS >> 1])}, ${show(sorted[0])}–${show(sorted[ROUNDS - 1])}`,
  );
}
