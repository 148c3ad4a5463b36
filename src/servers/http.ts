// HTTP requests to a server with the OpenAI API, and their errors.
import { AppError, isAbort } from '../shared/errors';
import { whyUnanswered } from './unanswered';

export interface ServerAddress {
  /** Ends without a slash: 'http://localhost:8000/v1'. */
  baseUrl: string;
  /** Sent as a bearer token; '' for none. */
  key: string;
}

const MAX_WHY = 300;

/** The server's own error message, in any of the common forms. */
export function reasonIn(body: unknown): string {
  const { error, message, detail, msg } = (body ?? {}) as Record<string, unknown>;
  const nested = (error as { message?: unknown } | undefined)?.message;
  const found = [nested, error, message, detail, msg].find((value) => typeof value === 'string');
  return typeof found === 'string' ? found.slice(0, MAX_WHY) : '';
}

function failure({ status, headers }: Response, url: string, key: string, body: unknown): AppError {
  const why = reasonIn(body);
  if (status === 401 || status === 403) {
    const token = key ? 'sent' : 'none';
    return new AppError('server-key', `${url} wants a key (${status}).`, { url, status, token });
  }
  if (status === 404 && !why) return new AppError('server-not-openai', `Nothing at ${url} (404).`, { url });
  const wait = headers.get('retry-after');
  const details = { url, status, why: why || `HTTP ${status}`, ...(wait && { retryAfterSeconds: wait }) };
  return new AppError('server-error', `${url} answered ${status}: ${details.why}`, details);
}

export interface ServerRequest {
  /** '/models' or '/chat/completions'. */
  path: string;
  /** Sent as JSON with POST. */
  body?: unknown;
  signal?: AbortSignal;
}

/**
 * Sends a request to this server only: no cookies, no referrer, and no redirects, which could forward the key.
 * @returns a successful response
 * @throws AppError server-unreachable, server-refused, server-blocked, server-key, server-not-openai, server-error; an
 *   abort throws the signal's reason.
 */
export async function askServer(
  { baseUrl, key }: ServerAddress,
  { path, body, signal }: ServerRequest,
): Promise<Response> {
  const url = baseUrl + path;
  let response: Response;
  try {
    response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(key && { authorization: `Bearer ${key}` }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
    });
  } catch (error) {
    if (signal?.aborted || isAbort(error)) throw error;
    const why = await whyUnanswered(url, error, signal);
    signal?.throwIfAborted();
    throw why;
  }
  if (response.ok) return response;
  const text = await response.text().catch(() => '');
  throw failure(response, url, key, parseJson(text));
}

/** @returns undefined for invalid JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
