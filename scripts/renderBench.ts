// Frame times while a long answer is written: npm run render-bench -- http://localhost:4174
// The address serves a build of mode test-fake, whose engine writes about 100 tokens a second.
import { chromium } from 'playwright';
import { CHROMIUM_ARGS, findChromium } from './browser.mjs';

/** About 700 characters with everything in it; no braces, which the fake engine reads as repeats. */
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

const percentile = (sorted: number[], share: number) => sorted[Math.floor((sorted.length - 1) * share)];

const address = process.argv[2] ?? 'http://localhost:4174';
const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_ARGS });
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
await page.goto(`${address}/?context=1000000`);
await page.locator('[data-status=ready]').waitFor();
await page.getByRole('textbox', { name: 'Message' }).fill(`say\n{${REPEATS}×${PART}}`);
await page.evaluate(() => {
  const frames: number[] = ((window as never as { frames: number[] }).frames = []);
  const shifts: number[] = ((window as never as { shifts: number[] }).shifts = []);
  let last = 0;
  const tick = (now: number) => {
    if (last) frames.push(now - last);
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) shifts.push((entry as never as { value: number }).value);
  }).observe({ type: 'layout-shift' });
});
const started = Date.now();
await page.keyboard.press('Enter');
await page.getByRole('button', { name: 'Stop' }).waitFor({ timeout: 30_000 });
await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'hidden', timeout: 240_000 });
const seconds = (Date.now() - started) / 1000;
const { frames, shifts, chars, stats } = await page.evaluate(() => ({
  frames: (window as never as { frames: number[] }).frames,
  shifts: (window as never as { shifts: number[] }).shifts,
  chars: document.querySelector('.answer')?.textContent?.length ?? 0,
  stats: document.querySelector('.answer .stats')?.textContent,
}));
await browser.close();

const thirds = [0, 1, 2].map((third) => {
  const part = frames
    .slice((frames.length * third) / 3, (frames.length * (third + 1)) / 3)
    .sort((a, b) => a - b);
  return {
    frames: part.length,
    medianMs: percentile(part, 0.5),
    p95Ms: percentile(part, 0.95),
    p99Ms: percentile(part, 0.99),
    maxMs: percentile(part, 1),
  };
});
console.log(
  JSON.stringify({ chars, stats, seconds, layoutShift: shifts.reduce((a, b) => a + b, 0), thirds }, null, 2),
);
