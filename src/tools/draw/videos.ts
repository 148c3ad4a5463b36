// Videos of an endpoint with BigModel's shape: POST /videos/generations, then GET /async-result/{id} until it is done.
import { fault, ToolFailure } from '../faults';
import { hostOf } from '../http/httpTool';
import { ask, download, mediaTypeOf, type DrawDeps } from './ask';
import { VIDEO_KEY, type VideoEndpoint } from './settings';

const TIMEOUT_MS = 60_000;
const MOST_MINUTES = 20;
const MOST_PROMPT = 512;

export interface VideoOptions {
  signal: AbortSignal;
  onWait: (seconds: number) => void;
  /** Between two looks; default 5 s. */
  pollMs?: number;
}

/** @throws ToolFailure */
export async function makeVideos(
  endpoint: VideoEndpoint,
  prompt: string,
  deps: DrawDeps,
  { signal, onWait, pollMs = 5000 }: VideoOptions,
): Promise<Blob[]> {
  const { baseUrl, model, size, quality, withAudio } = endpoint;
  const body = {
    ...{ model, prompt: prompt.slice(0, MOST_PROMPT) },
    ...(size && { size }),
    ...(quality && { quality }),
    ...(withAudio && { with_audio: true }),
  };
  const common = { baseUrl, key: VIDEO_KEY, timeoutMs: TIMEOUT_MS };
  const host = hostOf(baseUrl);
  const started = performance.now();
  let task = await ask({ ...common, path: '/videos/generations', body }, deps, signal);
  const { id } = task;
  if (typeof id !== 'string' || id === '') throw new ToolFailure(fault('noTask', { host }));
  while (task.task_status !== 'SUCCESS') {
    if (task.task_status === 'FAIL') throw new ToolFailure(fault('videoFailed', { host }));
    const waited = (performance.now() - started) / 1000;
    if (waited > MOST_MINUTES * 60)
      throw new ToolFailure(fault('videoLate', { minutes: String(MOST_MINUTES) }));
    onWait(Math.round(waited));
    await pause(pollMs, signal);
    task = await ask({ ...common, path: `/async-result/${encodeURIComponent(id)}` }, deps, signal);
  }
  const results = (Array.isArray(task.video_result) ? (task.video_result as unknown[]) : []).slice(0, 4);
  const videos: Blob[] = [];
  for (const result of results) {
    const { url } = (result ?? {}) as Record<string, unknown>;
    if (typeof url !== 'string') continue;
    const blob = await download(url, { baseUrl, media: 'video' }, deps, signal);
    const type = await mediaTypeOf(blob);
    if (type?.startsWith('video/')) videos.push(new Blob([blob], { type }));
  }
  if (videos.length === 0) throw new ToolFailure(fault('noVideo', { host }));
  return videos;
}

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
