import { tinyModel } from '../src/testing/tinyModel';
import { expect, test } from './pages/test';

// The details of an answer, with the built-in model.

test('answer details: the seed reproduces the answer token by token, and shows the alternatives', async ({
  chat,
}) => {
  await chat.openReady();
  await chat.openSettings();
  await chat.settings.number('Temperature').fill('0.9');
  await chat.settings.number('Seed').fill('3'); // an answer without markup, and longer
  await chat.settings.number('Longest answer, tokens').fill('24');
  await chat.settings.close();
  await chat.ask('What are you?');
  const text = await chat.answers.last().locator('[data-part=text]').innerText();
  await chat.answers.last().getByRole('button', { name: 'About this answer' }).click();
  const about = chat.page.getByRole('dialog', { name: 'About this answer' });
  await expect(about).toContainText(/Seed\s*3/);
  await expect(about).toContainText(/Temperature\s*0\.9/);
  await expect(about).toContainText(/Weights\s*(INT|F|BF)\d+/);
  await expect(about).toContainText(/Answer\s*24/);
  await about.getByRole('button', { name: 'Inspect the tokens' }).click();
  await expect(about.getByRole('status')).toHaveText('The same answer, token by token.', {
    timeout: 240_000,
  });
  const tokens = about.getByRole('listbox');
  const options = tokens.getByRole('option');
  await expect(options).toHaveCount(24);
  const shown = (await options.allInnerTexts()).join('');
  expect(shown.replace(/\s+/g, ' ').trim()).toBe(text.replace(/\s+/g, ' ').trim());
  await options.first().focus();
  await chat.page.keyboard.press('ArrowRight');
  await expect(options.nth(1)).toBeFocused();
  await expect(options.nth(1)).toHaveAttribute('aria-selected', 'true');
  await expect(options.nth(1)).toHaveAccessibleDescription(
    /^The model (also thought of “.+”, [\d.]+ %|thought of nothing)/,
  );
  await chat.page.keyboard.press('End');
  await expect(options.last()).toBeFocused();
  await expect(options.last()).toHaveAccessibleName(/, [\d.]+ %$/);
  await chat.page.keyboard.press('Home');
  await expect(options.first()).toBeFocused();
  const rows = await about
    .getByRole('list', { name: 'What the model thought of here' })
    .getByRole('listitem')
    .allInnerTexts();
  const sum = rows.reduce((total, row) => total + parseFloat(/([\d.]+) %$/.exec(row.trim())?.[1] ?? ''), 0);
  expect(sum).toBeGreaterThan(98);
  expect(sum).toBeLessThan(102);
  await chat.page.keyboard.press('Escape');
  await expect(chat.answers).toHaveCount(1); // the repeated answer is not part of the chat
  await chat.ask('Is this private?'); // the chat continues
  await expect(chat.answers).toHaveCount(2);
});

test('a full context: the chat asks before it drops old turns', async ({ chat }) => {
  // A model of 128 tokens is full after two short questions; filling Nano's context takes minutes without a GPU.
  const { bytes } = tinyModel({ architecture: 'glm4', type: 'Q4_0', contextTokens: 128 });
  await chat.open();
  await chat.openModels();
  await chat.models.openFiles([{ name: 'tiny.gguf', bytes }]);
  await expect(chat.models.row('tiny')).toContainText('In use', { timeout: 240_000 });
  await chat.models.close();
  await chat.openSettings();
  await chat.page.getByLabel('When a chat outgrows the context').selectOption('ask');
  await chat.settings.number('Longest answer, tokens').fill('8');
  await chat.settings.close();
  const card = chat.page.getByRole('alert', { name: 'This chat no longer fits the context' });
  for (let more = 0; more < 4 && !(await card.isVisible()); more++) {
    await chat.ask('Tell me about the rivers, the mountains and the lakes of the north, please.');
  }
  await expect(card).toContainText('the model holds 128');
  const leaveOut = card.getByRole('button', { name: /^Leave out the oldest/ });
  const told = chat.answers.last().getByText(/no longer fit and w(as|ere) left out/);
  const again = chat.page.getByRole('button', { name: 'Answer this message' });
  await leaveOut.click();
  await expect(told.or(again)).toBeVisible();
  // Random weights may end an answer before its first word.
  for (let more = 0; more < 8 && (await again.isVisible()); more++) {
    await again.click();
    await leaveOut.click();
    await expect(told.or(again)).toBeVisible();
  }
  await expect(told).toBeVisible();
});
