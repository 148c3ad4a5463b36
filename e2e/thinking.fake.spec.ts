import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './pages/test';

// How much a model thinks, and several answers beside each other.

test('the effort of thinking is chosen per chat, by keyboard', async ({ chat }) => {
  const { page } = chat;
  await chat.openReady('./?thinks&answer=at-once');
  const button = page.getByRole('button', { name: /^Thinking:/ });
  await expect(button).toHaveAccessibleName('Thinking: As much as it likes');
  await button.press('Enter');
  const panel = page.getByRole('dialog', { name: 'Thinking' });
  await expect(panel.getByRole('radio', { name: /^As much as it likes/ })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(panel.getByRole('radio', { name: /^Short/ })).toBeChecked();
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(button).toBeFocused();
  await expect(button).toHaveAccessibleName('Thinking: Short');
  await chat.ask('Hello');
  await chat.newChat();
  await expect(button).toHaveAccessibleName('Thinking: As much as it likes');
});

test('several answers are written, graded and compared, and the chosen one is shown', async ({ chat }) => {
  const { page } = chat;
  await chat.openReady('./?thinks&answer=at-once');
  await chat.ask('say\nThe answer is 12.‖The answer is 13.‖So the answer is **12**.');
  await page.getByRole('button', { name: 'Think again and compare' }).click();
  const dialog = page.getByRole('dialog', { name: 'Compare answers' });
  await dialog.getByRole('button', { name: 'Write 2 more answers' }).click();
  const cards = dialog.getByRole('listitem');
  await expect(cards).toHaveCount(3);
  await expect(cards.nth(0)).toContainText('2 of 3 say “12”');
  await dialog.getByRole('button', { name: 'Let the model grade them' }).click();
  await expect(dialog.getByText(/Grade: \d+ of 10/)).toHaveCount(3);
  await expect(dialog.getByText('Best so far')).toHaveCount(1);
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await cards.nth(1).getByRole('button', { name: 'Show this one in the chat' }).click();
  await page.keyboard.press('Escape');
  await expect(chat.answers).toHaveCount(1);
  await expect(chat.answers).toContainText('The answer is 13.');
  await expect(chat.answers).toContainText('2/3');
});

test('notes are written, changed and deleted in the settings; a proposed one waits for the user', async ({
  chat,
}) => {
  const { page } = chat;
  await chat.openReady('./?answer=at-once');
  await chat.openSettings();
  const memory = page.getByRole('region', { name: 'Memory' });
  await memory.getByRole('checkbox', { name: 'Remember notes across chats' }).check();
  await memory.getByLabel('New note').fill('I teach physics.');
  await page.keyboard.press('Enter');
  await memory.getByRole('button', { name: 'Edit note: I teach physics.' }).click();
  await memory.getByLabel('Text of the note').fill('I teach maths.');
  await page.keyboard.press('Enter');
  const { violations } = await new AxeBuilder({ page }).include('dialog').setLegacyMode().analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await chat.settings.close();
  await chat.newChat();
  await page.reload();
  await chat.modelReady();
  await chat.openSettings();
  await expect(memory.getByRole('checkbox')).toBeChecked();
  await expect(memory.getByRole('list', { name: 'Notes' })).toContainText('I teach maths.');
  await memory.getByRole('button', { name: 'Delete note: I teach maths.' }).click();
  await expect(memory).toContainText('No notes yet.');
});
