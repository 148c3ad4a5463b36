// The service worker: the app from the browser's cache, offline too, with cross-origin isolation on any host.
// Models are not its business: they live in IndexedDB. Updates wait until the page asks (register.ts).
import { answerFor, appFiles, type AppFile } from './appCache';

// One literal, which the build fills in (scripts/pwaBuild.ts): the files of this version of the app.
declare const __APP_FILES__: { version: string; files: AppFile[] };
declare const self: ServiceWorkerGlobalScope;

const { version, files } = __APP_FILES__;
const CACHE_PREFIX = `glm-app ${self.registration.scope} `;
const CACHE = CACHE_PREFIX + version;
const app = appFiles(files, self.registration.scope);

self.addEventListener('install', (event) => {
  event.waitUntil(install());
});

/** Everything the first screen and an offline answer need; parts that did not change come from the last version. */
async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  await Promise.all(
    app.atInstall.map(async ({ url, immutable }) => {
      const old = immutable ? await caches.match(url) : undefined;
      // 'no-cache' asks the server: an index.html from the HTTP cache could name files that are gone.
      const response = old ?? (await fetch(url, { cache: immutable ? 'default' : 'no-cache' }));
      if (!response.ok) throw new Error(`${url}: ${response.status}`);
      await cache.put(url, response);
    }),
  );
}

self.addEventListener('activate', (event) => {
  event.waitUntil(activate());
});

/** Keeps the version before: another tab may still run it and ask for one of its lazy parts. */
async function activate(): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith(CACHE_PREFIX));
  await Promise.all(names.slice(0, -2).map((name) => caches.delete(name))); // oldest first, this version last
  await self.clients.claim();
}

self.addEventListener('message', ({ data }) => {
  if (data === 'activate') void self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin || request.headers.has('range')) return;
  const wanted = request.mode === 'navigate' ? app.page(url) : app.file(url);
  if (wanted) event.respondWith(respond(request, wanted));
});

async function respond(request: Request, url: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  const cached = (await cache.match(url)) ?? (await caches.match(url));
  if (cached) return answerFor(cached);
  const response = await fetch(request);
  if (response.ok) await cache.put(url, response.clone()); // a lazy part in use is there offline from now on
  return answerFor(response);
}
