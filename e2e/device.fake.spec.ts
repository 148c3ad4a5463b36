import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './pages/test';

// The check of the device, and the report that it and every error card offer.

test('a check shows progress, outcome and table, can be stopped, and its report holds nothing of the chats', async ({
  chat,
}) => {
  const { page } = chat;
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await chat.openReady();
  await chat.ask('A secret question');
  await page.goto('./?check-slowly#/bench');
  const section = page.getByRole('region', { name: 'Check this device', exact: true });
  await section.getByRole('button', { name: 'Check all kernels' }).focus();
  await page.keyboard.press('Enter');
  await expect(section.getByRole('progressbar', { name: 'Progress of the check' })).toBeVisible();
  await expect(section).toContainText(/\d+ of 60 kernels checked/);
  await section.getByRole('button', { name: 'Stop' }).click();
  await expect(section.getByRole('status')).toContainText(/^Stopped after \d+ of 60 kernels: 1 wrong/);
  await section.getByRole('button', { name: 'Check again' }).click();
  await expect(section.getByRole('status')).toHaveText(
    '1 of 60 kernels computed wrongly. They are not used.',
    { timeout: 60_000 },
  );
  const rows = section.getByRole('row');
  await expect(rows).toHaveCount(61);
  await expect(rows.nth(1)).toContainText(/TOKEN_LANES=7.*wrong.*0\.31/); // wrong ones first
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);

  await section.getByRole('button', { name: 'Copy report' }).click();
  await expect(section.getByRole('button', { name: 'Copied' })).toBeVisible();
  const report = await page.evaluate(() => navigator.clipboard.readText());
  expect(report).toContain('60 of 60 kernels checked, 1 wrong');
  expect(report).toContain('matmul_q4:TOKEN_LANES=7,SWIGLU=0: WRONG (0.31 of 0.0028)');
  expect(report).toMatch(/maxBufferSize: \d+/);
  expect(report).toContain('streaming read: 410.0 GB/s');
  expect(report).toContain(await page.evaluate(() => navigator.userAgent));
  expect(report).not.toMatch(/secret|Nano can/);
});

test('a GPU that computes wrongly: what was written stays, the card leads to the check and copies a report', async ({
  chat,
}) => {
  const { page } = chat;
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await chat.openReady('./?answer=fail:logits-not-finite');
  await chat.send('Hello');
  await expect(chat.alert).toContainText(/output is no longer made of numbers.*acme gpu-1 computed wrongly/);
  await chat.alert.getByRole('button', { name: 'Copy report' }).click();
  await expect(chat.alert.getByRole('button', { name: 'Copied' })).toBeVisible();
  const report = await page.evaluate(() => navigator.clipboard.readText());
  expect(report).toMatch(/Last errors\n\S+ logits-not-finite fake: logits-not-finite/);
  await chat.alert.getByRole('button', { name: 'Check this device' }).click();
  await expect(page.getByRole('heading', { name: 'Check this device' })).toBeVisible();
});

test('a load that finds no right kernel names kernel, device and difference', async ({ chat }) => {
  await chat.open('./?load=fail:kernel-wrong');
  await expect(chat.alert).toContainText('acme gpu-1, kernel embed_q4, off by 0.50 where 0.00010 is allowed');
  for (const name of ['Try again', 'Check this device', 'Copy report'])
    await expect(chat.alert.getByRole('button', { name })).toBeVisible();
});
