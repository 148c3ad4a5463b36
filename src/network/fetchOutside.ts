// Requests of tools to hosts that the user allowed: no cookies, no referrer, no redirects, limits of size and time.
import { whyUnanswered } from '../servers/unanswered';
import { AppError, isAbort } from '../shared/errors';
import type { OutsideAnswer, OutsideRequest } from './calls';

const MAX_BYTES = 2 * 2 ** 20;
const TIMEOUT_MS = 20_000;

/** The encoding that a page names for itself, in its type or its head. */
export function charsetOf(contentType: string, beginning: string): string {
  const named =
    /charset\s*=\s*["']?([\w-]+)/i.exec(contentType) ??
    /<meta[^>]{0,200}charset\s*=\s*["']?([\w-]+)/i.exec(beginning);
  return named?.[1] ?? 'utf-8';
}

function decode(bytes: Uint8Array, contentType: string): string {
  const beginning = new TextDecoder('latin1').decode(bytes.subarray(0, 2048));
  try {
    return new TextDecoder(charsetOf(contentType, beginning)).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes); // an encoding that browsers do not know
  }
}

/** At most so many bytes of a body. */
async function readSome(
  body: Response['body'],
  maxBytes: number,
): Promise<{ bytes: Uint8Array; cut: boolean }> {
  const bytes = new Uint8Array(maxBytes);
  let length = 0;
  const reader = body?.getReader();
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    const room = maxBytes - length;
    bytes.set(next.value.subarray(0, room), length);
    length += Math.min(room, next.value.length);
    if (next.value.length <= room) continue;
    await reader?.cancel();
    return { bytes, cut: true };
  }
  return { bytes: bytes.subarray(0, length), cut: false };
}

/**
 * @returns the answer, also one with a status that says no
 * @throws AppError server-refused (it answers, but not pages: CORS), server-unreachable, server-blocked; an abort throws
 *   the signal's reason
 */
export async function fetchOutside(request: OutsideRequest, signal?: AbortSignal): Promise<OutsideAnswer> {
  const { url, method = 'GET', headers, body, maxBytes = MAX_BYTES, timeoutMs = TIMEOUT_MS } = request;
  const late = AbortSignal.timeout(timeoutMs);
  const either = signal ? AbortSignal.any([signal, late]) : late;
  try {
    const response = await fetch(url, {
      ...{ method, headers, body, signal: either },
      ...{ credentials: 'omit', cache: 'no-store', redirect: 'error', referrerPolicy: 'no-referrer' },
    });
    const type = response.headers.get('content-type') ?? '';
    const { bytes, cut } = await readSome(response.body, maxBytes);
    const contentType = type.split(';', 1)[0].trim().toLowerCase();
    return { status: response.status, contentType, text: decode(bytes, type), cut };
  } catch (error) {
    signal?.throwIfAborted();
    if (late.aborted)
      throw new AppError('server-unreachable', `${url} did not answer in time.`, { url, mixed: 'no' }, error);
    if (isAbort(error)) throw error;
    const why = await whyUnanswered(url, error, signal);
    signal?.throwIfAborted();
    throw why;
  }
}
