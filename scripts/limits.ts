// Measures responsiveness during the prefill of a long prompt, in headless Chromium: the longest dispatch and submit, the
// latency of Stop, and the latency of a click.
// Submits and clicks are timed during prefill; dispatches afterwards, individually, at the last chunk's size and depth.
import path from 'node:path';
import type { Page, Worker } from 'playwright';
import { openInBrowser } from './cli/cliBrowser';
import { commandLine } from './commandLine';

declare global {
  /** In the worker: milliseconds of each submit, end of the last one (since 1970), tokens of the last chunk. */
  var seen: { submits: number[]; lastDone: number; chunk: number };
  interface Window {
    clicks: { handled: number; painted: number }[];
  }
}

const { values, positionals, refusal } = commandLine(
  `npm run limits -- MODEL.gguf [--tokens 2048] [--profile DIR]`,
  { tokens: { type: 'string', default: '2048' }, profile: { type: 'string' } },
);
const [file] = positionals;
if (!file) throw refusal('No model is named.');
const numTokens = Number(values.tokens);
const STOPS = 5;
const CLICK_EVERY_MS = 250;

/** Runs in the worker: times every later submit, from its start on the device to its end. */
function watchSubmits(): void {
  globalThis.seen = { submits: [], lastDone: 0, chunk: 0 };
  const { submit, writeBuffer } = GPUQueue.prototype;
  let lastDone = 0;
  GPUQueue.prototype.submit = function (buffers) {
    const began = performance.now();
    submit.call(this, buffers);
    void this.onSubmittedWorkDone().then(() => {
      const now = performance.now();
      globalThis.seen.submits.push(now - Math.max(began, lastDone));
      lastDone = now;
      globalThis.seen.lastDone = performance.timeOrigin + now;
    });
  };
  GPUQueue.prototype.writeBuffer = function (buffer, offset, data, from, size) {
    if (buffer.label === 'tokens' && size && size >= 32) globalThis.seen.chunk = size / 4;
    writeBuffer.call(this, buffer, offset, data as ArrayBufferView<ArrayBuffer>, from, size);
  };
}

/** Runs in the page: measures the delay from a click to its handler, and to the next frame. */
function watchClicks(): void {
  window.clicks = [];
  document.addEventListener('pointerdown', ({ timeStamp }) => {
    const handled = performance.now() - timeStamp;
    requestAnimationFrame(() =>
      setTimeout(() => window.clicks.push({ handled, painted: performance.now() - timeStamp })),
    );
  });
}

/** Runs in the page: starts the prefill of a prompt and stops it after `ms`. */
async function stopAfter({
  ids,
  ms,
}: {
  ids: number[];
  ms: number;
}): Promise<{ stoppedAt: number; heard: number }> {
  const reading = window.engineCall('logits', { ids } as never);
  await new Promise((resolve) => setTimeout(resolve, ms));
  const began = performance.now();
  window.engineStop();
  await reading;
  return { stoppedAt: performance.timeOrigin + began, heard: performance.now() - began };
}

async function clickWhile<T>(page: Page, work: Promise<T>): Promise<T> {
  let isOver = false;
  const ended = work.finally(() => (isOver = true));
  while (!isOver) {
    await page.mouse.click(20, 20);
    await new Promise((resolve) => setTimeout(resolve, CLICK_EVERY_MS));
  }
  return ended;
}

function spread(name: string, times: number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]?.toFixed(0);
  return `${name}: ${times.length}, median ${at(0.5)} ms, 95 % ${at(0.95)} ms, longest ${at(1)} ms`;
}

const engine = await openInBrowser({ profile: values.profile });
try {
  const { call } = engine;
  const page = engine.context.pages().at(-1);
  const worker: Worker | undefined = page?.workers()[0];
  if (!page || !worker) throw new Error('the engine has no worker');
  const { description } = await call('device', {});
  const source = await engine.sourceOf(path.resolve(file));
  const options = { contextTokens: numTokens + 64 };
  const { vocabSize = 100_000, name } = await call('load', { source, options });
  const prompt = (seed: number) =>
    Array.from({ length: numTokens }, (_, i) => 10 + ((i * 7919 + seed * 104729) % (vocabSize - 2000)));
  await worker.evaluate(watchSubmits);
  await page.evaluate(watchClicks);
  const began = performance.now();
  await clickWhile(page, call('logits', { ids: prompt(1) }));
  const seconds = (performance.now() - began) / 1000;
  const { submits, chunk } = await worker.evaluate(() => globalThis.seen);
  console.log(
    `${name} on ${description}: ${numTokens} tokens in ${seconds.toFixed(1)} s, chunks of ${chunk} in the end`,
  );
  console.log(spread('submits', submits));
  const clicks = await page.evaluate(() => window.clicks);
  console.log(
    spread(
      'clicks, to their handler',
      clicks.map(({ handled }) => handled),
    ),
  );
  console.log(
    spread(
      'clicks, to the frame after',
      clicks.map(({ painted }) => painted),
    ),
  );

  const stops: { heard: number; idle: number }[] = [];
  for (let seed = 2; seed < 2 + STOPS; seed++) {
    const { stoppedAt, heard } = await page.evaluate(stopAfter, { ids: prompt(seed), ms: 600 + seed * 170 });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const { lastDone } = await worker.evaluate(() => globalThis.seen);
    stops.push({ heard, idle: Math.max(0, lastDone - stoppedAt) });
  }
  console.log(
    spread(
      'Stop, to the end of the call',
      stops.map(({ heard }) => heard),
    ),
  );
  console.log(
    spread(
      'Stop, to an idle device',
      stops.map(({ idle }) => idle),
    ),
  );

  const { kernels } = await call('benchPass', { numTokens: chunk, length: numTokens });
  const longest = kernels.toSorted((a, b) => b.ms / b.dispatches - a.ms / a.dispatches)[0];
  console.log(
    `longest dispatch of ${chunk} tokens at ${numTokens}: ${longest.name}, ${(longest.ms / longest.dispatches).toFixed(0)} ms`,
  );
} finally {
  await engine.close();
}
