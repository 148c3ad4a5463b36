// Requests to endpoints that draw: JSON with a key that goes to the endpoint's host only, and files from where it says.
import { reasonIn } from '../../servers/http';
import type { HttpAnswer, HttpRequest } from '../../network/httpRequest';
import { AppError } from '../../shared/errors';
import { fault, ToolFailure } from '../faults';
import { addressFault, isPrivateHost, originOf } from '../http/endpoint';
import { whyUnread } from '../http/httpTool';
import { redact, type ReadSecrets, type Secret } from '../http/secrets';

export interface DrawDeps {
  secrets: ReadSecrets;
  send: (request: HttpRequest, signal?: AbortSignal) => Promise<HttpAnswer>;
}

interface AskOptions {
  baseUrl: string;
  path: string;
  body?: Record<string, unknown>;
  key: string;
  timeoutMs: number;
}

async function keyFor(
  origin: string | undefined,
  name: string,
  { secrets }: DrawDeps,
): Promise<Secret | undefined> {
  const [secret] = await secrets([name]);
  return secret?.origin === origin ? secret : undefined;
}

async function sent(request: HttpRequest, { send }: DrawDeps, signal: AbortSignal): Promise<HttpAnswer> {
  try {
    return await send(request, signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof AppError)) throw error;
    throw new ToolFailure(whyUnread(error, request.url));
  }
}

/** Asks the endpoint; its answer as JSON. @throws ToolFailure */
export async function ask(
  { baseUrl, path, body, key, timeoutMs }: AskOptions,
  deps: DrawDeps,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const url = baseUrl + path;
  if (addressFault(url)) throw new ToolFailure(fault('address'));
  const secret = await keyFor(originOf(url), key, deps);
  const headers = {
    ...(body && { 'content-type': 'application/json' }),
    ...(secret && { authorization: `Bearer ${secret.value}` }),
  };
  const answer = await sent(
    {
      ...{ url, headers, timeoutMs, method: body ? 'POST' : 'GET', maxBytes: 64e6 },
      ...(body && { body: JSON.stringify(body) }),
    },
    deps,
    signal,
  );
  const host = new URL(url).host;
  if (answer.kind === 'redirect') throw new ToolFailure(fault('redirect', { host }));
  if (answer.kind === 'timeout')
    throw new ToolFailure(fault('late', { host, seconds: String(timeoutMs / 1000) }));
  const json = parsed(await answer.body.text());
  if (answer.status < 400 && json) return json;
  const why = redact(reasonIn(json), secret ? [secret] : []);
  const status = String(answer.status);
  throw new ToolFailure(
    why ? fault('status', { host, status, why }) : fault('otherAnswer', { host, status }),
  );
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A file at an address that the endpoint named, without its key. An address in the reader's own network is read only
 * where the endpoint is there too.
 * @throws ToolFailure with the address, which people can open by themselves
 */
export async function download(
  url: string,
  { baseUrl, media }: { baseUrl: string; media: 'image' | 'video' },
  deps: DrawDeps,
  signal: AbortSignal,
): Promise<Blob> {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  if (addressFault(url) || (isPrivateHost(host) && !isPrivateHost(new URL(baseUrl).hostname)))
    throw new ToolFailure(fault('notAsked', { url: url.slice(0, 300) }));
  const isAt = fault(media === 'image' ? 'imageAt' : 'videoAt', { url });
  let answer: HttpAnswer;
  try {
    answer = await sent(
      { url, method: 'GET', headers: {}, maxBytes: 500e6, timeoutMs: 300_000 },
      deps,
      signal,
    );
  } catch (error) {
    if (error instanceof ToolFailure) throw new ToolFailure(...error.faults, isAt);
    throw error;
  }
  if (answer.kind !== 'answer' || answer.status >= 400 || answer.cut) throw new ToolFailure(isAt);
  return answer.body;
}

/** The type of a picture or video by its first bytes; undefined for anything else. */
export async function mediaTypeOf(blob: Blob): Promise<string | undefined> {
  const bytes = new Uint8Array(await blob.slice(0, 16).arrayBuffer());
  const text = String.fromCharCode(...bytes);
  if (text.startsWith('\x89PNG')) return 'image/png';
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (text.startsWith('GIF8')) return 'image/gif';
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'image/webp';
  if (text.slice(4, 8) === 'ftyp') return 'video/mp4';
  return text.startsWith('\x1a\x45\xdf\xa3') ? 'video/webm' : undefined;
}
