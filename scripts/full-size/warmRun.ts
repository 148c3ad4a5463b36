// The second half: the stored model, with no server there, in a fresh browser; a few tokens.
import type { LoadProgress } from '../../src/protocol/engine';
import { openEngine } from '../pageEngine';
import { startBrowser } from './killableBrowser';
import type { MemoryCurve } from './memoryCurve';
import { rawReadMBps } from './rawStorage';

export interface WarmStart {
  /** From the call to a model that is ready: header, upload with digests compared, pipelines. */
  seconds: number;
  uploadSeconds: number;
  /** IndexedDB alone on the same shards, just before. */
  rawReadMBps: number;
  /** Packed bytes over `seconds`, and over `uploadSeconds`, as fractions of it. */
  ofRawRead: number;
  uploadOfRawRead: number;
}

export interface WarmRun {
  packedBytes: number;
  adapter: string;
  shaderF16: boolean;
  gpuBytes: number;
  /** The first is that of a browser just started. */
  starts: WarmStart[];
  prefillSeconds: number;
  secondsPerToken: number;
  tokens: number[];
}

export interface WarmOptions {
  profile: string;
  pageUrl: string;
  tokens: number;
  /** Warm starts, one after another in the same browser. */
  repeat: number;
  curve: MemoryCurve;
  say: (text: string) => void;
}

const PROMPT = [1, 2, 3, 4];

export async function warmRun({
  profile,
  pageUrl,
  tokens,
  repeat,
  curve,
  say,
}: WarmOptions): Promise<WarmRun> {
  const browser = await startBrowser(profile);
  const call = await openEngine(browser.page, pageUrl);
  const adapter = await call('device', {});
  const idleHeap = await browser.heapBytes();
  const [{ id, packedBytes }] = await call('listModels', {});
  const starts: WarmStart[] = [];
  let gpuBytes = 0;
  for (let i = 0; i < repeat; i++) {
    await call('unload', {});
    const rawMBps = await rawReadMBps(browser.page);
    const began = performance.now();
    const times: Partial<Record<LoadProgress['phase'], number>> = {};
    const info = await curve.during(`warm start ${i + 1}`, browser, idleHeap, () =>
      call(
        'load',
        { source: { kind: 'cached', id }, options: { contextTokens: 512 } },
        ({ phase }: LoadProgress) => (times[phase] ??= performance.now()),
      ),
    );
    const ended = performance.now();
    gpuBytes = info.gpuBytes;
    const seconds = (ended - began) / 1000;
    const uploadSeconds = ((times.compile ?? ended) - (times.upload ?? began)) / 1000;
    const ofRaw = (taken: number) => packedBytes / 1e6 / taken / rawMBps;
    starts.push({
      ...{ seconds, uploadSeconds, rawReadMBps: rawMBps },
      ...{ ofRawRead: ofRaw(seconds), uploadOfRawRead: ofRaw(uploadSeconds) },
    });
    say(
      `warm start ${seconds.toFixed(1)} s (${percent(ofRaw(seconds))} of raw reads at ${rawMBps.toFixed(0)} MB/s), ` +
        `upload ${uploadSeconds.toFixed(1)} s (${percent(ofRaw(uploadSeconds))})`,
    );
  }
  const began = performance.now();
  const [prefillMs, decodeMs, greedy] = await curve.during('tokens', browser, idleHeap, async () => {
    await call('logits', { ids: PROMPT });
    const prefilled = performance.now();
    // The last token of the prompt is computed again: it counts as one more token.
    const { greedy } = await call('logits', { ids: PROMPT, greedy: tokens });
    return [prefilled - began, performance.now() - prefilled, greedy] as const;
  });
  const secondsPerToken = decodeMs / 1000 / (tokens + 1);
  say(`${greedy.length} tokens (${greedy.join(' ')}), ${secondsPerToken.toFixed(2)} s each`);
  await browser.close();
  return {
    packedBytes,
    adapter: `${adapter.vendor} ${adapter.architecture} ${adapter.description}`.trim(),
    shaderF16: adapter.features.includes('shader-f16'),
    ...{ gpuBytes, starts, prefillSeconds: prefillMs / 1000, secondsPerToken, tokens: greedy },
  };
}

function percent(fraction: number): string {
  return `${Math.round(fraction * 100)} %`;
}
