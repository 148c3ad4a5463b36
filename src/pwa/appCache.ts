// Which files of the app are cached, when, and how a cached file is served. Pure functions, tested without a browser.

export interface AppFile {
  /** Relative to the scope: 'assets/index-1a2b.js'. */
  path: string;
  /** The name contains a content hash: the content never changes. */
  immutable: boolean;
  /** Fetched at installation; other files are fetched on first use. */
  atInstall: boolean;
}

export interface AppFiles {
  atInstall: { url: string; immutable: boolean }[];
  /** The page that answers a navigation; undefined for URLs outside the app. */
  page(url: URL): string | undefined;
  /** Cache key of a file of the app; undefined for any other URL, such as a model. */
  file(url: URL): string | undefined;
}

/** @param scope absolute URL that ends in '/'. */
export function appFiles(files: readonly AppFile[], scope: string): AppFiles {
  const urls = new Map(files.map((file) => [new URL(file.path, scope).href, file]));
  const index = new URL('index.html', scope).href;
  return {
    atInstall: [...urls]
      .filter(([, { atInstall }]) => atInstall)
      .map(([url, { immutable }]) => ({ url, immutable })),
    page({ origin, pathname }) {
      const address = origin + pathname; // without '?action=new' and '#/chat/…', which the page handles
      return address === scope || address === index ? index : undefined;
    },
    file({ href }) {
      return urls.has(href) ? href : undefined;
    },
  };
}

/**
 * Adds the headers of cross-origin isolation, which many static hosts cannot send, to a response: SharedArrayBuffer and
 * precise timers work from the second visit on. Safari does not support `credentialless`: there the page works without
 * isolation, and its timers are coarser.
 */
export function answerFor(response: Response): Response {
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'credentialless');
  headers.set('Cross-Origin-Resource-Policy', 'same-origin');
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
