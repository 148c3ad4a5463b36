import { expect, test } from './pages/test';

test('a question sent while the model loads is answered once it has loaded', async ({ chat }) => {
  await chat.open('./?load=held');
  await expect(chat.loading).toBeVisible();
  await chat.send('Hello');
  await expect(chat.answers.last()).toContainText('as soon as the model is ready');
  await expect(chat.stopButton).toBeVisible();
  await chat.page.keyboard.press('Escape');
  await expect(chat.page.getByRole('button', { name: 'Answer this message' })).toBeDisabled();
});

test('answers are formatted, with statistics, and can be copied', async ({ chat, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await chat.openReady();
  const answer = await chat.ask('What are you?');
  await expect(answer.getByRole('table')).toBeVisible();
  await expect(answer.getByRole('group', { name: 'Statistics' })).toHaveText(
    /^\d+ tokens\/s · \d+ tokens · context \d+ \/ 8,192$/,
  );
  const clipboard = () => chat.page.evaluate(() => navigator.clipboard.readText());
  await answer.getByRole('button', { name: 'Copy code' }).click();
  expect(await clipboard()).toMatch(/^const adapter = await navigator\.gpu\.requestAdapter\(\);\n/);
  await answer.getByRole('button', { name: 'Copy answer' }).click();
  expect(await clipboard()).toMatch(/^I am \*\*Nano\*\*/);
  await expect(chat.page.getByRole('meter', { name: /Context used/ })).toBeVisible();
});

test('stop takes effect within the click handler and keeps the text', async ({ chat }) => {
  await chat.openReady('./?answer=slow');
  await chat.send('Hello');
  await expect(chat.answers.last().getByText('Nano', { exact: true })).toBeVisible(); // bold: formatted while streaming
  const answering = await chat.page.evaluate(async () => {
    const stop = () => document.querySelector<HTMLButtonElement>('button[aria-label=Stop]');
    stop()?.click();
    await Promise.resolve(); // synchronously: no timer, frame or engine message runs in between
    return stop() !== null;
  });
  expect(answering).toBe(false);
  await expect(chat.answers.last()).toContainText(/^I am.*Stopped/);
  const text = () => chat.answers.last().locator('[data-part=text]').innerText();
  const kept = await text();
  await chat.page.waitForTimeout(500);
  expect(await text()).toBe(kept);
});

test('stop during prefill keeps the question, which can be answered later', async ({ chat }) => {
  await chat.openReady('./?read=held');
  await chat.send('A question');
  await expect(chat.answers.last()).toContainText('Reading the chat');
  await chat.page.keyboard.press('Escape');
  await expect(chat.answers).toHaveCount(0);
  await chat.page.getByRole('button', { name: 'Answer this message' }).click();
  await chat.answerStarts();
});

test('chats are listed, restored on reload, and deleted', async ({ chat }) => {
  await chat.openReady();
  await chat.ask('First question');
  await chat.page.keyboard.press('ControlOrMeta+Shift+KeyO');
  await expect(chat.answers).toHaveCount(0);
  await expect(chat.field).toBeFocused();
  await chat.ask('Second question');
  await chat.page.reload();
  await expect(chat.questions).toHaveText('Second question');
  await expect(chat.answers).toContainText('I am Nano');
  await chat.chat('First question').click();
  await expect(chat.questions).toHaveText('First question');
  await chat.page.goBack();
  await expect(chat.questions).toHaveText('Second question');

  await chat.rowAction('Second question', 'Delete');
  await expect(chat.chat('Second question')).toHaveCount(0);
  await chat.page.getByRole('button', { name: 'Undo' }).click();
  await expect(chat.chat('Second question')).toBeVisible();
  await chat.rowAction('Second question', 'Delete');
  await chat.page.reload();
  await expect(chat.chat('First question')).toBeVisible();
  await expect(chat.chat('Second question')).toHaveCount(0);
});

test('an answer interrupted by closing the tab is kept and marked', async ({ chat }) => {
  await chat.openReady('./?answer=slow');
  await chat.send('Hello');
  await chat.answerStarts();
  await chat.page.reload();
  await expect(chat.answers.last()).toContainText(/I am.*Interrupted/s);
});

test('Enter sends, Shift+Enter breaks the line, Enter in an input method does not send', async ({ chat }) => {
  await chat.openReady();
  await chat.field.pressSequentially('one');
  await chat.field.press('Shift+Enter');
  await chat.field.pressSequentially('two');
  await expect(chat.field).toHaveValue('one\ntwo');
  for (const init of [{ isComposing: true }, { keyCode: 229 }]) {
    await chat.field.dispatchEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...init });
  }
  await expect(chat.questions).toHaveCount(0);
  await chat.field.press('Enter');
  await expect(chat.questions).toHaveText('one\ntwo');
  await expect(chat.field).toHaveValue('');
});

test('an answer continues while another chat is open', async ({ chat }) => {
  await chat.openReady('./?answer=slow');
  await chat.send('Hello');
  await chat.answerStarts();
  await chat.newChat();
  await expect(chat.page.getByText('Still answering in another chat.')).toBeVisible();
  await chat.chatList.getByRole('button', { name: /Hello/ }).first().click();
  await expect(chat.answers.last()).toContainText('I am');
});

test('clicking a suggestion sends it', async ({ chat }) => {
  await chat.openReady();
  await chat.page.getByRole('button', { name: 'Is this private?' }).click();
  await expect(chat.questions).toHaveText('Is this private?');
  await chat.answerEnds();
});
