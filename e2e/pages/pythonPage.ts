// The built app's Python in a page of the app without the app itself: the page's policy, no model to load.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { securityHeaders } from '../../src/pwa/headers';
import type { PythonManifest } from '../../src/tools/python/manifest';
import type * as PythonModule from '../../src/tools/python';
import type { PythonOptions } from '../../src/tools/python';
import type { Tool, ToolDownload } from '../../src/tools/tool';

const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript',
  json: 'application/json',
};

export const builtManifest = (): PythonManifest =>
  JSON.parse(readFileSync('dist/python/manifest.json', 'utf8')) as PythonManifest;

/** The script of the build that exports this name. */
export function scriptThatExports(name: string, directory = 'dist'): string {
  const scripts = readdirSync(`${directory}/assets`).filter((file) => file.endsWith('.js'));
  const found = scripts.find((file) =>
    new RegExp(` as ${name}\\b`).test(readFileSync(`${directory}/assets/${file}`, 'utf8')),
  );
  if (!found) throw new Error(`The build has no script that exports ${name}`);
  return `assets/${found}`;
}

/** The script of the build with Python's exports. */
export const pythonScript = (directory?: string): string => scriptThatExports('pythonTool', directory);

export interface PythonHost {
  url: string;
  /** Files that differ from the build, by path; null: missing. */
  files: Map<string, string | null>;
  requests: string[];
  close(): Promise<void>;
}

/** Serves the build without the app's entry in its page; with the headers of the app, or without any. */
export async function openPythonHost({ headers = true } = {}): Promise<PythonHost> {
  const page = readFileSync('dist/index.html', 'utf8').replace(/<script[^>]*><\/script>/g, '');
  const host = { files: new Map<string, string | null>([['', page]]), requests: [] as string[] };
  const server = createServer((request, response) => {
    const name = (request.url ?? '/').split('?')[0].slice(1);
    host.requests.push(name);
    const other = host.files.get(name);
    if (other === null || (other === undefined && !existsSync(`dist/${name}`))) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('access-control-allow-origin', '*');
    for (const [key, value] of Object.entries(headers ? securityHeaders(name) : {}))
      response.setHeader(key, value);
    response.setHeader('content-type', TYPES[name.split('.').pop() || 'html'] ?? 'application/octet-stream');
    response.end(other ?? readFileSync(`dist/${name}`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(host, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

interface TrustedTypes {
  defaultPolicy: unknown;
  createPolicy(name: string, rules: { createScriptURL: (address: string) => string }): unknown;
}

declare global {
  interface Window {
    python: Tool;
    pythonModule: typeof PythonModule;
  }
}

/** Puts the tool into the page, with these options. */
export async function openPython(page: Page, options: PythonOptions = {}, directory = 'dist'): Promise<void> {
  await page.evaluate(
    async ([script, settings]) => {
      // Without the app's entry there is no policy for workers: src/pwa/scriptAddresses.ts.
      const { trustedTypes: types } = window as unknown as { trustedTypes?: TrustedTypes };
      if (types && !types.defaultPolicy) types.createPolicy('default', { createScriptURL: (to) => to });
      const url = new URL(script, document.baseURI).href;
      window.pythonModule = (await import(url)) as typeof PythonModule;
      window.python = window.pythonModule.pythonTool(settings);
    },
    [pythonScript(directory), options] as const,
  );
}

export interface PythonRun {
  observation: string;
  failed?: boolean;
  /** Parts, with text, table or size. */
  parts: Record<string, unknown>[];
  ms: number;
  /** How often output came before the end. */
  progress: number;
  /** What it asked to download. */
  downloads: ToolDownload[];
  error?: { code: string; details: Record<string, unknown> };
}

export interface RunOptions {
  chatId?: string;
  files?: Record<string, string>;
  stopAfterMs?: number;
  /** The answer to a question about a download; missing: nobody can be asked. */
  allowDownload?: boolean;
}

/** Runs a cell. */
export function runPython(page: Page, source: string, options: RunOptions = {}): Promise<PythonRun> {
  return page.evaluate(
    async ([code, { chatId = 'chat', files = {}, stopAfterMs, allowDownload }]) => {
      const started = performance.now();
      const ms = () => Math.round(performance.now() - started);
      const controller = new AbortController();
      if (stopAfterMs) setTimeout(() => controller.abort(), stopAfterMs);
      let progress = 0;
      const downloads: ToolDownload[] = [];
      try {
        const { observation, failed, parts } = await window.python.run(code, {
          chatId,
          files: Object.entries(files).map(([name, text]) => ({ name, blob: new Blob([text]) })),
          maxObservationTokens: 1000,
          chat: [],
          signal: controller.signal,
          onProgress: () => progress++,
          ...(allowDownload !== undefined && {
            allowDownload: async (download) => (downloads.push(download), allowDownload),
          }),
        });
        const shown = parts.map(
          async (part) =>
          'blob' in part ? { ...part, blob: undefined, size: part.blob.size, content: await part.blob.slice(0, 100).text() } : { ...part }, // prettier-ignore
        );
        return { observation, failed, parts: await Promise.all(shown), ms: ms(), progress, downloads };
      } catch (error) {
        const { name, code: word, details = {} } = error as Error & { code?: string; details?: object };
        const why = {
          code: word && name === 'AppError' ? word : name,
          details: details as Record<string, unknown>,
        };
        return { observation: '', parts: [], ms: ms(), progress, downloads, error: why };
      }
    },
    [source, options] as const,
  );
}
