// Installs the engines we compare with. Fetched on demand; they are not dependencies of the app.
import { execFileSync } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';

export const PEERS = { '@wllama/wllama': '3.8.1', 'onnxruntime-web': '1.30.0' };
export type PeerVersions = Record<keyof typeof PEERS, string>;

const FOLDER = path.resolve('node_modules/.cache/bench-peers');
const TYPES: Record<string, string> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** Installs the packages in these versions if they are missing, without install scripts. */
export function fetchPeers(versions: PeerVersions): void {
  const missing = Object.entries(versions).filter(([name, version]) => installedVersion(name) !== version);
  if (missing.length === 0) return;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(path.join(FOLDER, 'package.json'), JSON.stringify({ private: true, dependencies: versions }));
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
  execFileSync('npm', ['install', ...flags], { cwd: FOLDER, stdio: ['ignore', 'inherit', 'inherit'] });
}

function installedVersion(name: string): string | undefined {
  const file = path.join(FOLDER, 'node_modules', name, 'package.json');
  return existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
    : undefined;
}

/** Serves the packages' files unchanged under /peers/: their workers must have the same origin. */
export const servePeers: Plugin = {
  name: 'peers of the benchmark',
  configureServer(server) {
    server.middlewares.use('/peers', (request, response) => {
      const root = path.join(FOLDER, 'node_modules');
      const file = path.join(root, decodeURIComponent(new URL(request.url ?? '/', 'http://peers').pathname));
      if (!file.startsWith(root) || !existsSync(file)) return void response.writeHead(404).end();
      response.writeHead(200, {
        'Content-Type': TYPES[path.extname(file)] ?? 'application/octet-stream',
        'Content-Length': statSync(file).size,
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
      });
      createReadStream(file).pipe(response);
    });
  },
};
