// Finds out why a request to a server failed. All network failures look alike to a page; a second request to the same
// address tells them apart. It is sent only after a request of the user has failed.
import { AppError } from '../shared/errors';

/** Timeout of the probe: a running server answers a HEAD at once. */
const PROBE_MS = 5000;
/** Chrome's permissions for access from a public page to this computer, the newer name first. */
const LOCAL_PERMISSIONS = ['loopback-network', 'local-network-access'];

/** Whether the user denied this page access to programs on this computer. */
async function isLocalDenied(): Promise<boolean> {
  for (const name of LOCAL_PERMISSIONS) {
    const query = globalThis.navigator?.permissions?.query({ name: name as PermissionName });
    const status = await query?.catch(() => null); // rejects for a permission name unknown to this browser
    if (status) return status.state === 'denied';
  }
  return false;
}

/**
 * Whether anything answers at this address: a no-cors request succeeds where CORS refuses a readable one. Sent without
 * key, body and cookies. COEP require-corp would hide the result, hence credentialless.
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
 * @param url address of the failed request
 * @returns AppError server-refused, server-blocked or server-unreachable
 */
export async function whyUnanswered(url: string, cause: unknown, signal?: AbortSignal): Promise<AppError> {
  const page = globalThis.location;
  if (await answersAtAll(url, signal)) {
    const origin = page?.origin ?? '*';
    return new AppError('server-refused', `${url} answers, but not this page.`, { url, origin }, cause);
  }
  const isPlain = url.startsWith('http:'); // a loopback address: others are refused before any request
  if (isPlain && (await isLocalDenied())) {
    return new AppError('server-blocked', `The browser keeps this page from ${url}.`, { url }, cause);
  }
  const mixed = isPlain && page?.protocol === 'https:' ? 'yes' : 'no';
  return new AppError('server-unreachable', `No answer from ${url}.`, { url, mixed }, cause);
}
