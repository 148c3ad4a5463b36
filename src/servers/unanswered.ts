// Why a server's answer did not come. To a page, all failures of a request look alike; what tells them apart is asked
// here, after a request that somebody caused has failed, and of the same address only.
import { AppError } from '../shared/errors';

/** A server that is there answers a HEAD at once. */
const PROBE_MS = 5000;
/** Chrome's names for what a public page needs before it reaches this computer: the later one first. */
const LOCAL_PERMISSIONS = ['loopback-network', 'local-network-access'];

/** The browser was told not to let this page reach programs on this computer. */
async function isLocalDenied(): Promise<boolean> {
  for (const name of LOCAL_PERMISSIONS) {
    const query = globalThis.navigator?.permissions?.query({ name: name as PermissionName });
    const status = await query?.catch(() => null); // a name that this browser does not know
    if (status) return status.state === 'denied';
  }
  return false;
}

/**
 * Whether anything answers there: a request whose answer the page may not read goes through where one that it may read
 * is refused. Without key, body and cookies. A page with COEP require-corp could not tell: hence credentialless.
 */
async function answersAtAll(url: string, signal?: AbortSignal): Promise<boolean> {
  const own = new AbortController();
  const end = () => own.abort();
  const timer = setTimeout(end, PROBE_MS);
  signal?.addEventListener('abort', end, { once: true });
  try {
    await fetch(url, {
      method: 'HEAD',
      mode: 'no-cors',
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      signal: own.signal,
    });
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  }
}

/**
 * @param url of the request that failed
 * @returns AppError server-refused, server-blocked or server-unreachable
 */
export async function whyUnanswered(url: string, cause: unknown, signal?: AbortSignal): Promise<AppError> {
  const page = globalThis.location;
  if (await answersAtAll(url, signal)) {
    const origin = page?.origin ?? '*';
    return new AppError('server-refused', `${url} answers, but not this page.`, { url, origin }, cause);
  }
  const isPlain = url.startsWith('http:'); // this computer: others are refused before any request
  if (isPlain && (await isLocalDenied())) {
    return new AppError('server-blocked', `The browser keeps this page from ${url}.`, { url }, cause);
  }
  const mixed = isPlain && page?.protocol === 'https:' ? 'yes' : 'no';
  return new AppError('server-unreachable', `No answer from ${url}.`, { url, mixed }, cause);
}
