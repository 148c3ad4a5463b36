// Addresses of servers, as the user types them.
import { AppError } from '../shared/errors';

/** Host names of this computer. Browsers let a page reach them without TLS, and so does our policy (index.html). */
const LOOPBACK = /^(?:localhost|127\.0\.0\.1)$/;

/**
 * The base address from user input: strips the path of an API call, adds a missing scheme.
 * @throws AppError server-address, server-insecure
 */
export function parseBaseUrl(typed: string): string {
  const text = typed.trim();
  const local = /^(?:localhost|127\.0\.0\.1)(?:[:/]|$)/.test(text);
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `${local ? 'http' : 'https'}://${text}`;
  const url = !/\s/.test(full) && URL.canParse(full) ? new URL(full) : null;
  if (!url || !/^https?:$/.test(url.protocol) || !url.hostname || url.username || url.search || url.hash) {
    throw new AppError('server-address', `${text} is no address of a server.`, { address: text });
  }
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    throw new AppError('server-insecure', `${url.origin} is not https.`, { url: url.origin });
  }
  const path = url.pathname.replace(/\/+$/, '').replace(/\/(?:chat\/completions|models)$/, '');
  return url.origin + path;
}
