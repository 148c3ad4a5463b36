// Vitest's browser mode in the installed Firefox: runs the GPU tests unchanged.
import { playwright } from '@vitest/browser-playwright';
import type { Browser } from 'puppeteer-core';
import type { BrowserProvider, BrowserProviderOption } from 'vitest/node';
import { launchFirefox } from './firefox.ts';

class FirefoxProvider implements BrowserProvider {
  readonly name = 'firefox';
  readonly supportsParallelism = false;
  private browser: Promise<Browser> | undefined;

  getCommandsContext(): Record<string, unknown> {
    return {};
  }

  async openPage(_sessionId: string, url: string): Promise<void> {
    this.browser ??= launchFirefox();
    const page = await (await this.browser).newPage();
    await page.goto(url);
  }

  async close(): Promise<void> {
    await (await this.browser)?.close();
  }
}

/** Vitest's own server for the pages, with Firefox to open them. */
export function firefoxProvider(): BrowserProviderOption {
  return {
    ...playwright(),
    name: 'firefox',
    supportedBrowser: ['firefox'],
    providerFactory: () => new FirefoxProvider(),
  };
}
