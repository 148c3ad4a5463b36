// The warm-start half: loads the stored model in a fresh browser with the server off, and generates a few tokens.
import type { LoadProgress } from '../../src/protocol/models';
import { openEngine } from '../cli/pageEngine';
import { startBrowser } from './killableBrowser';
import type { MemoryCurve } from './memoryCurve';
import { rawReadMBps } from './rawStorage';

export interface WarmStart {
  /** From the call in a freshly started browser until all weights are on the GPU: manifest, tokenizer, buffers, upload. */
  seconds: number;
  /** The upload part: reading, comparing digests, writing to the GPU. */
  uploadSeconds: number;
  /** IndexedDB alone on the same shards, immediately before, alternating with `withoutGpu`. */
  rawReadMBps: number;
  /** Reading and comparing as a load does, without a GPU; in the page, immediately before. */
  withoutGpuMBps: number;
  /** Packed bytes divided by `seconds` and by `uploadSeconds`, as fractions of the raw speed. */
  ofRawRead: number;
  uploadOfRawRead: number;
}

export interface WarmRun {
  packedBytes: number;
  adapter: string;
  shaderF16: boolean;
  gpuBytes: number;
  starts: WarmStart[];
  /** Compiling pipelines and one pass each of decode and prefill: a second on a GPU, much longer on a software adapter. */
  compileSeconds: number;
  prefillSeconds: number;
  secondsPerToken: number;
  tokens: number[];
}

export interface WarmOptions {
  profile: string;
  pageUrl: string;
  tokens: number;
  /** Warm starts, each in a new browser; all but the last are killed once the weights are uploaded. */
  repeat: number;
  curve: MemoryCurve;
  say: (text: string) => void;
}

const PROMPT = [1, 2, 3, 4];
/** Raw reads and loads without a GPU alternate; the fastest of each counts. */
const ROUNDS = 3;

export async function warmRun(options: WarmOptions): Promise<WarmRun> {
  const { profile, pageUrl, tokens, repeat, curve, say } = options;
  const starts: WarmStart[] = [];
  for (;;) {
    const browser = await startBrowser(profile);
    const call = await openEngine(browser.page, pageUrl);
    const adapter = await call('device', {});
    const idleHeap = await browser.heapBytes();
    const [{ id, packedBytes }] = await call('listModels', {});
    const { page } = browser;
    await page.addScriptTag({ type: 'module', url: '/scripts/fullSize/loadWithoutGpu.ts' });
    await page.waitForFunction(() => 'loadWithoutGpu' in window);
    const loadWithoutGpu = (): Promise<number> => page.evaluate((of) => window.loadWithoutGpu(of), id);
    await loadWithoutGpu(); // the first load after an import compares SHA-256
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push({ raw: await rawReadMBps(page), withoutGpu: await loadWithoutGpu() });
    }
    const rawMBps = Math.max(...rounds.map(({ raw }) => raw));
    const withoutGpuMBps = Math.max(...rounds.map(({ withoutGpu }) => withoutGpu));

    const began = performance.now();
    let uploadAt = began;
    let reach: (at: number) => void = () => undefined;
    const uploaded = new Promise<number>((resolve) => (reach = resolve));
    const loading = call(
      'load',
      { source: { kind: 'cached', id }, options: { contextTokens: 512 } },
      ({ phase, doneBytes }: LoadProgress) => {
        if (phase === 'upload' && doneBytes === 0) uploadAt = performance.now();
        if (phase === 'compile') reach(performance.now());
      },
    );
    loading.catch(() => undefined); // the kill aborts the call
    const ended = await curve.during(`warm start ${starts.length + 1}`, browser, idleHeap, () =>
      Promise.race([uploaded, loading.then(() => performance.now())]),
    );
    const [seconds, uploadSeconds] = [(ended - began) / 1000, (ended - uploadAt) / 1000];
    const ofRaw = (taken: number): number => packedBytes / 1e6 / taken / rawMBps;
    starts.push({
      ...{ seconds, uploadSeconds, rawReadMBps: rawMBps, withoutGpuMBps },
      ...{ ofRawRead: ofRaw(seconds), uploadOfRawRead: ofRaw(uploadSeconds) },
    });
    say(
      `warm start ${seconds.toFixed(1)} s (${percent(ofRaw(seconds))} of raw reads at ${rawMBps.toFixed(0)} MB/s), ` +
        `upload ${uploadSeconds.toFixed(1)} s (${percent(ofRaw(uploadSeconds))}), ` +
        `to no GPU ${withoutGpuMBps.toFixed(0)} MB/s (${percent(withoutGpuMBps / rawMBps)})`,
    );
    if (starts.length < repeat) {
      await browser.kill();
      continue;
    }

    const { gpuBytes } = await loading;
    const readyAt = performance.now();
    const [prefillMs, decodeMs, greedy] = await curve.during('tokens', browser, idleHeap, async () => {
      await call('logits', { ids: PROMPT });
      const prefilled = performance.now();
      // The last prompt token is computed again, so it counts as one more token.
      const { greedy } = await call('logits', { ids: PROMPT, greedy: tokens });
      return [prefilled - readyAt, performance.now() - prefilled, greedy] as const;
    });
    const secondsPerToken = decodeMs / 1000 / (tokens + 1);
    say(`${greedy.length} tokens (${greedy.join(' ')}), ${secondsPerToken.toFixed(2)} s each`);
    await browser.close();
    return {
      packedBytes,
      adapter: `${adapter.vendor} ${adapter.architecture} ${adapter.description}`.trim(),
      shaderF16: adapter.features.includes('shader-f16'),
      ...{ gpuBytes, starts, compileSeconds: (readyAt - ended) / 1000 },
      ...{ prefillSeconds: prefillMs / 1000, secondsPerToken, tokens: greedy },
    };
  }
}

function percent(fraction: number): string {
  return `${Math.round(fraction * 100)} %`;
}
