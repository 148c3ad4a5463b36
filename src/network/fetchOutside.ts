// Pages and services that the browser tool reads, as text.
import { AppError } from '../shared/errors';
import type { OutsideAnswer, OutsideRequest } from './calls';
import { httpRequest } from './httpRequest';

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

/**
 * Reads a page or a service as text.
 * @returns the answer, also one with a status that says no
 * @throws AppError server-refused (it answers, but not pages, or with another address), server-unreachable,
 *   server-blocked; an abort throws the signal's reason
 */
export async function fetchOutside(request: OutsideRequest, signal?: AbortSignal): Promise<OutsideAnswer> {
  const { url } = request;
  const limits = { method: 'GET', headers: {}, maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS };
  const answer = await httpRequest({ ...limits, ...request }, signal);
  if (answer.kind === 'timeout')
    throw new AppError('server-unreachable', `${url} did not answer in time.`, { url, mixed: 'no' });
  if (answer.kind === 'redirect')
    throw new AppError('server-refused', `${url} answers with another address.`, { url, origin: '*' });
  const { status, type, body, cut } = answer;
  const contentType = type.split(';', 1)[0].trim().toLowerCase();
  return { status, contentType, text: decode(new Uint8Array(await body.arrayBuffer()), type), cut };
}
