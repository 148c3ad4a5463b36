import { expect, test } from './pages/test';

// Answer settings and answer details: flows that need a full context or a second model.

test('a chat that exceeds the context asks, then shows what was dropped', async ({ chat }) => {
  await chat.openReady('./?context=1024');
  await chat.openSettings();
  await chat.page.getByLabel('When a chat outgrows the context').selectOption('ask');
  await chat.settings.close();
  await chat.ask('What are you?');
  await chat.ask(`Again: ${'words '.repeat(240)}`);
  await chat.send('And once more?');
  const card = chat.page.getByRole('alert', { name: 'This chat no longer fits the context' });
  await expect(card).toContainText('the model holds 1,024');
  await expect(chat.answers).toHaveCount(2);
  await card.getByRole('button', { name: 'Leave out the oldest turn' }).click();
  await chat.answerEnds();
  await expect(card).toBeHidden();
  await expect(chat.answers).toHaveCount(3);
  await expect(chat.answers.last()).toContainText('The oldest turn no longer fit and was left out.');
  await expect(chat.questions).toHaveCount(3); // nothing is deleted
});

test('a chat remembers its model and loads it only on request', async ({ chat }) => {
  await chat.openReady();
  await chat.ask('With Nano');
  await chat.newChat();
  await chat.drop([{ name: 'other-model-with-a-very-long-name-Q4_K_M.gguf', bytes: new Uint8Array(8) }]);
  await expect(chat.modelButton).toContainText('other');
  await chat.models.close();
  await chat.ask('With the other');
  await chat.chat('With Nano').click();
  const card = chat.page.getByRole('status').filter({ hasText: 'This chat was with Nano' });
  await expect(card).toBeVisible();
  await expect(chat.modelButton).toContainText('other');
  await chat.page.setViewportSize({ width: 320, height: 640 });
  const buttons = card.getByRole('button');
  const cut = () =>
    buttons.evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().right > innerWidth).length);
  expect(await cut()).toBe(0);
  await chat.page.setViewportSize({ width: 1280, height: 800 });
  await card.getByRole('button', { name: 'Load Nano · demo model' }).click();
  await expect(chat.modelButton).toContainText('Nano');
  await expect(card).toBeHidden();
  await chat.chat('With the other').click();
  await chat.page.getByRole('button', { name: /^Go on with Nano/ }).click();
  await chat.openSettings();
  await expect(chat.page.getByLabel('Model', { exact: true })).toContainText('Nano');
});

test('attachments of an unsent message survive a reload; a dropped export file is imported as chats', async ({
  chat,
}) => {
  await chat.openReady();
  await chat.drop([{ name: 'notes.txt', bytes: new TextEncoder().encode('Buy bread.') }]);
  const files = chat.page.getByRole('list', { name: 'Files of this message' });
  await expect(files).toContainText('notes.txt');
  await expect(files).toContainText('tokens');
  await chat.page.reload();
  await chat.modelReady();
  await expect(files).toContainText('notes.txt');
  await chat.ask('What is there to buy?');
  await expect(files).toBeHidden();

  await chat.openSettings();
  const [download] = await Promise.all([
    chat.page.waitForEvent('download'),
    chat.page.getByRole('button', { name: /JSON/ }).click(),
  ]);
  const { readFile } = await import('node:fs/promises');
  const bytes = await readFile(await download.path());
  await chat.settings.close();
  await chat.rowAction('What is there to buy?', 'Delete');
  await expect(chat.chat('What is there to buy?')).toBeHidden();
  await chat.drop([{ name: 'glm-chats.json', bytes: new Uint8Array(bytes) }]);
  await expect(chat.chat('What is there to buy?')).toBeVisible();
  await expect(files).toBeHidden();
});

test('the settings and the palette offer to install the app', async ({ chat }) => {
  await chat.openReady();
  await chat.openSettings();
  const button = chat.page.getByRole('button', { name: 'Install the app' });
  await expect(button).toBeHidden();
  await chat.page.evaluate(() => {
    const event = new Event('beforeinstallprompt', { cancelable: true });
    const prompt = async () => void (document.title = 'asked');
    dispatchEvent(Object.assign(event, { prompt, userChoice: Promise.resolve() }));
  });
  await button.click();
  await expect(chat.page).toHaveTitle('asked');
  await expect(button).toBeHidden();
});
