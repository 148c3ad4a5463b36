import { defineConfig, devices } from '@playwright/test';
import { CHROMIUM_ARGS, findChromium } from './scripts/browsers/browser.mjs';
import { freePort } from './scripts/freePort.mjs';

// Two builds: the one that ships, with the real engine and its model (*.engine.spec.ts), and one with a fake engine
// for flows a small model cannot show: slow loads, lost devices, full contexts (*.fake.spec.ts).
/** Free ports, chosen once: workers read them from the environment. A running app on 4173 is no obstacle. */
const ENGINE_PORT = (process.env.E2E_ENGINE_PORT ??= await freePort());
const FAKE_PORT = (process.env.E2E_FAKE_PORT ??= await freePort());
const ENGINE_URL = `http://localhost:${ENGINE_PORT}/`;
const FAKE_URL = `http://localhost:${FAKE_PORT}/`;
const FAKE_DIR = 'node_modules/.cache/fake-app';

/** E2E=fake or E2E=engine runs one of them, and starts only its server. */
const wanted = process.env.E2E?.split(',') ?? ['fake', 'engine'];

/** A name that is no secure context, unlike localhost. */
const INSECURE_HOST = '--host-resolver-rules=MAP insecure.test 127.0.0.1';

const desktop = {
  ...devices['Desktop Chrome'],
  viewport: { width: 1280, height: 800 },
  launchOptions: { executablePath: findChromium(), args: [...CHROMIUM_ARGS, INSECURE_HOST] },
};

export default defineConfig({
  testDir: 'e2e',
  outputDir: `test-results/${wanted.join('-')}`, // two runs side by side must not clear each other's
  workers: 1, // one software GPU for all
  retries: 1, // on a busy machine; the report names what passed only at the second try
  timeout: 150_000, // seconds each on an idle machine; CI's may be busy
  expect: { timeout: 20_000 },
  forbidOnly: !!process.env.CI,
  reporter: process.env.CI ? 'github' : 'list',
  // A trace copies the page at every step, a third of a test's time: only the second try of a failed test has one.
  use: {
    locale: 'en-US',
    trace: { mode: 'on-first-retry', screenshots: false },
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'fake', testMatch: '*.fake.spec.ts', use: { ...desktop, baseURL: FAKE_URL } },
    {
      name: 'engine',
      testMatch: '*.engine.spec.ts',
      timeout: 900_000, // a prompt of 600 tokens takes minutes on a busy machine without a GPU
      expect: { timeout: 60_000 },
      use: { ...desktop, baseURL: ENGINE_URL },
    },
  ].filter(({ name }) => wanted.includes(name)),
  webServer: [
    {
      name: 'fake',
      command: `npx vite build --mode test-fake --outDir ${FAKE_DIR} && node scripts/build/preview.mjs --outDir ${FAKE_DIR} --port ${FAKE_PORT}`,
      url: FAKE_URL,
      timeout: 300_000,
    },
    {
      name: 'engine',
      command: `node scripts/build/preview.mjs --port ${ENGINE_PORT}`,
      url: ENGINE_URL,
      timeout: 120_000,
    },
  ].filter(({ name }) => wanted.includes(name)),
});
