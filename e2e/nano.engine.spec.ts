import { toEarlierProfile } from './pages/storage';
import { expect, test } from './pages/test';

// The built-in model in the built app, from the first visit on. Each test has a fresh browser profile.

test('the first visit loads Nano, shows its progress, and answers', async ({ chat }) => {
  let serve: (from?: unknown) => void = () => {};
  const looked = new Promise((resolve) => (serve = resolve));
  await chat.page.route('**/*.gguf', (route) => looked.then(() => route.continue()));
  await chat.open();
  await expect(chat.loading).toBeVisible();
  serve();
  await chat.modelReady();
  await expect(chat.modelButton).toContainText('Nano · demo model');
  const answer = await chat.ask('What are you?');
  await expect(answer).toContainText(/[a-z]{3,}/); // any words: Nano's training evaluates their quality
  await expect(answer.getByRole('group', { name: 'Statistics' })).toHaveText(/tokens\/s.*context \d+/);
});

test('the first visit in Chinese', async ({ browser, baseURL }) => {
  const context = await browser.newContext({ locale: 'zh-CN', baseURL });
  const page = await context.newPage();
  const { ChatPage } = await import('./pages/chatPage');
  const chat = new ChatPage(page);
  await chat.openReady();
  await page.getByRole('button', { name: '你是谁？' }).click();
  await chat.answerEnds();
  await expect(chat.answers.last()).toContainText(/[\u4e00-\u9fff]{4,}/);
  await context.close();
});

test('chats and models of an earlier version survive: the next start requests no model file', async ({
  chat,
}) => {
  await chat.openReady();
  await chat.ask('Is this private?');
  const before = await chat.answers.last().locator('[data-part=text]').innerText();
  const modelRequests: string[] = [];
  chat.page.on('request', (request) => {
    if (/\.gguf/.test(request.url())) modelRequests.push(request.url());
  });
  const address = chat.page.url();
  await chat.page.route('**/favicon.ico', (route) => route.fulfill({ status: 204 })); // of a page that is a text file
  await chat.page.goto('./licences.txt');
  await toEarlierProfile(chat.page);
  await chat.openReady(address);
  await expect(chat.questions).toHaveText('Is this private?');
  expect(await chat.answers.last().locator('[data-part=text]').innerText()).toBe(before);
  await chat.ask('What are you?'); // the chat continues
  await expect(chat.answers).toHaveCount(2);
  expect(modelRequests).toEqual([]);
});

test('the same seed gives the same answer', async ({ chat }) => {
  await chat.openReady();
  await chat.openSettings();
  await chat.settings.number('Seed').fill('42');
  await chat.settings.close();
  const text = async () => chat.answers.last().locator('[data-part=text]').innerText();
  await chat.ask('What are you?');
  const first = await text();
  await chat.newChat();
  await chat.ask('What are you?');
  expect(await text()).toBe(first);
});
