import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from './pages/test';

// Packages that the build lacks, in the settings: what they are, the download by a press of the button from a local server,
// the comparison of hashes, and their removal. The panel, the worker and the cache are the app's own.

test.use({ allowedErrors: /Failed to load/ });

test('packages are downloaded after consent only, compared with their hashes, kept and deleted', async ({
  chat,
  allowOrigin,
}) => {
  const { page } = chat;
  const wheel = Buffer.alloc(300_000, 7);
  let sent = Buffer.alloc(300_000, 8); // a file that was changed on its way
  const asked: string[] = [];
  const mirror = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.setHeader('access-control-allow-origin', '*');
    response.end(sent);
  });
  await new Promise<void>((resolve) => mirror.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(mirror.address() as AddressInfo).port}`;
  allowOrigin(`http://${host}/`);
  const file = {
    ...{ name: 'numpy.whl', bytes: wheel.length, builtIn: false, url: `http://${host}/numpy.whl` },
    sha256: [createHash('sha256').update(wheel).digest('hex')],
  };
  await page.route('**/python/manifest.json', (route) =>
    route.fulfill({
      json: {
        ...{ version: '0.27.7', info: { python: '3.12.7' }, files: [file], core: [] },
        packages: [{ name: 'numpy', version: '2.0.2', imports: ['numpy'], depends: [], file: file.name }],
      },
    }),
  );
  await chat.openReady();
  await chat.openSettings();
  const { dialog } = chat.settings;
  await dialog.getByText('Packages and download').click();
  await expect(dialog.getByText(`Not on this device yet: numpy. They come from ${host}`)).toBeVisible();
  expect(asked).toEqual([]);

  const button = dialog.getByRole('button', { name: /^Download, at most/ });
  await button.click();
  await expect(dialog.getByRole('alert')).toContainText(/SHA-256|hash|content/i);
  await expect(button).toBeVisible();
  sent = wheel;
  await button.click();
  await expect(dialog.getByText('Everything is on this device')).toBeVisible();
  expect(asked).toEqual(['/numpy.whl', '/numpy.whl']);

  await page.reload();
  await chat.openSettings();
  await dialog.getByText('Packages and download').click();
  await dialog.getByRole('button', { name: 'Delete the downloaded parts' }).click();
  await expect(button).toBeVisible();
  expect(asked).toHaveLength(2);
  mirror.close();
});
