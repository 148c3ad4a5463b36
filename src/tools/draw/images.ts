// Pictures of an endpoint with OpenAI's shape: POST /images/generations.
import { fault, ToolFailure } from '../faults';
import { hostOf } from '../http/httpTool';
import { download, ask, mediaTypeOf, type DrawDeps } from './ask';
import { IMAGE_KEY, type ImageEndpoint } from './settings';

const TIMEOUT_MS = 180_000;
const MOST_PICTURES = 8;

export interface DrawnImages {
  /** Pictures whose type was recognised by their bytes. */
  blobs: Blob[];
  /** The endpoint's own wording of the request. */
  revised?: string;
  seed?: number;
}

/** @throws ToolFailure */
export async function drawImages(
  endpoint: ImageEndpoint,
  prompt: string,
  deps: DrawDeps,
  signal: AbortSignal,
): Promise<DrawnImages> {
  const { baseUrl, model, size, quality, count, asksBase64, sendsSeed } = endpoint;
  const seed = sendsSeed ? crypto.getRandomValues(new Uint32Array(1))[0] >>> 1 : undefined;
  const body = {
    ...{ model, prompt },
    ...(size && { size }),
    ...(quality && { quality }),
    ...(count > 1 && { n: count }),
    ...(asksBase64 && { response_format: 'b64_json' }),
    ...(seed !== undefined && { seed }),
  };
  const { data } = await ask(
    { baseUrl, path: '/images/generations', body, key: IMAGE_KEY, timeoutMs: TIMEOUT_MS },
    deps,
    signal,
  );
  const items = (Array.isArray(data) ? (data as unknown[]) : []).slice(0, MOST_PICTURES);
  const blobs: Blob[] = [];
  let revised: string | undefined;
  for (const item of items) {
    const { b64_json, url, revised_prompt } = (item ?? {}) as Record<string, unknown>;
    if (typeof revised_prompt === 'string') revised ??= revised_prompt.slice(0, 1000);
    const blob =
      typeof b64_json === 'string'
        ? new Blob([bytesOf(b64_json, baseUrl)])
        : typeof url === 'string'
          ? await download(url, { baseUrl, media: 'image' }, deps, signal)
          : undefined;
    const type = blob && (await mediaTypeOf(blob));
    if (blob && type?.startsWith('image/')) blobs.push(new Blob([blob], { type }));
  }
  if (blobs.length === 0) throw new ToolFailure(fault('noPicture', { host: hostOf(baseUrl) }));
  return { blobs, ...(revised && { revised }), ...(seed !== undefined && { seed }) };
}

function bytesOf(base64: string, baseUrl: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64.replace(/^data:[^,]*,/, '')), (char) => char.charCodeAt(0));
  } catch {
    throw new ToolFailure(fault('badPicture', { host: hostOf(baseUrl) }));
  }
}
