// The service worker: serves the app from the browser's cache, also offline, with cross-origin isolation on any host.
// Models are stored in IndexedDB and not handled here. An update waits until the page activates it (register.ts).
import { AppCache, type AppVersion } from './appCache';
import { receiveShare } from './share';

// One literal, filled in by the build (scripts/build/pwaBuild.ts): the files of this version of the app.
declare const __APP_FILES__: AppVersion;
declare const self: ServiceWorkerGlobalScope;

const app = new AppCache(__APP_FILES__, {
  scope: self.registration.scope,
  caches: self.caches,
  fetch: (request, init) => fetch(request, init),
});

self.addEventListener('install', (event) => {
  event.waitUntil(app.install());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(app.activate().then(() => self.clients.claim()));
});

self.addEventListener('message', ({ data }) => {
  if (data === 'activate') void self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const { scope } = self.registration;
  const answer = receiveShare(event.request, { scope, caches: self.caches }) ?? app.respond(event.request);
  if (answer) event.respondWith(answer);
});
