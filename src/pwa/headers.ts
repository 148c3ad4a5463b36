// The headers of the app's files. The service worker sets them on every answer, vite.config.ts sends them from the
// preview server, and examples/hosting shows them for other hosts.

import { policyFor } from './policy.ts';

/**
 * Cross-origin isolation: SharedArrayBuffer and precise timers. credentialless, because src/servers/unanswered.ts has to
 * notice answers that the page may not read. Safari does not support it: there the page works without isolation, and its
 * timers are coarser.
 */
const ISOLATION: Record<string, string> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'credentialless',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** Media types that hosts get wrong or do not know. A script with another type does not run. */
const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  webmanifest: 'application/manifest+json',
  woff2: 'font/woff2',
};

/** Describe the stored bytes no longer once the browser has decoded them, or the connection they came over. */
const OF_THE_TRANSFER = ['content-encoding', 'content-length', 'transfer-encoding', 'set-cookie'];

/** Isolation and policy of a file. @param path relative to the app; '' is index.html */
export function securityHeaders(path: string): Record<string, string> {
  const policy = policyFor(path);
  return { ...ISOLATION, ...(policy && { 'Content-Security-Policy': policy }) };
}

/** @param path of the file, relative to the app. @param before the host's headers. */
export function headersFor(path: string, before: HeadersInit = {}): Headers {
  const headers = new Headers(before);
  for (const name of OF_THE_TRANSFER) headers.delete(name);
  const type = TYPES[path.split('.').pop() ?? ''];
  if (type) headers.set('Content-Type', type);
  for (const [name, value] of Object.entries(securityHeaders(path))) headers.set(name, value);
  return headers;
}
