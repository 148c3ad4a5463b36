import type { Page } from '@playwright/test';
import { openStaticHost, type StaticHost } from './pages/staticHost';
import { expect, test } from './pages/test';

// The built app on a plain static host.

let host: StaticHost;
test.beforeEach(async ({ allowOrigin }) => {
  host = await openStaticHost();
  allowOrigin(host.url);
});
test.afterEach(() => host.close());

const installed = (page: Page) =>
  page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    return true;
  });

test('under a sub-path, without headers: cross-origin isolated, and complete offline', async ({ chat }) => {
  const { page } = chat;
  await chat.openReady(host.url);
  await expect(await chat.ask('What are you?')).toContainText(/[a-z]{3,}/);
  await installed(page);

  await page.reload();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await chat.modelReady();

  await host.close();
  await page.reload();
  await chat.modelReady();
  await expect(chat.questions).toHaveText('What are you?');
  await expect(await chat.ask('Is this private?')).toContainText(/[a-z]{3,}/);
  await page.goto(`${host.url}?action=models`); // a launch shortcut
  await expect(chat.models.dialog).toBeVisible();
  expect(new URL(page.url()).search).toBe('');

  await page.goto(`${host.url}?title=From+another+app&text=%E4%BD%A0%E5%A5%BD`); // the share target
  await expect(chat.field).toHaveValue('From another app\n你好');
});

test('a new version waits until the user accepts it', async ({ chat }) => {
  const { page } = chat;
  await chat.openReady(host.url);
  await installed(page);
  await page.reload(); // from now on the service worker serves the page
  await chat.modelReady();
  const card = page.getByText('A new version of the app is ready.');
  await expect(card).toBeHidden();

  host.release();
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  await expect(card).toBeVisible();
  const reloaded = page.waitForEvent('load');
  await page.getByRole('button', { name: 'Reload' }).click();
  await reloaded;
  await chat.modelReady();
  await expect(card).toBeHidden();
  const names = await page.evaluate(() => window.caches.keys());
  expect(names.filter((name) => / next-/.test(name))).toHaveLength(1);
});
