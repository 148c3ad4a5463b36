import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { CHROMIUM_ARGS, findChromium } from './scripts/browsers/browser.mjs';
import { firefoxProvider } from './scripts/browsers/firefoxProvider.ts';

/** Packages of the engine, some of which load at first use: found late, they would make Vite reload the page. */
const LIBRARIES = [
  'hash-wasm',
  'hash-wasm/dist/sha256.umd.min.js',
  'idb',
  '@cfworker/json-schema',
  '@huggingface/jinja',
  '@mlc-ai/web-xgrammar',
];

// Two projects: `unit` in Node, `gpu` in a real browser with a real (software or hardware) WebGPU adapter.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.{ts,tsx}'],
          exclude: ['src/**/*.gpu.test.ts'],
          environment: 'node',
          testTimeout: 120_000,
          expect: { poll: { timeout: 60_000 } },
        },
      },
      {
        optimizeDeps: { include: LIBRARIES },
        test: {
          name: 'gpu',
          include: ['src/**/*.gpu.test.ts'],
          testTimeout: 300_000,
          expect: { poll: { timeout: 60_000 } },
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { executablePath: findChromium(), args: CHROMIUM_ARGS } }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        test: {
          name: 'webkit',
          include: ['e2e/*.webkit.test.ts'],
          retry: 1, // as in playwright.config.ts
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 30_000 } },
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'firefox',
          include: ['e2e/*.firefox.test.ts'],
          retry: 1, // as in playwright.config.ts
          testTimeout: 120_000,
          hookTimeout: 180_000,
          expect: { poll: { timeout: 30_000 } },
          fileParallelism: false,
        },
      },
      {
        optimizeDeps: { include: LIBRARIES },
        test: {
          name: 'firefox-gpu',
          include: ['src/**/*.gpu.test.ts'],
          testTimeout: 300_000,
          expect: { poll: { timeout: 60_000 } },
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: firefoxProvider(),
            instances: [{ browser: 'firefox' }],
          },
        },
      },
    ],
  },
});
