// Finds the browsers and compilers of the tests and the command line, and defines their switches.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/**
 * WebGPU on machines without a GPU: Chromium's software adapter. CHROMIUM_ARGS can select a hardware adapter. The page is
 * painted by the CPU: painted by the software GPU, a progress bar costs as much as the model that loads.
 */
const SOFTWARE_WEBGPU = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--use-angle=swiftshader',
  '--disable-gpu-rasterization',
  '--disable-gpu-compositing',
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

const FIREFOX_CANDIDATES = [
  '/usr/bin/firefox-esr',
  '/usr/bin/firefox',
  '/Applications/Firefox.app/Contents/MacOS/firefox',
  'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
];

/**
 * Path of Firefox: FIREFOX_PATH, else an installed one.
 * @returns {string | undefined}
 */
export function findFirefox() {
  return process.env.FIREFOX_PATH || FIREFOX_CANDIDATES.find((path) => existsSync(path));
}

/**
 * The Vulkan driver for Firefox on Linux: VK_ICD_FILENAMES, else Mesa's software adapter lavapipe.
 * @returns {string | undefined}
 */
export function findVulkan() {
  const names = ['lvp_icd.x86_64.json', 'lvp_icd.aarch64.json', 'lvp_icd.json']; // Debian 12, its backports
  const paths = names.map((name) => `/usr/share/vulkan/icd.d/${name}`);
  return process.env.VK_ICD_FILENAMES || paths.find((path) => existsSync(path));
}

/**
 * The reason why tests cannot run in Firefox here; undefined if they can.
 * @returns {string | undefined}
 */
export function firefoxMissing() {
  if (!findFirefox()) return 'not run: no Firefox. Install firefox-esr, or set FIREFOX_PATH.';
  if (process.platform === 'linux' && !findVulkan())
    return 'not run: no Vulkan driver for Firefox. Install mesa-vulkan-drivers, or set VK_ICD_FILENAMES.';
  return undefined;
}

/**
 * WebKit's minimal browser, its driver WebKitWebDriver, and a virtual display.
 * @returns {{ driver: string, browser: string, display: string } | undefined}
 */
export function findWebKit() {
  const [driver, display] = ['/usr/bin/WebKitWebDriver', '/usr/bin/Xvfb'];
  const libraries = ['x86_64', 'aarch64'].flatMap((machine) =>
    ['webkitgtk-6.0', 'webkit2gtk-4.1', 'webkit2gtk-4.0'].map(
      (name) => `/usr/lib/${machine}-linux-gnu/${name}`,
    ),
  );
  const browser = libraries.map((folder) => `${folder}/MiniBrowser`).find((path) => existsSync(path));
  return browser && existsSync(driver) && existsSync(display) ? { driver, browser, display } : undefined;
}

/**
 * The reason why tests cannot run in WebKit here; undefined if they can.
 * @returns {string | undefined}
 */
export function webkitMissing() {
  if (findWebKit()) return undefined;
  return 'not run: no WebKitWebDriver, MiniBrowser or Xvfb. Install webkit2gtk-driver and xvfb.';
}

/** Folder of the naga that the tests install; shared by all checkouts. */
export const NAGA_ROOT = join(homedir(), '.cache', 'glm-in-a-tab', 'naga');

export const NAGA_MISSING = 'not run: no naga. Install it with `cargo install naga-cli`, or set NAGA_PATH.';

/**
 * The command line of naga, the WGSL compiler of Firefox: NAGA_PATH, else an installed one.
 * @returns {string | undefined}
 */
export function findNaga() {
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    join(homedir(), '.cargo', 'bin'),
    join(NAGA_ROOT, 'bin'),
  ];
  const names = folders.filter(Boolean).flatMap((folder) => [join(folder, 'naga'), join(folder, 'naga.exe')]);
  return process.env.NAGA_PATH || names.find((path) => existsSync(path));
}
