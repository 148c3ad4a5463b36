import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vite';
import { licences } from './scripts/build/licences.ts';
import { headers, serviceWorker } from './scripts/build/pwaBuild.ts';
import { python } from './scripts/python/plugin.ts';
import { shaderText } from './scripts/build/shaderText.ts';

/** Part of Nano's URL: a new Nano is a new model, not the one in the cache. */
const nanoVersion = createHash('sha256')
  .update(readFileSync('public/models/nano.gguf'))
  .digest('hex')
  .slice(0, 12);

/** KaTeX names each font in three formats; every browser with WebGPU reads the first. */
const woff2Only: Plugin = {
  name: 'WOFF2 fonts only',
  enforce: 'pre',
  transform: (code, id) =>
    id.includes('katex.min.css')
      ? code.replace(/,url\([^)]*\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)/g, '')
      : undefined,
};

const packages = licences();

export default defineConfig({
  base: './', // any host, any sub-path
  plugins: [react(), woff2Only, headers(), packages.page, serviceWorker(), python()],
  define: { __NANO_VERSION__: JSON.stringify(nanoVersion) },
  worker: { format: 'es', plugins: () => [packages.worker, shaderText()] },
  build: {
    target: 'es2022',
    sourcemap: true,
    rolldownOptions: {
      output: {
        // Many hosts have no media type for .mjs, and a script without one does not run: pdf.js's worker.
        assetFileNames: ({ names }) =>
          names.some((name) => name.endsWith('.mjs'))
            ? 'assets/[name]-[hash].js'
            : 'assets/[name]-[hash][extname]',
      },
    },
    // The page's policy allows fonts and requests from its own address only, not from data: URLs.
    assetsInlineLimit: (file) => (/\.(?:woff2?|ttf|bcmap|svg)$/.test(file) ? false : undefined),
  },
});
