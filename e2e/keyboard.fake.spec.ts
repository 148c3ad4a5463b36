import type { Locator } from '@playwright/test';
import { expect, test } from './pages/test';

// These tests use the keyboard only. accessibility.fake.spec.ts tests that Tab reaches every control on every screen and
// that focus is visible.

/** Presses Tab, or Shift+Tab, until the control has focus. */
async function tabTo(control: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    if (await control.evaluate((element) => element === document.activeElement)) return;
    await control.page().keyboard.press(key);
  }
  throw new Error(`${key} does not come to ${String(control)}`);
}

/** Moves to the control with Tab, or Shift+Tab, and presses Enter. */
async function press(control: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await tabTo(control, key);
  await control.page().keyboard.press('Enter');
}

test('a question is sent, stopped, edited, regenerated, deleted and restored by keyboard', async ({
  chat,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { page } = chat;
  const { keyboard } = page;
  const button = (name: string | RegExp) => page.getByRole('button', { name }).last();
  const message = page.locator('[id^=message-]');
  const version = page.getByRole('group', { name: 'Versions of this message' });

  await chat.openReady('./?answer=slow');
  await keyboard.type('What are you?');
  await keyboard.press('Enter');
  await chat.answerStarts();
  await keyboard.press('Escape');
  await chat.answerEnds();
  await expect(chat.field).toBeFocused();

  await chat.openReady(`./?answer=at-once${new URL(page.url()).hash}`);
  await expect(chat.field).toBeFocused();
  await press(button('Edit question'), 'Shift+Tab');
  await keyboard.type(' Please');
  await keyboard.press('Enter');
  await chat.answerEnds();
  await expect(chat.questions).toContainText('What are you? Please');
  await expect(button('Edit question')).toBeFocused();

  await press(button('Previous version'), 'Shift+Tab');
  await expect(version).toContainText('1/2');
  await keyboard.press('ArrowRight');
  await expect(version).toContainText('2/2');

  await press(button('Copy answer'));
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^I am \*\*Nano\*\*/);

  await press(button('Regenerate answer'));
  await expect(version).toHaveCount(2);
  await chat.answerEnds();
  await expect(message.last()).toBeFocused(); // the button disappeared with the answer above it

  await press(button('Delete message'));
  await expect(version).toHaveCount(1); // the question's; the answer has only one version left
  await expect(page.locator(':focus')).toBeVisible();
  await press(button('Undo'));
  await expect(version).toHaveCount(2);
  await expect(page.locator(':focus')).toBeVisible();
});

test('chats, settings, prompts and files are reached and changed by keyboard', async ({ chat }) => {
  const { page } = chat;
  const { keyboard } = page;
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const item = (name: string) => page.getByRole('menuitem', { name, exact: true });
  await chat.openReady('./?answer=at-once');
  for (const question of ['Alpha', 'Beta']) {
    await keyboard.type(question);
    await keyboard.press('Enter');
    await chat.answerEnds();
    await keyboard.press('ControlOrMeta+Shift+KeyO');
    await expect(chat.field).toBeFocused();
  }

  const more = button('More for “Beta”');
  await tabTo(more, 'Shift+Tab');
  await expect(more).toHaveCSS('opacity', '1');
  await keyboard.press('Enter');
  await expect(item('Rename')).toBeFocused();
  await keyboard.press('End');
  await expect(item('Delete')).toBeFocused();
  await keyboard.press('ArrowDown');
  await expect(item('Rename')).toBeFocused();
  await keyboard.press('e');
  await keyboard.press('e');
  await expect(item('Export as JSON')).toBeFocused();
  await keyboard.press('Escape');
  await expect(more).toBeFocused();

  await keyboard.press('Enter');
  await keyboard.press('Enter');
  await keyboard.type('Gamma');
  await keyboard.press('Enter');
  await expect(chat.chat('Gamma')).toBeFocused();

  await press(button('More for “Gamma”'));
  await keyboard.press('d');
  await keyboard.press('Enter');
  await expect(chat.chat('Gamma')).toBeHidden();
  await expect(chat.chat('Alpha')).toBeFocused(); // the row that appeared
  await press(button('Undo'));
  await expect(chat.chat('Gamma')).toBeVisible();
  await expect(page.locator(':focus')).toBeVisible();

  await keyboard.press('ControlOrMeta+KeyK');
  await keyboard.type('Alpha');
  await expect(page.getByRole('option', { selected: true })).toContainText('Alpha');
  await keyboard.press('Enter');
  await expect(chat.questions).toHaveText('Alpha');
  await expect(page.locator(':focus')).toBeVisible();

  await tabTo(chat.field);
  await keyboard.type('/system');
  await keyboard.press('Enter');
  await expect(chat.settings.systemPrompt).toBeFocused();
  await keyboard.type('Briefly.');
  await tabTo(page.getByRole('radio', { name: 'System' }), 'Shift+Tab');
  await keyboard.press('ArrowRight');
  await keyboard.press('ArrowRight');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await keyboard.press('Escape');
  await expect(chat.settings.dialog).toBeHidden();
  await expect(chat.field).toBeFocused();

  await keyboard.type('/prompts');
  await keyboard.press('Enter');
  await press(button('New prompt'));
  await tabTo(page.getByRole('textbox', { name: 'Name' }));
  await keyboard.type('Sum up');
  await keyboard.press('Tab');
  await keyboard.type('Sum this up in a sentence.');
  await press(button('Save'));
  await expect(page.locator(':focus')).toBeVisible();
  await press(button('Delete “Sum up”'));
  await expect(page.locator(':focus')).toBeVisible();
  await keyboard.press('Escape');
  await expect(chat.field).toBeFocused();

  const choosing = page.waitForEvent('filechooser');
  await press(button('Attach files'), 'Shift+Tab');
  await (await choosing).setFiles('e2e/files/plan.docx');
  await press(button('Remove plan.docx'), 'Shift+Tab');
  await expect(page.getByText('plan.docx')).toHaveCount(0);
  await expect(page.locator(':focus')).toBeVisible();
});
