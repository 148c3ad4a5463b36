import { expect, test } from './pages/test';

test('the language follows the browser unless chosen', async ({ browser }) => {
  const page = await browser.newPage({ locale: 'zh-CN' });
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('想聊点什么？');
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await page.close();
});

test('language and theme change at once and persist', async ({ chat }) => {
  await chat.openReady();
  await chat.openSettings();
  await chat.settings.choose('中文');
  await expect(chat.page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(chat.settings.dialog).toContainText('系统提示词');
  await chat.settings.choose('深色');
  await expect(chat.page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await chat.page.reload();
  await expect(chat.page.getByRole('heading', { level: 1 })).toHaveText('想聊点什么？');
  await expect(chat.page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('sampling starts at the model’s values, persists, and can be reset', async ({ chat }) => {
  await chat.openReady();
  await chat.openSettings();
  const temperature = chat.settings.number('Temperature');
  await expect(temperature).toHaveValue('0.6');
  await temperature.fill('1.2');
  await chat.settings.number('Longest answer, tokens').fill('5');
  await chat.settings.close();
  const answer = await chat.ask('What are you?');
  await expect(answer).toContainText('Stopped at the length limit');
  await chat.page.reload();
  await chat.modelReady();
  await chat.openSettings();
  await expect(temperature).toHaveValue('1.2');
  await chat.settings.reset.click();
  await expect(temperature).toHaveValue('0.6');
  await expect(chat.settings.number('Longest answer, tokens')).toHaveValue('');
});

test('the system prompt belongs to its chat', async ({ chat }) => {
  await chat.openReady();
  await chat.openSettings();
  await chat.settings.systemPrompt.fill('Answer in rhymes.');
  await chat.settings.close();
  await chat.ask('Hello');
  await chat.newChat();
  await chat.openSettings();
  await expect(chat.settings.systemPrompt).toHaveValue('');
  await chat.settings.close();
  await chat.chat('Hello').click();
  await chat.page.reload();
  await expect(chat.questions).toHaveText('Hello');
  await chat.openSettings();
  await expect(chat.settings.systemPrompt).toHaveValue('Answer in rhymes.');
});

test('on a phone the chat list is a drawer, and nothing is cut off', async ({ chat }) => {
  await chat.page.setViewportSize({ width: 360, height: 640 });
  await chat.openReady();
  await chat.ask('What are you?');
  const overflow = () => chat.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  await expect.poll(overflow).toBeLessThanOrEqual(0);
  await expect(chat.chatList).toBeHidden();
  await chat.page.getByRole('button', { name: 'Open chat list' }).click();
  await expect(chat.chat('What are you?')).toBeVisible();
  await chat.newChat();
  await expect(chat.chatList).toBeHidden();
  await expect(chat.answers).toHaveCount(0);
  await chat.openModels();
  await expect.poll(overflow).toBeLessThanOrEqual(0);
});
