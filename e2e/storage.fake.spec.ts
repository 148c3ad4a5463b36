// Storage that fails under a chat, in a real browser with its real database.
import { expect, test } from './pages/test';

test('words that the database refuses are told, exported, and there after a reload', async ({ chat }) => {
  const { page } = chat;
  /** From now on every write is refused, as on a full disk; or no longer. */
  const refuse = (refused: boolean) =>
    page.evaluate((value) => {
      const { prototype } = IDBObjectStore;
      const patched = prototype as typeof prototype & { put0?: typeof prototype.put };
      patched.put0 ??= prototype.put;
      prototype.put = value
        ? () => {
            throw new DOMException('full', 'QuotaExceededError');
          }
        : patched.put0;
    }, refused);
  const banner = page.getByRole('alert').filter({ hasText: 'no room left to store your chats' });

  await chat.openReady('./?answer=at-once');
  await chat.ask('First question');
  await refuse(true);
  await chat.ask('Second question');
  await expect(banner).toContainText('messages are not stored yet');
  const saving = page.waitForEvent('download');
  await banner.getByRole('button', { name: 'Export now' }).click();
  const file = await (await saving).path();
  await refuse(false);
  await expect(banner).toBeHidden(); // without a click: it goes on trying

  await refuse(true);
  await chat.ask('Third question');
  await expect(banner).toBeVisible();
  await page.reload(); // closed while nothing could be written
  await expect(chat.questions).toHaveText(['First question', 'Second question', 'Third question']);
  await expect(chat.answers).toHaveCount(3);
  await expect(banner).toBeHidden();
  await page.reload(); // and from the database this time
  await expect(chat.questions).toHaveText(['First question', 'Second question', 'Third question']);

  await page.getByRole('button', { name: 'Settings' }).click();
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Import chats…' }).click();
  await (await choosing).setFiles(file);
  await expect(page.getByRole('dialog').getByRole('status').filter({ hasText: 'Imported: 0 new chats' })).toContainText('1 was already here'); // prettier-ignore
});

test('backups go into the folder that was chosen, also after a reload; when it is gone, to the downloads', async ({
  chat,
}) => {
  const { page } = chat;
  // Playwright cannot operate the browser's picker: it returns a folder of the origin, which is as real a handle.
  await page.addInitScript(() => {
    const pick = async () =>
      (await navigator.storage.getDirectory()).getDirectoryHandle('Backups', { create: true });
    Object.assign(window, { showDirectoryPicker: pick });
  });
  const files = () =>
    page.evaluate(async () => {
      const root = await navigator.storage.getDirectory();
      const texts: string[] = [];
      // A file that is being written has another name for a moment, and may be gone before it is read.
      for await (const handle of (await root.getDirectoryHandle('Backups')).values())
        if (handle.kind === 'file')
          texts.push(
            await (handle as FileSystemFileHandle)
              .getFile()
              .then((file) => file.text())
              .catch(() => ''),
          );
      return texts;
    });
  const data = async () => {
    await page.getByRole('button', { name: 'Settings' }).click();
    return page.getByRole('dialog');
  };
  await chat.openReady('./?answer=at-once');
  await chat.ask('First question');
  await (await data()).getByRole('button', { name: 'Choose a folder for backups…' }).click();
  await expect(page.getByText('Backups go into the folder “Backups”.')).toBeVisible();
  await expect.poll(async () => (await files()).join()).toContain('First question');

  await page.reload();
  await chat.modelReady();
  await chat.ask('Second question');
  await (await data()).getByRole('button', { name: 'Back up now' }).click();
  await expect.poll(async () => (await files()).join()).toContain('Second question');

  await page.evaluate(async () =>
    (await navigator.storage.getDirectory()).removeEntry('Backups', { recursive: true }),
  );
  const saving = page.waitForEvent('download');
  await page.getByRole('dialog').getByRole('button', { name: 'Back up now' }).click();
  expect((await saving).suggestedFilename()).toMatch(/\.json$/);
});
