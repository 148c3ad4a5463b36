// One request of a tool to an address that the user entered: no cookies, no referrer, no redirects, limited in size and time.
import { isAbort } from '../shared/errors';
import { whyUnanswered } from '../servers/unanswered';

export interface HttpRequest {
  url: string;
  method: string;
  headers: Record<string, string>;
  body?: string;
  maxBytes: number;
  timeoutMs: number;
}

export type HttpAnswer =
  /** @property cut the body is longer than `maxBytes`, and this is its beginning */
  | { kind: 'answer'; status: number; type: string; body: Blob; cut: boolean }
  /** The host answers with another address, which is not asked: it could be any. */
  | { kind: 'redirect' }
  | { kind: 'timeout' };

/**
 * Sends the request and reads the answer.
 * @throws AppError server-refused (it answers, but no page may read it), server-blocked, server-unreachable; an abort
 *   throws the signal's reason
 */
export async function httpRequest(request: HttpRequest, signal?: AbortSignal): Promise<HttpAnswer> {
  const { url, method, headers, body, maxBytes, timeoutMs } = request;
  const own = new AbortController();
  const end = () => own.abort(signal?.reason);
  let late = false;
  const timer = setTimeout(() => ((late = true), own.abort()), timeoutMs);
  if (signal?.aborted) end();
  signal?.addEventListener('abort', end, { once: true });
  try {
    const response = await fetch(url, {
      ...{ method, headers, body, signal: own.signal },
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'manual',
      referrerPolicy: 'no-referrer',
    });
    // Browsers hide a redirect's status; Node shows it.
    if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400))
      return { kind: 'redirect' };
    const { parts, cut } = await beginning(response, maxBytes);
    const type = response.headers.get('content-type') ?? '';
    return { kind: 'answer', status: response.status, type, body: new Blob(parts, { type }), cut };
  } catch (error) {
    if (late) return { kind: 'timeout' };
    if (signal?.aborted || isAbort(error)) throw error;
    const why = await whyUnanswered(new URL('/', url).href, error, signal);
    signal?.throwIfAborted();
    throw why;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  }
}

async function beginning(
  { body }: Response,
  maxBytes: number,
): Promise<{ parts: Uint8Array<ArrayBuffer>[]; cut: boolean }> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = body?.getReader();
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    const room = maxBytes - length;
    parts.push(value.length > room ? value.slice(0, room) : value);
    length += value.length;
    if (length <= maxBytes) continue;
    await reader.cancel();
    return { parts, cut: true };
  }
  return { parts, cut: false };
}
