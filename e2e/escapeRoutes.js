// Attempts to leave a worker of the sandbox: requests to a server that counts, storage and channels of the app. The text
// of this function runs in the worker. It returns what each attempt came to; the server's count decides.
export async function escapeRoutes(server) {
  const outcomes = {};
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const attempt = async (name, run) => {
    const url = `${server}/${name}`;
    try {
      const value = await Promise.race([run(url), wait(1000).then(() => 'no answer')]);
      outcomes[name] = String(value ?? 'nothing');
    } catch (error) {
      outcomes[name] = `refused: ${error?.name ?? error}`;
    }
  };
  const nested = (address) =>
    new Promise((resolve, reject) => {
      const worker = new Worker(address);
      worker.onerror = () => reject(new Error('worker'));
      worker.onmessage = ({ data }) => resolve(data);
    });
  const script = (url) =>
    `fetch('${url}', { mode: 'no-cors' }).then(() => postMessage('sent'), (e) => postMessage('refused: ' + e.name));` +
    `try { importScripts('${url}') } catch {}`;
  const event = (target, good) =>
    new Promise((resolve, reject) => {
      target.addEventListener(good, () => resolve('open'));
      target.addEventListener('error', () => reject(new Error('closed')));
    });

  // The worker's own `fetch` answers 404 by itself; nested workers have the browser's.
  const outcome = ({ ok, type, status }) => (ok || type === 'opaque' ? 'sent' : `refused: ${status}`);
  await attempt('fetch', (url) => fetch(url, { mode: 'no-cors' }).then(outcome));
  await attempt('fetch-post', (url) =>
    fetch(url, { method: 'POST', body: 'x', keepalive: true }).then(outcome),
  );
  await attempt('fetch-own-host', () => fetch('sandbox.html').then(outcome));
  await attempt('xhr', (url) => {
    const request = new XMLHttpRequest();
    request.open('GET', url, false);
    request.send();
  });
  await attempt('websocket', (url) => event(new WebSocket(url.replace('http', 'ws')), 'open'));
  await attempt('eventsource', (url) => event(new EventSource(url), 'open'));
  await attempt('webtransport', (url) => new WebTransport(url.replace('http:', 'https:')).ready);
  await attempt('import-scripts', (url) => importScripts(url));
  await attempt('import', (url) => import(url));
  await attempt('import-data', (url) => import(`data:text/javascript,fetch('${url}')`));
  await attempt(
    'import-blob',
    (url) => import(URL.createObjectURL(new Blob([`await fetch('${url}')`], { type: 'text/javascript' }))),
  );
  await attempt('worker-url', (url) => nested(url));
  await attempt('worker-data', (url) => nested(`data:text/javascript,${encodeURIComponent(script(url))}`));
  await attempt('worker-blob', (url) =>
    nested(URL.createObjectURL(new Blob([script(url)], { type: 'text/javascript' }))),
  );
  await attempt('worker-own-file', () => nested('boot.js'));
  await attempt('shared-worker', (url) => new SharedWorker(url));
  await attempt('font', (url) => new FontFace('x', `url(${url})`).load());
  await attempt('wasm-streaming', (url) => WebAssembly.compileStreaming(fetch(url)));
  await attempt('beacon', (url) => navigator.sendBeacon(url, 'x'));
  await attempt('webrtc', () => {
    const connection = new RTCPeerConnection({ iceServers: [{ urls: server.replace('http://', 'stun:') }] });
    connection.createDataChannel('x');
    return connection.createOffer().then((offer) => connection.setLocalDescription(offer));
  });
  await attempt('prefetch', (url) => {
    const link = document.createElement('link');
    Object.assign(link, { rel: 'prefetch', href: url });
    document.head.append(link);
  });
  await attempt('navigate-frame', (url) => void (self.location.href = url));
  await attempt('navigate-frame-assign', (url) => self.location.assign(url));
  await attempt('navigate-top', (url) => void (self.top.location.href = url));
  await attempt('open', (url) => self.open(url));
  await attempt('window-client', (url) => self.clients.openWindow(url));
  await attempt('service-worker', (url) => navigator.serviceWorker.register(url));
  await attempt('cache-add', async (url) => (await caches.open('x')).add(url));

  await attempt('indexeddb', () => event(indexedDB.open('glm'), 'success'));
  await attempt('indexeddb-list', () => indexedDB.databases());
  await attempt('caches', () => caches.keys());
  await attempt('opfs', () => navigator.storage.getDirectory());
  await attempt('local-storage', () => localStorage.length);
  await attempt('locks', () => navigator.locks.query());
  await attempt('broadcast', () => {
    const channel = new BroadcastChannel('escape');
    const heard = new Promise((resolve) => (channel.onmessage = () => resolve('heard the app')));
    channel.postMessage('out');
    return heard;
  });
  return { origin: self.origin, isolated: self.crossOriginIsolated, outcomes };
}
