import type { Page } from '@playwright/test';
import { openPython, runPython } from './pages/pythonPage';
import { openStaticHost, type StaticHost } from './pages/staticHost';
import { expect, test } from './pages/test';

// The built app on a plain static host, which fails as hosts do.

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
/** Looks for a new version. @returns whether one waits */
const update = (page: Page) =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update();
    const worker = registration.installing;
    if (!worker) return registration.waiting !== null;
    await new Promise((resolve) => worker.addEventListener('statechange', resolve, { once: true }));
    return registration.waiting === worker;
  });
/** Less than Chromium's five minutes for an old service worker that was started again while it stopped. */
const TAKEN_OVER_MS = 240_000;
/** Accepts the new version that waits. */
async function accept(page: Page): Promise<void> {
  await expect(page.getByText('A new version of the app is ready.')).toBeVisible();
  const reloaded = page.waitForEvent('load', { timeout: TAKEN_OVER_MS });
  await page.getByRole('button', { name: 'Reload' }).click();
  await reloaded;
}
const entry = (page: Page) => page.locator('script[type=module]').getAttribute('src');

test.describe('offline', () => {
  test.use({ allowedErrors: /ERR_CONNECTION_REFUSED/ }); // Python asks the host for a newer manifest first

  test('under a sub-path, without headers: cross-origin isolated, and complete offline', async ({ chat }) => {
    const { page } = chat;
    await chat.openReady(host.url);
    await expect(await chat.ask('What are you?')).toContainText(/[a-z]{3,}/);
    await installed(page);

    await page.reload();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await chat.modelReady();
    await openPython(page);
    expect((await runPython(page, '6 * 7')).observation).toBe('42');

    await host.close();
    await page.reload();
    await chat.modelReady();
    await openPython(page);
    expect((await runPython(page, '6 * 8')).observation).toBe('48');
    await expect(chat.questions).toHaveText('What are you?');
    await expect(await chat.ask('Is this private?')).toContainText(/[a-z]{3,}/);
    await page.goto(`${host.url}?action=models`); // a launch shortcut
    await expect(chat.models.dialog).toBeVisible();
    expect(new URL(page.url()).search).toBe('');

    // The share target: a form is posted as the operating system does, outside of the page and its policy.
    await page.evaluate(async () => {
      const body = new FormData();
      body.set('title', 'From another app');
      body.set('text', '你好');
      await fetch('./share', { method: 'POST', body, redirect: 'manual' }); // the app is offline by now
    });
    await page.goto(`${host.url}?action=shared`);
    await expect(chat.field).toHaveValue('From another app\n你好');
  });
});

test.describe('a deployment', () => {
  test.use({
    allowedErrors: /Failed to load|MIME type|Failed to fetch|MissingPart|Unexpected token|bad HTTP response/i,
  });

  test('half of it changes nothing; all of it waits for the answer; tabs of two versions; a rollback', async ({
    chat,
    context,
  }) => {
    const { page } = chat;
    await chat.openReady(host.url);
    await installed(page);
    await page.reload(); // from now on the service worker serves the page
    await chat.modelReady();
    const first = await entry(page);

    host.spa = true;
    host.deploy('worker first');
    expect(await update(page)).toBe(false);
    await page.reload();
    await chat.modelReady();
    expect(await entry(page)).toBe(first);

    const other = await context.newPage();
    await other.goto(host.url);
    await expect(other.getByRole('textbox', { name: 'Message' })).toBeVisible();
    host.deploy('next version');
    await page.bringToFront();
    expect(await update(page)).toBe(true);
    await chat.send('Tell me a long story about a zebra.');
    await accept(page);
    await expect(chat.questions).toHaveText('Tell me a long story about a zebra.');
    await expect(page.getByText('The page was closed')).toBeHidden();
    expect(await entry(page)).not.toBe(first);

    await other.bringToFront(); // of the first version, which the host no longer has
    await other.getByRole('textbox', { name: 'Message' }).fill('/help');
    await other.keyboard.press('Enter');
    await expect(other.getByRole('dialog')).toBeVisible();
    expect(await entry(other)).toBe(first);
    await other.close();

    host.deploy('this version');
    expect(await update(page)).toBe(true);
    await accept(page);
    await chat.modelReady();
    expect(await entry(page)).toBe(first);

    // The boot check: an entry that is no script, as older service workers stored it.
    await page.evaluate(async (src) => {
      const url = new URL(src ?? '', document.baseURI).href;
      for (const name of await caches.keys()) {
        const html = new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } });
        await (await caches.open(name)).put(url, html);
      }
    }, first);
    await page.reload();
    await expect(chat.field).toBeVisible({ timeout: 40_000 });
    await expect(chat.questions).toHaveText('Tell me a long story about a zebra.');
  });

  test('a part that the host lost: text stays plain, the page reloads once, then offers to', async ({
    chat,
  }) => {
    const { page } = chat;
    host.missing = /Markdown-|HelpDialog-|^sw\.js$/;
    await page.goto(host.url);
    let loads = 0;
    page.on('load', () => loads++);
    await chat.modelReady();
    await chat.send('What are you?');
    await expect(page.getByText('A part of the app could not be fetched.')).toBeVisible();
    await expect.poll(() => loads, { timeout: 120_000 }).toBe(1);
    await chat.modelReady();
    await expect(chat.answers.last()).toContainText(/[a-z]{3,}/);
    await expect(page.getByText('A part of the app could not be fetched.')).toBeVisible();
    await chat.field.fill('/help');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toContainText('It could not be fetched');
    expect(loads).toBe(1);
    host.missing = /^$/;
    await page.getByRole('dialog').getByRole('button', { name: 'Reload page' }).click();
    await chat.modelReady();
    await expect(page.locator('[data-plain]')).toHaveCount(0);
  });
});

test.describe('a host that lost a part of the engine', () => {
  test.use({ allowedErrors: /404|Failed to fetch/ });

  test('the part is named, and the page reloads once; later the part is there', async ({ chat }) => {
    const { page, models } = chat;
    host.missing = /\/probe-|^sw\.js$/;
    await page.goto(host.url);
    let loads = 0;
    page.on('load', () => loads++);
    await chat.modelReady();
    const check = async () => {
      await chat.modelButton.click();
      await models.show('catalogue');
      await models.dialog.getByRole('button', { name: 'Check this device' }).click();
    };
    await check();
    await expect.poll(() => loads, { timeout: 120_000 }).toBe(1);
    await chat.modelReady();
    await check();
    await expect(models.alert).toContainText(/probe-[\w-]+\.js/);
    await page.waitForTimeout(1000);
    expect(loads).toBe(1);
    host.missing = /^$/;
    await models.alert.getByRole('button', { name: 'Try again' }).click();
    await expect(models.dialog.getByRole('button', { name: 'Check again' })).toBeVisible({
      timeout: 120_000,
    });
  });
});

test.describe('without what secure pages have', () => {
  test.use({ allowedErrors: /unsafe|secure|insecure|Cross-Origin/i });

  test('plain http and refused site data: the page says why, and everything else of it works', async ({
    chat,
    allowOrigin,
  }) => {
    const { page } = chat;
    const address = host.url.replace('127.0.0.1', 'insecure.test');
    allowOrigin(address);
    await page.goto(address);
    expect(await page.evaluate(() => isSecureContext)).toBe(false);
    const heading = page.getByRole('heading', { name: 'This browser cannot run the model' });
    await expect(heading).toBeVisible();
    await expect(page.getByText('opened over plain http from insecure.test')).toBeVisible();
    await page.addInitScript(() => {
      const refuse = () => {
        throw new DOMException('Access is denied for this document.', 'SecurityError');
      };
      for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches'])
        Object.defineProperty(window, name, { get: refuse, configurable: true });
      Object.defineProperty(window, 'BroadcastChannel', { value: refuse, configurable: true });
      Object.defineProperty(navigator, 'serviceWorker', { get: refuse, configurable: true });
    });
    await page.reload();
    await expect(heading).toBeVisible();
    await page.getByRole('button', { name: 'Settings' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
  });

  test('a PDF on a host without a media type for .mjs', async ({ chat }) => {
    const { page } = chat;
    await chat.open(host.url);
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Attach files' }).click();
    await (await chooser).setFiles('e2e/files/two-pages.pdf');
    await expect(page.getByRole('list', { name: 'Files of this message' })).toContainText('2 pages');
  });
});

test.describe('policies', () => {
  test.use({
    allowedErrors: /Content Security Policy|TrustedScript|Trusted Type|requires .Trusted|Failed to load/i,
  });

  test('the policies bind: the page, its markup, its workers', async ({ chat }) => {
    const { page } = chat;
    await chat.openReady(host.url);
    await installed(page);
    await page.reload();
    await chat.modelReady();
    const refused = await page.evaluate(async () => {
      const outcome = async (attempt: () => unknown) => {
        try {
          await attempt();
          return 'done';
        } catch (error) {
          return (error as Error).name;
        }
      };
      const violations: string[] = [];
      document.addEventListener('securitypolicyviolation', (event) =>
        violations.push(event.effectiveDirective),
      );
      const outcomes = {
        fetch: await outcome(() => fetch('https://elsewhere.example/?q=chat')),
        markup: await outcome(() => (document.createElement('div').innerHTML = '<b>x</b>')),
        foreignWorker: await outcome(() => new Worker('data:text/javascript,1')),
        ownWorker: await outcome(() => new Worker('assets/gone-1.js').terminate()),
      };
      const script = document.querySelector<HTMLScriptElement>('script[type=module]')?.src ?? '';
      const policy = (await fetch(script)).headers.get('content-security-policy');
      return { outcomes, violations: [...new Set(violations)].sort(), policy };
    });
    expect(refused.outcomes).toEqual({
      fetch: 'TypeError',
      markup: 'TypeError',
      foreignWorker: 'TypeError',
      ownWorker: 'done',
    });
    expect(refused.violations).toContain('connect-src');
    expect(refused.policy).toContain("trusted-types 'none'");
  });
});
