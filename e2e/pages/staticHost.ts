// The built app on a minimal host: static files under a sub-path, no special headers.
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};
const SUB_PATH = '/deep/path/';

export interface StaticHost {
  /** Address of the app. */
  url: string;
  /** Deploys a newer version of the app: another service worker. */
  release(): void;
  /** Takes the host offline. */
  close(): Promise<void>;
}

export async function openStaticHost(directory = 'dist'): Promise<StaticHost> {
  let released = false;
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://host').pathname;
    const name = normalize(path.slice(SUB_PATH.length)) || 'index.html';
    const file = join(directory, name === './' || name === '.' ? 'index.html' : name);
    if (!path.startsWith(SUB_PATH) || name.startsWith('..') || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
    if (name === 'sw.js' && released) {
      const text = readFileSync(file, 'utf8');
      response.end(text.replace(/("?version"?:\s*["'`])/, '$1next-'));
      return;
    }
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${SUB_PATH}`,
    release: () => void (released = true),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
