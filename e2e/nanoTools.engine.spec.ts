import { FUNCTION, QUESTIONS } from './pages/nanoTools';
import { expect, test } from './pages/test';

// The built-in model decides by itself to call tools, in the built app: nothing is scripted.

test('Nano calls Python for sums, dates and plots, and a function that the user has just defined', async ({
  chat,
}) => {
  test.setTimeout(400_000); // Python starts with the first call
  const { page } = chat;
  await chat.openReady();
  await chat.openSettings();
  await page.locator('[data-functions]').setInputFiles({
    name: 'parcel.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(FUNCTION)),
  });
  await page.getByRole('button', { name: 'Keep 1 function' }).click();
  await expect(chat.settings.dialog.getByLabel(FUNCTION.name, { exact: true })).toHaveValue('ask');
  await chat.settings.close();
  for (const { question, tool, ...expected } of QUESTIONS) {
    await chat.newChat();
    await chat.send(question);
    const ask = page.getByRole('group', { name: 'Run this?' });
    await expect(ask.or(chat.sendButton)).toBeVisible({ timeout: 240_000 });
    if (await ask.isVisible()) await ask.getByRole('button', { name: 'Once' }).click();
    await chat.answerEnds();
    // Soft: one run tells of every question.
    const card = page.getByRole('group', { name: tool, exact: true });
    await expect.soft(card.first(), question).toHaveAttribute('data-call', 'done');
    const answer = chat.answers.last();
    if ('says' in expected)
      await expect.soft(answer.locator('[data-part=text]').last(), question).toContainText(expected.says);
    else
      await expect.soft(answer.getByRole('button', { name: 'Enlarge the picture' }), question).toBeVisible();
  }
});
