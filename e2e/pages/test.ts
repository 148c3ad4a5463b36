import { test as base, expect } from '@playwright/test';
import { ChatPage } from './chatPage';

/** A test with the chat page; it fails when the page reported an error or tried a forbidden request. */
export const test = base.extend<{ chat: ChatPage; allowedErrors: RegExp[] }>({
  /** Console errors a test provokes on purpose. */
  allowedErrors: [[], { option: true }],
  chat: async ({ page, allowedErrors }, use) => {
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    // The browser's own pickers cannot be answered from here; without them the page uses file inputs.
    await page.addInitScript(() => {
      for (const name of ['showOpenFilePicker', 'showDirectoryPicker']) {
        Object.defineProperty(window, name, { value: undefined, configurable: true, writable: true });
      }
    });
    await use(new ChatPage(page));
    expect(errors.filter((text) => !allowedErrors.some((allowed) => allowed.test(text)))).toEqual([]);
  },
});
export { expect };
