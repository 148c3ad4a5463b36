// HTTP and network failures as AppErrors.
import { AppError, type ErrorCode, type ErrorDetails } from '../../../shared/errors';

/** A response body that broke off during reading. */
export class BrokenBody extends Error {
  override name = 'BrokenBody';
}

/** Whether a retry may succeed: network failure, cut connection, rate limit, server error. */
export function isTransient(error: unknown): boolean {
  if (error instanceof BrokenBody) return true;
  if (!(error instanceof AppError)) return false;
  if (error.code === 'network' || error.code === 'connection-lost') return true;
  const { status } = error.details;
  return (
    error.code === 'http-error' &&
    (status === 408 || status === 425 || status === 429 || Number(status) >= 500)
  );
}

/** The error for a status other than 206. */
export async function refuse(response: Response, url: string, hasToken: boolean): Promise<AppError> {
  const { status } = response;
  if (status === 511 || (response.ok && (isHtml(response) || (await beginsLikeHtml(response))))) {
    return webPage(response, url);
  }
  void response.body?.cancel().catch(() => undefined);
  if (response.ok) {
    return failure(
      'no-range-support',
      url,
      'the server ignores Range requests. Download the file and open it from disk',
    );
  }
  if (status === 404 || status === 410) {
    return failure('not-found', url, `no such file (HTTP ${status}). Check the address`, { status });
  }
  if (status === 401 || status === 403) {
    const why = hasToken
      ? `the server refuses access with this token (HTTP ${status}). Accept the model's terms with the token's account, or check the token`
      : `the server refuses access (HTTP ${status}). The model may need a login: give an access token`;
    return failure('access-denied', url, why, { status, token: hasToken ? 'sent' : 'none' });
  }
  const retryAfterSeconds = retryAfter(response);
  const details = { status, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
  return failure('http-error', url, `the server answers HTTP ${status}. Try again later`, details);
}

/** AppError 'not-a-file'. */
export function webPage(response: Response | undefined, url: string): AppError {
  void response?.body?.cancel().catch(() => undefined);
  const why =
    'the server answered with a web page instead of the file: a login page, or that of a network that wants you to ' +
    'sign in first. Sign in to the network, check the address, and load again; nothing is lost';
  return failure('not-a-file', url, why);
}

/** AppError 'network'. The browser does not reveal whether the host is offline, unknown or blocked by CORS. */
export function unreachable(url: string, cause: unknown): AppError {
  const { navigator } = globalThis as { navigator?: { onLine?: boolean } };
  const message =
    navigator?.onLine === false
      ? `Cannot reach ${url}: this device is offline. Connect and load again.`
      : `Cannot reach ${url}: the network is off, the host is unknown, or it (or the host it redirects to) does not ` +
        'allow this page (CORS). Check the connection, or choose another source.';
  return new AppError('network', message, { url }, cause);
}

/** AppError 'source-changed'. */
export function sourceChanged(url: string): AppError {
  return failure(
    'source-changed',
    url,
    'the file on the server is not the one that was begun. Load it again',
  );
}

/** AppError 'no-range-support' for a server that hides the size. */
export function unknownSize(url: string): AppError {
  const why = 'the server does not tell its size. Download the file and open it from disk';
  return failure('no-range-support', url, why);
}

export function isHtml({ headers }: Response): boolean {
  return /^\s*(text\/html|application\/xhtml)/i.test(headers.get('Content-Type') ?? '');
}

/** Whether the first bytes of a file look like a web page. */
export function looksLikeHtml(firstBytes: Uint8Array): boolean {
  const text = new TextDecoder('latin1').decode(firstBytes.subarray(0, 64));
  return /^(\xEF\xBB\xBF)?\s*<(!doctype|html)/i.test(text);
}

async function beginsLikeHtml({ body }: Response): Promise<boolean> {
  const reader = body?.getReader();
  const first = await reader?.read().catch(() => undefined);
  void reader?.cancel().catch(() => undefined);
  reader?.releaseLock();
  return first?.value !== undefined && looksLikeHtml(first.value);
}

/** Retry-After in seconds; a date is converted to seconds from now. */
function retryAfter({ headers }: Response): number | undefined {
  const value = headers.get('Retry-After');
  if (value === null) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

function failure(code: ErrorCode, url: string, why: string, details: ErrorDetails = {}): AppError {
  return new AppError(code, `Cannot read ${url}: ${why}.`, { url, ...details });
}
