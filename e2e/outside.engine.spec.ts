import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { ChatPage } from './pages/chatPage';
import { serveModel, tinyFile } from './pages/modelFiles';
import { expect, test } from './pages/test';

const HOST = 'https://models.example.org';

/** A server that allows CORS, with a login page, a protected file, and a redirect to a server that does not. */
async function wrongHost(): Promise<{ url: string; close: () => void }> {
  const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'range' };
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    if (request.method === 'OPTIONS') return response.writeHead(204, cors).end();
    switch (request.url) {
      case '/portal.gguf':
        return response.writeHead(200, { ...cors, 'content-type': 'text/html' }).end('<html>Sign in</html>');
      case '/secret.gguf':
        return response.writeHead(403, cors).end();
      case '/moved.gguf':
        return response.writeHead(302, { ...cors, location: `http://localhost:${port}/closed.gguf` }).end();
      default:
        return response.writeHead(206, { 'content-range': 'bytes 0-0/1000' }).end('G');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

/** Whether IndexedDB accepts another 10 kB. */
function writes(page: Page): Promise<boolean> {
  return page.evaluate(async () => {
    const opening = indexedDB.open('room');
    opening.onupgradeneeded = () => opening.result.createObjectStore('entries');
    await new Promise((resolve) => (opening.onsuccess = resolve));
    const writing = opening.result.transaction('entries', 'readwrite');
    writing.objectStore('entries').put(new Blob([new Uint8Array(10_000)]), 1);
    const taken = await new Promise<boolean>((resolve) => {
      writing.oncomplete = () => resolve(true);
      writing.onabort = () => resolve(false);
    });
    opening.result.close();
    return taken;
  });
}

test.describe('failing servers, full disks, concurrent tabs', () => {
  test.use({ allowedErrors: /403|ERR_FAILED|CORS/ });

  test('each kind of faulty host has its own error, and Nano stays loaded', async ({ chat, allowOrigin }) => {
    const { models } = chat;
    const host = await wrongHost();
    allowOrigin(host.url);
    allowOrigin(host.url.replace('127.0.0.1', 'localhost')); // the target of /moved.gguf
    await chat.openReady();
    await chat.openModels();
    const answers: [name: string, text: RegExp][] = [
      ['portal', /answered with a web page/],
      ['secret', /without permission \(403\)/],
      ['moved', /CORS/],
    ];
    for (const [name, text] of answers) {
      const url = `${host.url}/${name}.gguf`;
      await models.openUrl(url);
      await expect(models.alert, name).toContainText(url, { timeout: 240_000 });
      await expect(models.alert, name).toContainText(text);
    }
    host.close();
    await models.close();
    await expect(chat.modelButton).toContainText('demo model');
    await chat.ask('What are you?');
  });

  test('a disk that fills up during an import: an error with numbers, Nano stays, freeing space resumes it', async ({
    chat,
    allowOrigin,
  }) => {
    const url = `${HOST}/tiny.gguf`;
    allowOrigin(url);
    await serveModel(chat.page.context(), url, tinyFile().bytes);
    await chat.openReady();
    const browser = await chat.page.context().newCDPSession(chat.page);
    // The estimate does not show it; the write itself fails, as on a disk filled by other programs.
    const origin = new URL(chat.page.url()).origin;
    await browser.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1000 });
    await expect.poll(() => writes(chat.page), { timeout: 240_000 }).toBe(false); // Chromium caches the free space
    await chat.openModels();
    await chat.models.openUrl(url);
    await expect(chat.models.alert).toContainText('Not enough browser storage', { timeout: 240_000 });
    await chat.models.close();
    await expect(chat.modelButton).toContainText('demo model');

    await browser.send('Storage.overrideQuotaForOrigin', { origin }); // unchanged
    await expect.poll(() => writes(chat.page), { timeout: 240_000 }).toBe(true);
    await chat.openModels();
    await chat.models.openUrl(url);
    await expect(chat.modelButton).toContainText('tiny', { timeout: 240_000 });
  });

  test('two tabs: the second shows the first one’s progress and takes over when it closes', async ({
    chat,
    allowOrigin,
  }) => {
    const url = `${HOST}/tiny.gguf`;
    allowOrigin(url);
    let serve: (from?: unknown) => void = () => {};
    await serveModel(chat.page.context(), url, tinyFile().bytes, new Promise((resolve) => (serve = resolve)));
    await chat.openReady();
    const second = new ChatPage(await chat.page.context().newPage());
    await second.open();
    for (const tab of [chat, second]) {
      await tab.openModels();
      await tab.models.openUrl(url);
      await expect(tab.models.loadCard).toBeVisible();
    }
    await expect(second.models.loadCard).toContainText('Another tab is downloading this');
    await chat.page.close();
    serve();
    await expect(second.models.row('tiny')).toContainText('In use', { timeout: 240_000 });
  });
});
