// The engine's worker in headless Chromium or Firefox; model files reach the page over loopback HTTP with Range.
import { createReadStream, statSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright';
import { type Plugin, createServer as createViteServer } from 'vite';
import { AppError } from '../../src/shared/errors';
import { CHROMIUM_ARGS, findChromium } from '../browsers/browser.mjs';
import type { CliEngine } from './cliEngine';
import { launchFirefox } from '../browsers/firefox';
import { openEngine } from './pageEngine';

/** Serves the files of one folder with Range, to pages of any origin; returns the base URL. */
export async function serveFolder(folder: string): Promise<{ url: string; close: () => void }> {
  const server = createHttpServer((request, response) => {
    const name = path.basename(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname));
    let size: number;
    try {
      size = statSync(path.join(folder, name)).size;
    } catch {
      response.writeHead(404, { 'Access-Control-Allow-Origin': '*' }).end();
      return;
    }
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    const start = range ? Number(range[1]) : 0;
    const end = Math.min(range?.[2] ? Number(range[2]) : size - 1, size - 1);
    response.writeHead(range ? (start < size ? 206 : 416) : 200, {
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Expose-Headers': 'Content-Range, Content-Length, ETag',
      'Cross-Origin-Resource-Policy': 'cross-origin',
      'Accept-Ranges': 'bytes',
      'Content-Length': Math.max(0, end - start + 1),
      ...(range && { 'Content-Range': start < size ? `bytes ${start}-${end}/${size}` : `bytes */${size}` }),
    });
    if (start > end || request.method === 'HEAD') response.end();
    else createReadStream(path.join(folder, name), { start, end }).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() };
}

function noBrowser(error: unknown): never {
  const message =
    'No browser could be started: install Chrome, Edge or Chromium, or set CHROMIUM_PATH to one.';
  throw new AppError('no-webgpu', message, {}, error);
}

export interface BrowserOptions {
  /** Folder for the browser's profile, so that the next start finds the model in IndexedDB. */
  profile?: string;
  /** Additional configuration of the page server. */
  plugins?: Plugin[];
}

/** The engine in its page, and the browser for further pages. */
export interface BrowserEngine extends CliEngine {
  context: BrowserContext;
  page: Page;
  /** URL of the server for pages of this repository. */
  origin: string;
}

/** Serves the pages of this repository. */
async function servePages(plugins?: Plugin[]): Promise<{ origin: string; close: () => Promise<void> }> {
  const vite = await createViteServer({
    logLevel: 'error',
    plugins,
    server: { port: 0, host: '127.0.0.1', hmr: false, watch: null },
    optimizeDeps: { noDiscovery: true },
  });
  await vite.listen();
  const origin = `http://127.0.0.1:${(vite.httpServer?.address() as AddressInfo).port}`;
  return { origin, close: () => vite.close() };
}

/** Maps model files to URLs; serves their folders. */
function modelFiles() {
  const folders = new Map<string, ReturnType<typeof serveFolder>>();
  return {
    async sourceOf(file: string) {
      const folder = path.dirname(file);
      const serving = folders.get(folder) ?? serveFolder(folder);
      folders.set(folder, serving);
      return { kind: 'url' as const, url: (await serving).url + encodeURIComponent(path.basename(file)) };
    },
    close: () => folders.forEach((serving) => void serving.then(({ close }) => close())),
  };
}

/** The engine in Firefox. @throws if Firefox cannot be started */
export async function openInFirefox(): Promise<CliEngine> {
  const pages = await servePages();
  const files = modelFiles();
  const browser = await launchFirefox();
  const page = await browser.newPage();
  page.on('pageerror', (error) => process.stderr.write(`[page] ${String(error)}\n`));
  return {
    sourceOf: files.sourceOf,
    call: await openEngine(page, `${pages.origin}/scripts/cli/cliPage.html`),
    async close() {
      await browser.close();
      files.close();
      await pages.close();
    },
  };
}

/** The engine in Chromium. @throws AppError if no browser can be started */
export async function openInBrowser({ profile, plugins }: BrowserOptions): Promise<BrowserEngine> {
  const pages = await servePages(plugins);
  const files = modelFiles();
  const launch = { executablePath: findChromium(), args: CHROMIUM_ARGS, headless: true };
  const browser = profile ? undefined : await chromium.launch(launch).catch(noBrowser);
  const context = profile
    ? await chromium.launchPersistentContext(profile, launch).catch(noBrowser)
    : await browser?.newContext();
  if (!context) throw new AppError('bug', 'No browser context');
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') process.stderr.write(`[page] ${message.text()}\n`);
  });
  page.on('pageerror', (error) => process.stderr.write(`[page] ${error.message}\n`));
  return {
    sourceOf: files.sourceOf,
    call: await openEngine(page, `${pages.origin}/scripts/cli/cliPage.html`),
    context,
    page,
    origin: pages.origin,
    async close() {
      await context.close();
      await browser?.close();
      files.close();
      await pages.close();
    },
  };
}
