// Starts the installed Firefox for tests and benchmarks, headless, on a software Vulkan adapter if there is one.
// Puppeteer drives it over WebDriver BiDi: Playwright 1.65 needs a patched Firefox of its own, or a newer one than
// Debian's (it sends emulation.setMediaFeaturesOverride for every context, which Firefox 153 does not know).
import puppeteer, { type Browser } from 'puppeteer-core';
import { findFirefox, findVulkan } from './browser.mjs';

export interface FirefoxOptions {
  /** The browser's language; default 'en-US'. */
  locale?: string;
  /** Further preferences, as in about:config. */
  preferences?: Record<string, string | number | boolean>;
}

/**
 * Starts Firefox with a fresh profile.
 * @throws if none is installed; call firefoxMissing() first
 */
export function launchFirefox({ locale = 'en-US', preferences }: FirefoxOptions = {}): Promise<Browser> {
  const vulkan = process.platform === 'linux' ? findVulkan() : undefined;
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: findFirefox(),
    headless: true,
    defaultViewport: { width: 1280, height: 800 },
    protocolTimeout: 600_000, // on a busy machine shaders compile slowly
    extraPrefsFirefox: {
      'dom.webgpu.enabled': true,
      'gfx.webgpu.ignore-blocklist': true, // it contains software adapters
      'intl.accept_languages': locale,
      ...preferences,
    },
    env: { ...process.env, ...(vulkan && { VK_ICD_FILENAMES: vulkan }) },
  });
}
