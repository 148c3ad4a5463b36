// The built app on a minimal host: static files under a sub-path, no special headers, no media type for .mjs. It plays
// the faults of hosts: a deployment under way, a rollback, missing files, index.html for every address.
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { securityHeaders } from '../../src/pwa/headers';
import { nextVersion, readBuild, type Files } from './nextVersion';

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
const PHONE_PATH = '/phone.html';
const PHONE_PAGE = `<!doctype html><iframe src="${SUB_PATH}" width="360" height="740"></iframe>`;

export interface StaticHost {
  /** Address of the app. */
  url: string;
  /** A page, outside the app and its policy, that shows the app in a frame as wide as a phone. */
  phoneUrl: string;
  /**
   * Deploys a version of the app in place of the present one. `worker first`: sw.js and index.html of the next version,
   * all other files of the present one.
   */
  deploy(what: 'this version' | 'next version' | 'worker first'): void;
  /** Files that are missing although they belong to the version. */
  missing: RegExp;
  /** Answers index.html for every file that is missing, as hosts of single-page apps do. */
  spa: boolean;
  /** Requests so far: 'GET path?query'. */
  requests: string[];
  /** Takes the host offline. */
  close(): Promise<void>;
}

/** A file of the checkout, which is too large to list. */
const inCheckout = (directory: string, name: string) =>
  directory === '.' && existsSync(name) ? () => readFileSync(name) : undefined;

/** @param options.headers the host sends the app's headers, so that no service worker has to */
export async function openStaticHost(directory = 'dist', { headers = false } = {}): Promise<StaticHost> {
  const present: Files = directory === '.' ? new Map() : readBuild(directory);
  let files: Files = present;
  const host = { missing: /^$/, spa: false, requests: [] as string[] };
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://host');
    if (pathname === PHONE_PATH) {
      response.setHeader('content-type', TYPES['.html']);
      response.end(PHONE_PAGE);
      return;
    }
    host.requests.push(`${request.method} ${pathname.slice(SUB_PATH.length)}${search}`);
    const name = pathname.slice(SUB_PATH.length) || 'index.html';
    const found = host.missing.test(name) ? undefined : (files.get(name) ?? inCheckout(directory, name));
    if (!pathname.startsWith(SUB_PATH) || (!found && !host.spa)) {
      response.writeHead(404).end();
      return;
    }
    const type = found ? (TYPES[extname(name)] ?? 'application/octet-stream') : TYPES['.html'];
    response.setHeader('content-type', type);
    response.setHeader('x-content-type-options', 'nosniff');
    for (const [key, value] of Object.entries(headers ? securityHeaders(name) : {}))
      response.setHeader(key, value);
    response.end((found ?? files.get('index.html'))?.());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(host, {
    url: `http://127.0.0.1:${port}${SUB_PATH}`,
    phoneUrl: `http://127.0.0.1:${port}${PHONE_PATH}`,
    deploy(what: Parameters<StaticHost['deploy']>[0]) {
      if (what === 'this version') return void (files = present);
      const next = nextVersion(present);
      files = what === 'next version' ? next : new Map([...present, ...entryOf(next)]);
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

const entryOf = (files: Files): Files =>
  new Map([...files].filter(([name]) => name === 'sw.js' || name === 'index.html'));
