// The service worker: serves the app from the browser's cache, also offline, with cross-origin isolation on any host.
// Models are stored in IndexedDB and not handled here. An update waits until the page activates it (register.ts).
import { answerFor, appFiles, type AppFile } from './appCache';

// One literal, filled in by the build (scripts/pwaBuild.ts): the files of this version of the app.
declare const __APP_FILES__: { version: string; files: AppFile[] };
declare const self: ServiceWorkerGlobalScope;

const { version, files } = __APP_FILES__;
const CACHE_PREFIX = `glm-app ${self.registration.scope} `;
const CACHE = CACHE_PREFIX + version;
const app = appFiles(files, self.registration.scope);

self.addEventListener('install', (event) => {
  event.waitUntil(install());
});

/** Caches everything for the first screen and offline answers; unchanged files are copied from the previous version. */
async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  await Promise.all(
    app.atInstall.map(async ({ url, immutable }) => {
      const old = immutable ? await caches.match(url) : undefined;
      // 'no-cache' revalidates: an index.html from the HTTP cache could name files that no longer exist.
      const response = old ?? (await fetch(url, { cache: immutable ? 'default' : 'no-cache' }));
      if (!response.ok) throw new Error(`${url}: ${response.status}`);
      await cache.put(url, response);
    }),
  );
}

self.addEventListener('activate', (event) => {
  event.waitUntil(activate());
});

/** Keeps the previous version: another tab may still run it and request one of its lazy parts. */
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
  if (response.ok) await cache.put(url, response.clone()); // a lazy part is available offline after its first use
  return answerFor(response);
}
