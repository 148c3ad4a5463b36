// Content-Security-Policies of the app. The build writes the page's one into index.html; the service worker, the preview
// server and the hosts of examples/hosting send them all as headers, because a policy in a page does not reach workers.

type Directives = Record<string, string>;

const write = (directives: Directives): string =>
  Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`.trim())
    .join('; ');

/** Names of the page's Trusted Types policies: src/pwa/scriptAddresses.ts and src/documents/html.ts. */
const POLICIES = 'default glm-documents';

/** Any hub or server that the user enters: https, or a program on this computer. A policy cannot name them beforehand. */
const OUTSIDE = 'https: http://localhost:* http://127.0.0.1:*';

/** index.html: requests to its own host only. */
export const PAGE_POLICY = write({
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data: blob:",
  'media-src': 'data: blob:',
  'font-src': "'self'",
  'connect-src': "'self'",
  'worker-src': "'self'",
  'frame-src': "'self'",
  'manifest-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'require-trusted-types-for': "'script'",
  'trusted-types': POLICIES,
});

/** Scripts, of which some are workers: the engine and the network worker reach hubs and servers. Hashing is WebAssembly. */
export const WORKER_POLICY = write({
  'default-src': "'none'",
  'script-src': "'self' 'wasm-unsafe-eval'",
  'connect-src': `'self' blob: ${OUTSIDE}`,
  'require-trusted-types-for': "'script'",
  'trusted-types': "'none'",
});

/** sw.js: it fetches the app's files. */
export const SERVICE_WORKER_POLICY = write({
  'default-src': "'none'",
  'script-src': "'self'",
  'connect-src': "'self'",
  'require-trusted-types-for': "'script'",
  'trusted-types': "'none'",
});

/**
 * sandbox.html, by its `<meta>` element: one script, and blob workers, which inherit it. No address at all. A test
 * compares the hash with the file.
 */
export const SANDBOX_POLICY = write({
  'default-src': "'none'",
  'script-src': "'sha256-zNNC+W3oj5WOjVDduHevC8IexmHDRueQjOKaLjUqkI0=' blob: 'wasm-unsafe-eval'",
  'worker-src': 'blob:',
  'base-uri': "'none'",
  'form-action': "'none'",
});

/** As a header, the policy also gives the document an opaque origin; `<meta>` elements cannot. */
const SANDBOX_HEADER = `sandbox allow-scripts; ${SANDBOX_POLICY}`;

/** @param path of the file, relative to the app; '' is index.html. Undefined for files that are no page or script. */
export function policyFor(path: string): string | undefined {
  if (path === 'sandbox.html') return SANDBOX_HEADER;
  if (path === '' || path.endsWith('.html')) return PAGE_POLICY;
  if (path === 'sw.js') return SERVICE_WORKER_POLICY;
  return path.endsWith('.js') ? WORKER_POLICY : undefined;
}
