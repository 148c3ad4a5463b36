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
