import { test as base, expect, type BrowserContext, type Request } from '@playwright/test';
import { ChatPage } from './chatPage';

interface Fixtures {
  /** Console errors a test provokes on purpose. */
  allowedErrors: RegExp;
  /** Allows requests to the origin of this address, usually a model host. */
  allowOrigin: (url: string) => void;
  chat: ChatPage;
}

/** Every request of the current test, from its pages, popups and workers. */
let requests: Request[] = [];

/** Also checks the requests of a browser that the test started itself. */
export function watchRequests(context: BrowserContext): void {
  context.on('request', (request) => requests.push(request));
}

/** Whether an address causes network traffic; `data:` and `blob:` do not. */
const isOnNetwork = (url: string) => /^(?:https?|wss?):/.test(url);

/**
 * A test with the chat page. It fails if the page reports an error, attempts a forbidden request, or requests an
 * origin that is neither the app's own nor allowed by the test.
 */
export const test = base.extend<Fixtures>({
  allowedErrors: [/(?!)/, { option: true }],
  browser: [
    async ({ browser }, use) => {
      browser.on('context', watchRequests);
      await use(browser);
    },
    { scope: 'worker' },
  ],
  allowOrigin: [
    async ({ baseURL }, use) => {
      const allowed = baseURL ? [new URL(baseURL).origin] : [];
      requests = [];
      await use((url) => allowed.push(new URL(url).origin));
      const foreign = requests
        .map((request) => request.url())
        .filter((url) => isOnNetwork(url) && !allowed.includes(new URL(url).origin));
      expect(foreign, 'requests that the test did not allow').toEqual([]);
    },
    { auto: true },
  ],
  chat: async ({ page, allowedErrors }, use) => {
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    // Playwright cannot operate the browser's native pickers; without them the page uses file inputs.
    await page.addInitScript(() => {
      for (const name of ['showOpenFilePicker', 'showDirectoryPicker']) {
        Object.defineProperty(window, name, { value: undefined, configurable: true, writable: true });
      }
    });
    await use(new ChatPage(page));
    expect(errors.filter((text) => !allowedErrors.test(text))).toEqual([]);
  },
});
export { expect };
