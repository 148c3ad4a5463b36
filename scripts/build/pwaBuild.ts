// Vite plugin: builds src/pwa/serviceWorker.ts as sw.js beside index.html, with the file list of this version.
// Workbox would add about 300 packages and still leave the isolation headers to us.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { Plugin } from 'vite';
import type { AppFile } from '../../src/pwa/appCache';
import { securityHeaders } from '../../src/pwa/headers.ts';
import { PAGE_POLICY } from '../../src/pwa/policy.ts';

const WORKER = 'sw.js';
const HOST_HEADERS = '_headers';
/** Lazy chunks above this size (the PDF reader) are cached on first use, not with the app. */
const MAX_LAZY_BYTES = 400_000;
/** Character maps of East Asian fonts in PDF files: many, and rarely needed. */
const RARE = /\.bcmap$/;
/** Source maps are for developers; models live in IndexedDB. */
const NOT_OF_THE_APP = /\.map$|^models\/|^_headers$|^licences\.txt$/;

const digest = (content: string | Uint8Array) => createHash('sha256').update(content).digest('base64');

/** The headers of each path, for hosts: the `_headers` file of the build, and examples/hosting/nginx.conf. */
export function hostHeaders(): Record<string, Record<string, string>> {
  return {
    '/': { ...securityHeaders('index.html'), 'Cache-Control': 'no-cache' },
    '/index.html': { ...securityHeaders('index.html'), 'Cache-Control': 'no-cache' },
    '/sandbox.html': { ...securityHeaders('sandbox.html'), 'Cache-Control': 'no-cache' },
    // Python's files are kept in Cache Storage: the HTTP cache need not hold them too.
    '/python/*': { ...securityHeaders('python/manifest.json'), 'Cache-Control': 'no-cache' },
    '/sw.js': { ...securityHeaders('sw.js'), 'Cache-Control': 'no-cache' },
    '/assets/*': {
      ...securityHeaders('assets/a.js'),
      'Cache-Control': 'public, max-age=31536000, immutable',
    },
  };
}

/**
 * Sends the headers of src/pwa/headers.ts from the preview server, writes the page's policy into index.html, and adds
 * `_headers` to the build, which Netlify and Cloudflare Pages read. The development server sends only isolation: React's
 * refresh is an inline script.
 */
export function headers(): Plugin {
  const isolation = securityHeaders('icon.svg');
  return {
    name: 'headers',
    config: () => ({ server: { headers: isolation } }),
    configurePreviewServer(server) {
      server.middlewares.use((request, response, next) => {
        const path = (request.url ?? '/').split(/[?#]/)[0].slice(1);
        for (const [name, value] of Object.entries(securityHeaders(path))) response.setHeader(name, value);
        next();
      });
    },
    transformIndexHtml: {
      order: 'pre',
      handler: (html, { server }) => {
        const meta = `<meta http-equiv="Content-Security-Policy" content="${PAGE_POLICY}" />`;
        return server ? html : html.replace(/(<meta charset="utf-8" \/>)/, `$1\n    ${meta}`);
      },
    },
    generateBundle() {
      const blocks = Object.entries(hostHeaders()).map(([path, values]) =>
        [path, ...Object.entries(values).map(([name, value]) => `  ${name}: ${value}`)].join('\n'),
      );
      this.emitFile({ type: 'asset', fileName: HOST_HEADERS, source: `${blocks.join('\n')}\n` });
    },
  };
}

export function serviceWorker(): Plugin {
  return {
    name: 'service worker',
    apply: 'build',
    config: () => ({
      build: {
        rolldownOptions: {
          input: { index: 'index.html', sw: 'src/pwa/serviceWorker.ts' },
          output: {
            entryFileNames: ({ name }) => (name === 'sw' ? WORKER : 'assets/[name]-[hash].js'),
          },
        },
      },
    }),
    generateBundle: {
      order: 'post', // after Vite has written index.html
      handler(_, bundle) {
        const worker = bundle[WORKER];
        if (worker?.type !== 'chunk') this.error(`${WORKER} was not built`);
        if (worker.imports.length > 0)
          this.error(`${WORKER} must stand alone, but imports ${worker.imports}`);
        const contents = new Map<string, string | Uint8Array>();
        for (const part of Object.values(bundle)) {
          if (part === worker || NOT_OF_THE_APP.test(part.fileName)) continue;
          contents.set(part.fileName, part.type === 'chunk' ? part.code : part.source);
        }
        for (const path of readdirSync('public', { recursive: true, withFileTypes: true })) {
          const name = `${path.parentPath}/${path.name}`.replaceAll('\\', '/').replace(/^public\//, '');
          if (path.isFile() && !NOT_OF_THE_APP.test(name)) contents.set(name, readFileSync(`public/${name}`));
        }
        const files = [...contents]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([path, content]): AppFile => {
            const part = bundle[path];
            const lazy = path.startsWith('assets/') && !(part?.type === 'chunk' && part.isEntry);
            return {
              path,
              sha256: digest(content),
              immutable: path.startsWith('assets/'),
              atInstall: !lazy || (!RARE.test(path) && Buffer.byteLength(content) <= MAX_LAZY_BYTES),
            };
          });
        const version = digest(files.map(({ path, sha256 }) => path + sha256).join()).slice(0, 12);
        worker.code = worker.code.replaceAll('__APP_FILES__', JSON.stringify({ version, files }));
      },
    },
  };
}
