import { expect, test } from './pages/test';

test.fail('test guard: a request to another site fails the test', async ({ chat }) => {
  await chat.open();
  await chat.page.route('https://elsewhere.example/**', (route) => route.fulfill({ body: '' }));
  await chat.page.evaluate(() => fetch('https://elsewhere.example/', { mode: 'no-cors' }));
});

test('without WebGPU the page explains why, and chats stay readable', async ({ chat }) => {
  await chat.openReady();
  await chat.ask('Keep this');
  await chat.page.goto('./?device=no-webgpu');
  await expect(chat.page.getByRole('heading', { name: 'This browser cannot run the model' })).toBeVisible();
  await expect(chat.page.getByText(/^Chrome or Edge 113/)).toBeVisible();
  await chat.chat('Keep this').click();
  await expect(chat.answers).toContainText('I am Nano');
});

test('a lost device keeps the text and offers to reload the model', async ({ chat }) => {
  await chat.openReady('./?lose=30');
  await chat.send('Hello');
  await expect(chat.alert).toContainText('connection to the graphics card was lost');
  await expect(chat.answers.last()).toContainText(/I am Nano.*Cut off by an error/s);
  await chat.alert.getByRole('button', { name: 'Reload model' }).click();
  await chat.modelReady();
  await expect(chat.alert).toBeHidden();
  await chat.regenerateButton.click();
  await chat.answerEnds();
  await expect(chat.answers.last()).toContainText('the next start takes seconds');
});

test('a failed load shows the reason, and a retry works', async ({ chat }) => {
  await chat.open('./?load=fail:storage-quota');
  await expect(chat.alert).toContainText('Not enough browser storage: 5.6 GB needed, 2.2 GB free.');
  await expect(chat.alert.getByRole('button', { name: 'Free space' })).toBeVisible();
  await chat.alert.getByRole('button', { name: 'Try again' }).click();
  await chat.modelReady();
  await expect(chat.alert).toBeHidden();
});

test('a chat that is too long shows an error and a remedy', async ({ chat }) => {
  await chat.openReady('./?answer=fail:context-full');
  await chat.send('A very long story');
  await expect(chat.alert).toContainText('8,377 tokens, and the model holds 8,192');
  await chat.alert.getByRole('button', { name: 'New chat' }).click();
  await expect(chat.questions).toHaveCount(0);
});

test('an answer that fills the context is marked', async ({ chat }) => {
  await chat.openReady('./?context=60');
  const answer = await chat.ask('Hello');
  await expect(answer).toContainText('The context is full');
  const meter = chat.page.locator('main header').getByRole('meter');
  await expect(meter).toBeVisible();
  await expect(meter).toHaveAttribute('data-nearly-full', 'true');
});

test('the page requests no other origin', async ({ chat }) => {
  const outside: string[] = [];
  chat.page.on('request', (request) => {
    if (!request.url().startsWith('http://localhost:')) outside.push(request.url());
  });
  await chat.openReady();
  await chat.ask('What are you?');
  expect(outside).toEqual([]);
});
