import { readFileSync } from 'node:fs';
import { expect, test } from './pages/test';

// Common flows in conversations, with the built-in model.

test('a conversation is a tree: edit, regenerate, go back to earlier versions', async ({ chat }) => {
  const { page } = chat;
  await chat.openReady();
  await chat.ask('What are you?');
  const first = await chat.answers.last().locator('[data-part=text]').innerText();

  await chat.regenerateButton.last().click();
  await chat.answerEnds();
  const versions = chat.answers.last().getByRole('group', { name: 'Versions of this message' });
  await expect(versions).toContainText('2/2');
  await versions.getByRole('button', { name: 'Previous version' }).click();
  await expect(versions).toContainText('1/2');
  expect(await chat.answers.last().locator('[data-part=text]').innerText()).toBe(first);

  await chat.questions.last().hover();
  await page.getByRole('button', { name: 'Edit question' }).click();
  await page.getByRole('textbox', { name: 'Your question' }).fill('Is this private?');
  await page.keyboard.press('Enter');
  await chat.answerEnds();
  await expect(chat.questions).toContainText(['Is this private?']);
  const questions = chat.questions.last().getByRole('group', { name: 'Versions of this message' });
  await expect(questions).toContainText('2/2');
  await questions.getByRole('button', { name: 'Previous version' }).click();
  await expect(chat.questions.last()).toContainText('What are you?');
  expect(await chat.answers.last().locator('[data-part=text]').innerText()).toBe(first);
});

test('answers stopped or cut off by a reload are marked and can be continued', async ({ chat }) => {
  await chat.openReady();
  await chat.stopAtFirstWords(() => chat.send('Tell me a long story about a river'));
  const answer = chat.answers.last();
  await expect(answer).toContainText('Stopped');
  const begun = await answer.locator('[data-part=text]').innerText();
  await answer.getByRole('button', { name: 'Continue' }).click();
  await chat.answerStarts();
  await chat.page.reload();
  await chat.modelReady();
  await expect(answer).toContainText(begun.slice(0, 20));
  if (await answer.getByText('Interrupted').isVisible()) {
    await answer.getByRole('button', { name: 'Continue' }).click();
    await chat.answerEnds();
  }
  await expect(chat.answers).toHaveCount(1);
  expect((await answer.locator('[data-part=text]').innerText()).startsWith(begun.slice(0, 20))).toBe(true);
});

test('a file is attached, commands work, a chat is found, exported, erased, imported', async ({ chat }) => {
  const { page } = chat;
  await chat.openReady();
  await chat.drop([{ name: 'fish.txt', bytes: new TextEncoder().encode('The zebrafish is striped.') }]);
  await expect(page.getByRole('list', { name: 'Files of this message' })).toContainText(/fish\.txt.*tokens/s);
  await chat.ask('What is in this file?');
  await expect(chat.questions.last()).toContainText('fish.txt');
  await expect(chat.answers.last().locator('[data-part=text]')).not.toBeEmpty();
  const answer = await chat.answers.last().locator('[data-part=text]').innerText();

  await chat.field.fill('/new');
  await chat.field.press('Enter');
  await expect(chat.questions).toHaveCount(0);

  await page.keyboard.press('ControlOrMeta+KeyK');
  await page.keyboard.insertText('in this file');
  await expect(page.getByRole('option', { name: /in this file/ }).first()).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(chat.questions.last()).toContainText('What is in this file?');

  await chat.openSettings();
  const saved = page.waitForEvent('download');
  await chat.settings.dialog.getByRole('button', { name: 'Export all chats (JSON)' }).click();
  const path = await (await saved).path();
  await chat.settings.close();
  expect(readFileSync(path, 'utf8')).toContain('The zebrafish is striped.');

  // Nano writes no titles, so the title is the first words of the question.
  await chat.rowAction('What is in this file?', 'Delete');
  await expect(chat.chatList.getByRole('listitem')).toHaveCount(0);
  await page.locator('[data-import]').setInputFiles(path);
  await chat.chat('What is in this file?').click();
  await expect(chat.questions.last()).toContainText('fish.txt');
  expect(await chat.answers.last().locator('[data-part=text]').innerText()).toBe(answer);
});
