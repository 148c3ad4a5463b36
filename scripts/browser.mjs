// Which browser the tests and the command line run, and with which switches.
import { existsSync } from 'node:fs';

/** WebGPU on machines without a GPU: Chromium's software adapter. A hardware adapter is used when CHROMIUM_ARGS says so. */
const SOFTWARE_WEBGPU = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--use-angle=swiftshader',
];

/** Launch switches; the environment variable CHROMIUM_ARGS (space-separated) replaces the WebGPU ones. */
export const CHROMIUM_ARGS = [
  '--no-sandbox',
  ...(process.env.CHROMIUM_ARGS?.split(' ').filter(Boolean) ?? SOFTWARE_WEBGPU),
];

const CANDIDATES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/microsoft-edge',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/**
 * Path of a Chromium-family browser: CHROMIUM_PATH, else an installed one; undefined means Playwright's own.
 * @returns {string | undefined}
 */
export function findChromium() {
  return process.env.CHROMIUM_PATH || CANDIDATES.find((path) => existsSync(path));
}
