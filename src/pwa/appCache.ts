// The app's files in the browser's cache: which are stored, when, and how a request is answered. Every file is compared
// with the build's SHA-256 before it is stored, so that neither a deployment under way nor a host that answers every
// address with index.html can put a broken file in place. Tested without a browser.
import { headersFor } from './headers';

export interface AppFile {
  /** Relative to the scope: 'assets/index-1a2b.js'. */
  path: string;
  /** The name contains a content hash: the content never changes. */
  immutable: boolean;
  /** Fetched at installation; other files are fetched on first use. */
  atInstall: boolean;
  /** Digest of the content, in base64. */
  sha256: string;
}

/** One build, as scripts/build/pwaBuild.ts writes it into sw.js. */
export interface AppVersion {
  version: string;
  files: AppFile[];
}

/** The used parts of the service worker's global scope. */
export interface Surroundings {
  /** Absolute URL that ends in '/'. */
  scope: string;
  caches: CacheStorage;
  fetch: (request: RequestInfo, init?: RequestInit) => Promise<Response>;
}

/** This version and two earlier ones: other tabs may still run them, also after a rollback. */
const KEPT_VERSIONS = 3;
const INDEX = 'index.html';
/** The frame of src/tools/sandbox. */
const SANDBOX = 'sandbox.html';

async function sha256(bytes: BufferSource): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return btoa(String.fromCharCode(...digest));
}

const isPage = (response: Response) => /\bhtml\b/i.test(response.headers.get('content-type') ?? '');

/** A failed answer for a file that the host no longer has, or answers with a page. */
const refusal = (why: string) =>
  new Response(why, { status: 502, headers: { 'content-type': 'text/plain; charset=utf-8' } });

export class AppCache {
  private readonly byUrl: Map<string, AppFile>;
  private readonly prefix: string;
  private readonly name: string;

  constructor(
    { version, files }: AppVersion,
    private readonly world: Surroundings,
  ) {
    const { scope } = world;
    this.byUrl = new Map(files.map((file) => [new URL(file.path, scope).href, file]));
    this.prefix = `glm-app ${scope} `;
    this.name = this.prefix + version;
  }

  /**
   * Stores everything for the first screen and for offline answers. Nothing is stored before all of it is there, so a
   * failed installation leaves the running version as it was; the browser tries again at its next check.
   * @throws Error naming the file that the host does not have in this version
   */
  async install(): Promise<void> {
    const files = [...this.byUrl].filter(([, { atInstall }]) => atInstall);
    const answers = await Promise.all(
      files.map(async ([url, file]) => {
        const answer = (await this.stored(url, file)) ?? (await this.fetched(url, file));
        if (!answer) throw new Error(`${url} is not the file of this version`);
        return answer;
      }),
    );
    const cache = await this.world.caches.open(this.name);
    await Promise.all(files.map(([url], index) => cache.put(url, answers[index])));
  }

  /** Deletes the oldest versions. */
  async activate(): Promise<void> {
    const names = (await this.world.caches.keys()).filter((name) => name.startsWith(this.prefix));
    const others = names.filter((name) => name !== this.name); // oldest first
    await Promise.all(others.slice(0, 1 - KEPT_VERSIONS).map((name) => this.world.caches.delete(name)));
  }

  /** The answer to a request of a page; undefined for everything that is not a file of the app, such as a model. */
  respond(request: Request): Promise<Response> | undefined {
    const url = new URL(request.url);
    const { scope } = this.world;
    if (request.method !== 'GET' || request.headers.has('range') || !url.href.startsWith(scope)) return;
    if (request.mode === 'navigate') {
      const address = url.origin + url.pathname; // without '?action=new' and '#/chat/…', which the page handles
      if (address === scope || address === scope + INDEX) return this.page(request, INDEX);
      return address === scope + SANDBOX ? this.page(request, SANDBOX) : undefined;
    }
    const file = this.byUrl.get(url.href);
    if (file) return this.file(request, file);
    if (url.href.startsWith(`${scope}assets/`)) return this.otherVersion(request);
  }

  private async page(request: Request, path: string): Promise<Response> {
    const cache = await this.world.caches.open(this.name);
    const answer = (await cache.match(this.world.scope + path)) ?? (await this.world.fetch(request));
    return this.answer(answer, path);
  }

  private async file(request: Request, file: AppFile): Promise<Response> {
    const { href } = new URL(request.url);
    const cache = await this.world.caches.open(this.name);
    const cached = await cache.match(href);
    if (cached) return this.answer(cached, file.path);
    const answer = (await this.stored(href, file)) ?? (await this.fetched(href, file));
    if (answer) {
      await cache.put(href, answer.clone()); // a lazy part is available offline after its first use
      return this.answer(answer, file.path);
    }
    return file.immutable
      ? refusal(`The host does not have ${file.path} of this version.`)
      : this.world.fetch(request);
  }

  /** A file of another version, for a tab that still runs it. */
  private async otherVersion(request: Request): Promise<Response> {
    const path = request.url.slice(this.world.scope.length);
    for (const name of await this.ownCaches()) {
      const cached = await (await this.world.caches.open(name)).match(request.url);
      if (cached) return this.answer(cached, path);
    }
    const answer = await this.world.fetch(request);
    return isPage(answer) ? refusal(`The host has no ${path}.`) : answer;
  }

  private async ownCaches(): Promise<string[]> {
    return (await this.world.caches.keys()).filter((name) => name.startsWith(this.prefix));
  }

  /** The file from the cache of any version. */
  private async stored(url: string, file: AppFile): Promise<Response | undefined> {
    for (const name of await this.ownCaches()) {
      const cached = await (await this.world.caches.open(name)).match(url);
      const answer = cached && (await this.checked(cached, file));
      if (answer) return answer;
    }
    return undefined;
  }

  /** The file from the host; where the HTTP cache holds something else, past it. */
  private async fetched(url: string, file: AppFile): Promise<Response | undefined> {
    // 'no-cache' revalidates: an index.html from the HTTP cache may be an older one.
    const first = await this.world.fetch(url, { cache: file.immutable ? 'default' : 'no-cache' });
    return (
      (await this.checked(first, file)) ??
      (await this.checked(await this.world.fetch(url, { cache: 'reload' }), file))
    );
  }

  /** The response as it is stored; undefined if it is not the file. */
  private async checked(response: Response, file: AppFile): Promise<Response | undefined> {
    if (!response.ok) return undefined;
    const bytes = await response.arrayBuffer();
    if ((await sha256(bytes)) !== file.sha256) return undefined;
    return this.answer(new Response(bytes, { headers: response.headers }), file.path);
  }

  private answer(response: Response, path: string): Response {
    if (response.type === 'opaqueredirect') return response; // of a navigation: the browser follows it
    const { status, statusText, body } = response;
    return new Response(body, { status, statusText, headers: headersFor(path, response.headers) });
  }
}
