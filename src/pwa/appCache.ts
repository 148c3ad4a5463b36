// What of the app is cached when, and how a cached file is answered. Pure, so that it is tested without a browser.

export interface AppFile {
  /** Relative to the scope: 'assets/index-1a2b.js'. */
  path: string;
  /** Its content is in its name: another content is another file. */
  immutable: boolean;
  /** Fetched with the app; the others when they are first used. */
  atInstall: boolean;
}

export interface AppFiles {
  atInstall: { url: string; immutable: boolean }[];
  /** The page to answer a navigation with; undefined when it is not the app's. */
  page(url: URL): string | undefined;
  /** The key of a file of the app; undefined for anything else, such as a model. */
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
      const address = origin + pathname; // '?action=new' and '#/chat/…' belong to the page
      return address === scope || address === index ? index : undefined;
    },
    file({ href }) {
      return urls.has(href) ? href : undefined;
    },
  };
}

/**
 * The response with the headers of cross-origin isolation, which many static hosts cannot send: SharedArrayBuffer and
 * precise timers work from the second visit on. Safari does not know `credentialless`: there the page works without
 * them, and its times are coarser.
 */
export function answerFor(response: Response): Response {
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'credentialless');
  headers.set('Cross-Origin-Resource-Policy', 'same-origin');
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
