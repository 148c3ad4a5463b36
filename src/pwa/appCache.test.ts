import { describe, expect, test } from 'vitest';
import { AppCache, type AppVersion } from './appCache';
import { memoryCaches } from '../testing/memoryCaches';
import { headersFor } from './headers';

const SCOPE = 'https://host.example/some/path/';
const at = (path: string) => new URL(path, SCOPE).href;

/** A build: its files by path. The entry names it, as a bundler's hash does. */
const build = (n: number) => ({
  'sandbox.html': `sandbox ${n}`,
  'index.html': `<script src="assets/index-${n}.js">`,
  [`assets/index-${n}.js`]: `entry ${n}`,
  [`assets/Markdown-${n}.js`]: `markdown ${n}`,
  [`assets/pdf-${n}.js`]: `pdf ${n}`,
  'assets/same-0.js': 'the same in every build',
});

async function versionOf(files: Record<string, string>, version: string): Promise<AppVersion> {
  const hash = async (text: string) =>
    Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(text))).toString('base64');
  const all = Object.entries(files).map(async ([path, text]) => ({
    path,
    immutable: path.startsWith('assets/'),
    atInstall: !path.includes('pdf'),
    sha256: await hash(text),
  }));
  return { version, files: await Promise.all(all) };
}

/** A host, a browser's caches, and the versions of the app installed from the one into the other. */
function world() {
  const { caches, all } = memoryCaches();
  const host = {
    files: {} as Record<string, string>,
    /** Answers index.html for everything it does not have, as for a single-page app. */
    spa: false,
    online: true,
    requests: [] as string[],
  };
  const fetch = async (request: RequestInfo, { cache = 'default' }: RequestInit = {}) => {
    const url = typeof request === 'string' ? request : request.url;
    const path = url.slice(SCOPE.length).split('?')[0] || 'index.html';
    host.requests.push(`${cache} ${path}`);
    if (!host.online) throw new TypeError('offline');
    if (path in host.files)
      return new Response(host.files[path], { headers: { 'content-type': 'application/octet-stream' } });
    if (!host.spa) return new Response('', { status: 404 });
    return new Response(host.files['index.html'], { headers: { 'content-type': 'text/html' } });
  };
  const load = async (n: number) => new AppCache(await versionOf(build(n), `v${n}`), { scope: SCOPE, caches, fetch }); // prettier-ignore
  return { host, all, load };
}

/** A request's mode `navigate` cannot be set from outside a browser. */
const navigation = (url: string) =>
  new Proxy(new Request(url), {
    get: (request, key) => (key === 'mode' ? 'navigate' : (Reflect.get(request, key, request) as unknown)),
  });
const get = async (app: AppCache, path: string) => {
  const answer = await app.respond(new Request(at(path)));
  return answer && { status: answer.status, text: await answer.text(), headers: answer.headers };
};
const open = async (app: AppCache, path = './') => (await app.respond(navigation(at(path))))?.text();

async function running(n = 1) {
  const { host, all, load } = world();
  host.files = build(n);
  const app = await load(n);
  await app.install();
  await app.activate();
  return { host, all, load, app };
}

describe('requests', () => {
  test('every URL of the app is the one page; other URLs are not handled', async () => {
    const { app } = await running();
    for (const path of ['./', './index.html', './?action=new', './#/chat/1', './?text=a']) {
      expect(await open(app, path)).toBe(build(1)['index.html']);
    }
    expect(await open(app, 'sandbox.html')).toBe('sandbox 1');
    for (const path of ['../', './models/nano.gguf', 'https://other.example/some/path/'])
      expect(app.respond(navigation(at(path)))).toBeUndefined();
    for (const path of ['models/nano.gguf?v=1', './?boot', 'https://other.example/assets/a.js'])
      expect(app.respond(new Request(at(path)))).toBeUndefined();
    expect(app.respond(new Request(at('./'), { method: 'POST' }))).toBeUndefined();
    expect(app.respond(new Request(at('index.html'), { headers: { range: 'bytes=0-' } }))).toBeUndefined();
  });

  test('installed files need no network; a lazy part is kept after its first use', async () => {
    const { host, app } = await running();
    expect((await get(app, 'assets/pdf-1.js'))?.text).toBe('pdf 1');
    host.online = false;
    expect(await open(app)).toBe(build(1)['index.html']);
    for (const [path, text] of Object.entries(build(1))) expect((await get(app, path))?.text).toBe(text);
  });

  test('the frame for code of tools has an opaque origin and is isolated, whatever the host sends', async () => {
    const { app } = await running();
    const headers = (await app.respond(navigation(at('sandbox.html'))))?.headers;
    expect(headers?.get('content-security-policy')).toMatch(/^sandbox allow-scripts; default-src 'none'/);
    expect(headers?.get('cross-origin-embedder-policy')).toBe('credentialless');
  });

  test('a script of a host with other media types is served as a script', async () => {
    const { app } = await running();
    expect((await get(app, 'assets/index-1.js'))?.headers.get('content-type')).toMatch(/^text\/javascript/);
  });

  test('a part that is gone, or a page in its place, fails; it is never stored', async () => {
    const { host, all, app } = await running();
    for (const spa of [false, true]) {
      Object.assign(host, { spa, files: build(2) });
      expect((await get(app, 'assets/pdf-1.js'))?.status).toBe(502);
      expect((await get(app, 'assets/unknown-9.js'))?.status).toBe(spa ? 502 : 404);
    }
    expect([...all.values()].flatMap((cache) => [...cache.keys()])).not.toContain(at('assets/pdf-1.js'));
    host.files = build(1);
    expect((await get(app, 'assets/pdf-1.js'))?.text).toBe('pdf 1'); // the host has it again
  });

  test('a wrong answer in the HTTP cache is fetched again past it', async () => {
    const { host, app } = await running();
    host.files = { ...build(1), 'assets/pdf-1.js': 'cut off' };
    host.requests.length = 0;
    expect((await get(app, 'assets/pdf-1.js'))?.status).toBe(502);
    expect(host.requests).toEqual(['default assets/pdf-1.js', 'reload assets/pdf-1.js']);
  });
});

describe('updates', () => {
  test.each([false, true])('a new sw.js before its files changes nothing (SPA host: %s)', async (spa) => {
    const { host, all, load, app } = await running();
    Object.assign(host, { spa, files: { ...build(1), 'index.html': build(2)['index.html'] } });
    const next = await load(2);
    await expect(next.install()).rejects.toThrow('is not the file of this version');
    expect([...all.keys()]).toEqual([`glm-app ${SCOPE} v1`]);
    expect(await open(app)).toBe(build(1)['index.html']);

    host.files = build(2); // the rest of the deployment
    await next.install();
    await next.activate();
    expect(await open(next)).toBe(build(2)['index.html']);
    expect((await get(next, 'assets/index-2.js'))?.text).toBe('entry 2');
  });

  test('files that did not change are not fetched again', async () => {
    const { host, load } = await running();
    host.files = build(2);
    host.requests.length = 0;
    await (await load(2)).install();
    expect(host.requests).not.toContain('default assets/same-0.js');
    expect(host.requests).toContain('default assets/index-2.js');
  });

  test('two tabs on two versions: the newer worker serves the parts of both', async () => {
    const { host, load } = await running();
    host.files = build(2);
    const next = await load(2);
    await next.install();
    await next.activate();
    expect((await get(next, 'assets/Markdown-1.js'))?.text).toBe('markdown 1');
    expect((await get(next, 'assets/Markdown-2.js'))?.text).toBe('markdown 2');
  });

  test('a rollback works, and the version before it stays for its tabs', async () => {
    const { host, all, load } = await running();
    for (const n of [2, 1, 3]) {
      host.files = build(n);
      const app = await load(n);
      await app.install();
      await app.activate();
      expect(await open(app)).toBe(build(n)['index.html']);
      expect((await get(app, 'assets/Markdown-1.js'))?.text).toBe('markdown 1');
    }
    for (const n of [4, 5]) {
      host.files = build(n);
      const app = await load(n);
      await app.install();
      await app.activate();
    }
    expect([...all.keys()]).toEqual(['v3', 'v4', 'v5'].map((version) => `glm-app ${SCOPE} ${version}`));
  });

  test('caches of other apps on the same host are left alone', async () => {
    const { all, load } = await running();
    for (const name of ['other', 'glm-app https://host.example/ v9']) all.set(name, new Map());
    for (const n of [2, 3, 4, 5]) await (await load(n)).activate();
    expect([...all.keys()]).toEqual(expect.arrayContaining(['other', 'glm-app https://host.example/ v9']));
  });
});

test('headers: isolation is added, what describes the transfer is dropped, the rest stays', () => {
  const headers = headersFor('assets/a.js', { 'content-encoding': 'gzip', etag: '"1"' });
  expect(headers.get('etag')).toBe('"1"');
  expect(headers.has('content-encoding')).toBe(false);
  expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
  expect(headers.get('cross-origin-embedder-policy')).toBe('credentialless');
});
