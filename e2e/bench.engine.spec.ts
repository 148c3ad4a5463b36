import { expect, test } from './pages/test';

test('the benchmark measures Nano, shows charts with tables, stores its result and compares runs', async ({
  chat,
}) => {
  test.setTimeout(900_000);
  const { page } = chat;
  await chat.openReady();
  await chat.openSettings();
  await page.getByRole('link', { name: 'Open the benchmark' }).click();
  await expect(page.getByRole('heading', { name: 'Benchmark' })).toBeFocused();
  await page.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByRole('progressbar', { name: 'Benchmark progress' })).toBeVisible();
  const result = page.getByRole('region', { name: 'Result' });
  await expect(result).toBeVisible({ timeout: 600_000 });
  for (const chart of [
    'Reading a prompt',
    'Writing, by tokens already in the chat',
    'Kernels, a pass of 1',
  ]) {
    await expect(result.getByRole('img', { name: new RegExp(`^${chart}`) })).toBeVisible();
  }
  const decode = result.getByRole('figure').filter({ hasText: 'Writing, by tokens already' });
  await decode.getByText('As a table').click();
  await expect(decode.getByRole('row').nth(1)).toContainText(/after 0.*tokens\/s/);

  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await result.getByRole('button', { name: 'Copy as JSON' }).click();
  const report = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  expect(report.agreementKl).toBeLessThan(0.02);
  expect(report.decode[0].msPerToken).toHaveLength(3);
  expect(report.streamBytesPerSecond).toBeGreaterThan(0);
  expect(report.load.warmMs).toBeGreaterThan(0);

  await page.reload(); // stored on this device
  await expect(result).toContainText('Dispatches per token');
  await expect(page.getByRole('button', { name: 'Start' })).toBeEnabled({ timeout: 240_000 });
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByRole('button', { name: 'Start' })).toBeVisible({ timeout: 240_000 });
  await page.getByRole('link', { name: /Back to the chat/ }).click();
  await chat.ask('What are you?'); // the benchmark drops the KV cache it overwrote
  await expect(chat.answers.last()).toContainText(/[a-z]{3,}/);
});
