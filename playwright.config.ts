import { defineConfig, devices } from '@playwright/test';
import { CHROMIUM_ARGS, findChromium } from './scripts/browser.mjs';

// Two builds: the one that ships, with the real engine and its model (*.engine.spec.ts), and one with a fake engine
// for flows a small model cannot show: slow loads, lost devices, full contexts (*.fake.spec.ts).
/** E2E_PORT: the first of two ports, so that several checkouts can run side by side. */
const PORT = Number(process.env.E2E_PORT ?? 4173);
const ENGINE_URL = `http://localhost:${PORT}/`;
const FAKE_URL = `http://localhost:${PORT + 1}/`;
const FAKE_DIR = 'node_modules/.cache/fake-app';

/** E2E=fake or E2E=engine runs one of them, and starts only its server. */
const wanted = process.env.E2E?.split(',') ?? ['fake', 'engine'];

const desktop = {
  ...devices['Desktop Chrome'],
  viewport: { width: 1280, height: 800 },
  launchOptions: { executablePath: findChromium(), args: CHROMIUM_ARGS },
};

export default defineConfig({
  testDir: 'e2e',
  workers: 1, // one software GPU for all
  timeout: 150_000, // seconds each on an idle machine; CI's may be busy
  expect: { timeout: 20_000 },
  forbidOnly: !!process.env.CI,
  reporter: process.env.CI ? 'github' : 'list',
  use: { locale: 'en-US', trace: 'retain-on-failure' },
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
      command: `npx vite build --mode test-fake --outDir ${FAKE_DIR} && npx vite preview --outDir ${FAKE_DIR} --port ${PORT + 1} --strictPort`,
      url: FAKE_URL,
      timeout: 300_000,
      reuseExistingServer: !process.env.CI,
    },
    {
      name: 'engine',
      command: `npx vite preview --port ${PORT} --strictPort`,
      url: ENGINE_URL,
      timeout: 120_000,
      reuseExistingServer: !process.env.CI,
    },
  ].filter(({ name }) => wanted.includes(name)),
});
