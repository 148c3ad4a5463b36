// Measures frame times of the page: while a long answer streams, or in a long chat.
import { chromium, type Page } from 'playwright';
import { CHROMIUM_ARGS, findChromium } from './browsers/browser.mjs';
import { commandLine } from './commandLine';

/** About 700 characters with every kind of markup; no braces, which the fake engine reads as repeats. */
const PART = `## A part of the answer

The cost is $n \\log n$ on **average**, see [the book](https://example.org)【1†source】, and \`sort(a)\` does it *in place*.

1. Pick a pivot, which may be any element of the list.
2. Move what is smaller to its left, and the rest to its right.
   - This takes one pass.
   - It needs no memory beside the list.

| name | best | worst |
| :-- | --: | --: |
| quick | $n$ | $n^2$ |
| merge | $n$ | $n$ |

\`\`\`python
def sort(a):
    if len(a) < 2: return a  # nothing to do
    p, rest = a[0], a[1:]
    return sort([x for x in rest if x < p]) + [p] + sort([x for x in rest if x >= p])
\`\`\`

$$
\\sum n = n (n + 1) / 2
$$

`;
const REPEATS = 28;
const LONG_CHAT = 5000;
/** A mouse wheel's step, and the interval between steps when scrolling fast. */
const WHEEL = { px: 240, everyMs: 30, times: 150 };

const percentile = (sorted: number[], share: number) => sorted[Math.floor((sorted.length - 1) * share)];

interface Watched {
  frames: number[];
  shifts: number[];
}

/** Starts counting frames and layout shifts. */
const watch = (page: Page) =>
  page.evaluate(() => {
    const seen = window as never as Watched & { watching?: boolean };
    [seen.frames, seen.shifts] = [[], []];
    if (seen.watching) return;
    seen.watching = true;
    let last = 0;
    const tick = (now: number) => {
      if (last) seen.frames.push(now - last);
      last = now;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.shifts.push((entry as never as { value: number }).value);
    }).observe({ type: 'layout-shift' });
  });

const seen = (page: Page) =>
  page.evaluate(() => {
    const { frames, shifts } = window as never as Watched;
    return { frames, layoutShift: shifts.reduce((sum, shift) => sum + shift, 0) };
  });

function summary(frames: number[]) {
  const sorted = [...frames].sort((a, b) => a - b);
  const round = (ms: number) => Math.round(ms * 10) / 10;
  return {
    frames: sorted.length,
    medianMs: round(percentile(sorted, 0.5)),
    p95Ms: round(percentile(sorted, 0.95)),
    maxMs: round(percentile(sorted, 1)),
  };
}

async function streaming(page: Page, address: string) {
  await page.goto(`${address}/?context=1000000`);
  await page.locator('[data-status=ready]').waitFor();
  await page.getByRole('textbox', { name: 'Message' }).fill(`say\n{${REPEATS}×${PART}}`);
  await watch(page);
  const started = Date.now();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Stop' }).waitFor({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'hidden', timeout: 240_000 });
  const seconds = (Date.now() - started) / 1000;
  const { frames, layoutShift } = await seen(page);
  const third = frames.length / 3;
  return {
    ...(await page.evaluate(() => ({
      chars: document.querySelector('article[aria-busy]')?.textContent?.length,
      stats: document.querySelector('article[aria-busy] footer [role=group]')?.textContent,
    }))),
    seconds,
    layoutShift,
    thirds: [0, 1, 2].map((n) => summary(frames.slice(n * third, (n + 1) * third))),
  };
}

/** One chat in the export format; every fourth answer has every kind of markup. */
const longChat = () => ({
  format: 'glm-in-a-tab/chats',
  version: 2,
  chats: [
    {
      id: 'long',
      title: 'A long chat',
      titleBy: 'user',
      createdAt: 1,
      updatedAt: 2,
      pinned: false,
      systemPrompt: '',
      chosen: {},
      messages: Array.from({ length: LONG_CHAT }, (_, n) => ({
        id: `m${n}`,
        parentId: n === 0 ? null : `m${n - 1}`,
        role: n % 2 ? 'assistant' : 'user',
        content: n % 8 === 7 ? PART : `Message ${n}: ${'some words of a usual length. '.repeat(1 + (n % 9))}`,
        createdAt: n + 1,
        ...(n % 2 && { end: 'stop', seed: 1, modelName: 'Nano' }),
      })),
    },
  ],
});

async function long(page: Page, address: string) {
  const buffer = Buffer.from(JSON.stringify(longChat()));
  await page.goto(`${address}/`);
  await page.locator('[data-status=ready]').waitFor();
  const file = { name: 'chats.json', mimeType: 'application/json', buffer };
  await page.locator('[data-import]').setInputFiles(file);
  await page.getByText('Imported: 1 new chat').waitFor({ timeout: 60_000 });

  const row = page.getByRole('button', { name: 'A long chat', exact: true });
  await row.waitFor();
  const opened = await page.evaluate(async () => {
    const button = [...document.querySelectorAll('button')].find((one) => one.textContent === 'A long chat');
    const started = performance.now();
    button?.click();
    const settled = () => {
      const last = document.querySelector('main [role=list] > :last-child > :last-child footer');
      const scroller = document.querySelector('main > header + div');
      return (
        last && scroller && last.getBoundingClientRect().bottom <= scroller.getBoundingClientRect().bottom
      );
    };
    while (!settled()) await new Promise(requestAnimationFrame);
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    return performance.now() - started;
  });
  await page.waitForTimeout(1500);

  const box = (await page.locator('main > header + div').boundingBox()) ?? {
    x: 0,
    y: 0,
    width: 0,
    height: 0,
  };
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  /** Milliseconds of the page's main thread so far, by category. */
  async function spent() {
    const { metrics } = await session.send('Performance.getMetrics');
    const ms = (name: string) => (metrics.find((one) => one.name === name)?.value ?? 0) * 1000;
    return {
      script: ms('ScriptDuration'),
      style: ms('RecalcStyleDuration'),
      layout: ms('LayoutDuration'),
      task: ms('TaskDuration'),
    };
  }
  async function wheel(direction: 1 | -1) {
    const before = await spent();
    await watch(page);
    for (let n = 0; n < WHEEL.times; n++) {
      await page.mouse.wheel(0, direction * WHEEL.px);
      await page.waitForTimeout(WHEEL.everyMs);
    }
    const { frames, layoutShift } = await seen(page);
    const after = await spent();
    const perFrame = (key: keyof typeof after) =>
      Math.round(((after[key] - before[key]) / frames.length) * 10) / 10;
    const mainThread = {
      script: perFrame('script'),
      style: perFrame('style'),
      layout: perFrame('layout'),
      all: perFrame('task'),
    };
    return { ...summary(frames), layoutShift, mainThreadMsPerFrame: mainThread };
  }
  const up = await wheel(-1);
  const down = await wheel(1);

  // Drags the scroll bar from end to end in 60 steps.
  await watch(page);
  for (let step = 60; step >= 0; step--) {
    await page.evaluate((share) => {
      const scroller = document.querySelector('main > header + div');
      if (scroller) scroller.scrollTop = share * scroller.scrollHeight;
    }, step / 60);
    await page.waitForTimeout(30);
  }
  const dragged = summary((await seen(page)).frames);

  await page.evaluate(() => document.querySelector('main > header + div')?.scrollTo(0, 1e9));
  await page.waitForTimeout(500);
  await page.getByRole('textbox', { name: 'Message' }).click();
  await watch(page);
  await page.keyboard.type('What are you, in a few words? ', { delay: 40 });
  const typed = summary((await seen(page)).frames);
  await watch(page);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Stop' }).waitFor({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'hidden', timeout: 240_000 });
  const { frames, layoutShift } = await seen(page);
  const elements = await page.evaluate(() => document.querySelectorAll('main > header + div *').length);
  return {
    messages: LONG_CHAT,
    openedMs: Math.round(opened),
    up,
    down,
    dragged,
    typed,
    answered: { ...summary(frames), layoutShift },
    elements,
  };
}

const { values, positionals } = commandLine(
  `npm run render-bench -- http://localhost:4174          a long answer while it is written
       npm run render-bench -- http://localhost:4174 --long   a chat of 5,000 messages: opened, scrolled, jumped
                                                              through, written in
The address serves a build of mode test-fake, whose engine writes about 100 tokens a second.`,
  { long: { type: 'boolean' } },
);
const address = positionals[0] ?? 'http://localhost:4174';
const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_ARGS });
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
const run = values.long ? long : streaming;
console.log(JSON.stringify(await run(page, address), null, 2));
await browser.close();
