import type { Page } from '@playwright/test';
import { ChatPage } from './pages/chatPage';
import { expect, test } from './pages/test';

/** Chats in the export format, one long conversation each. */
const exported = (
  count: number,
  messages: number,
  content = (chat: number, n: number) => `Message ${n} of ${chat}`,
) => ({
  format: 'glm-in-a-tab/chats',
  version: 2,
  chats: Array.from({ length: count }, (_, chat) => ({
    id: `c${chat}`,
    title: `Chat ${chat}`,
    titleBy: 'user',
    createdAt: 1,
    updatedAt: 1000 + chat,
    pinned: false,
    systemPrompt: '',
    chosen: {},
    messages: Array.from({ length: messages }, (_, n) => ({
      id: `m${n}`,
      parentId: n === 0 ? null : `m${n - 1}`,
      role: n % 2 ? 'assistant' : 'user',
      content: content(chat, n),
      createdAt: n + 1,
      ...(n % 2 && { end: 'stop', seed: 1, modelName: 'Nano' }),
    })),
  })),
});

async function importChats(page: Page, value: unknown, name = 'chats.json'): Promise<void> {
  await page.locator('[data-import]').setInputFiles({
    name,
    mimeType: 'application/json',
    buffer: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  });
}

test('the palette finds a Chinese message and opens it, by keyboard only', async ({ chat }) => {
  const { page } = chat;
  await chat.openReady();
  await importChats(
    page,
    exported(3, 40, (c, n) => (c === 1 && n === 5 ? '这里藏着一只斑马鱼，在第五条。' : `Words ${n}`)),
  );
  await expect(page.getByText('Imported: 3 new chats with 120 messages.')).toBeVisible();
  await chat.field.focus();
  await page.keyboard.press('ControlOrMeta+KeyK');
  const box = page.getByRole('combobox', { name: 'Search and commands' });
  await expect(box).toBeFocused();
  await page.keyboard.insertText('斑马鱼');
  const option = page.getByRole('option', { name: /斑马鱼/ });
  await expect(option).toHaveAttribute('aria-selected', 'true');
  await expect(option.locator('mark')).toHaveText('斑马鱼');
  await page.keyboard.press('Enter');
  await expect(box).toBeHidden();
  await expect(page.getByText('这里藏着一只斑马鱼')).toBeInViewport();
  await page.waitForFunction(() => [...(CSS.highlights.get('found') ?? [])].join() === '斑马鱼');

  await page.keyboard.press('ControlOrMeta+KeyK');
  await expect(box).toBeFocused();
  await page.keyboard.insertText('dark');
  await expect(page.getByRole('option', { selected: true })).toContainText(/dark/i);
  await page.keyboard.press('Enter');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.keyboard.press('ControlOrMeta+KeyK');
  await expect(box).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(box).toBeHidden();
});

test('name, pin and draft of a chat survive a reload', async ({ chat }) => {
  const { page } = chat;
  await chat.openReady();
  await importChats(page, exported(2, 2));
  await chat.rowAction('Chat 0', 'Rename');
  await page.getByRole('textbox', { name: 'New title' }).fill('My own name');
  await page.keyboard.press('Enter');
  await chat.rowAction('My own name', 'Pin');
  await expect(chat.chatList.getByRole('region', { name: 'Pinned' })).toContainText('My own name');
  await chat.chat('Chat 1').click();
  await expect(chat.questions).toHaveText('Message 0 of 1'); // filled earlier, the field would belong to the new chat
  await chat.field.fill('not sent yet');
  await page.reload();
  await expect(chat.field).toHaveValue('not sent yet');
  await expect(chat.chatList.getByRole('region', { name: 'Pinned' })).toContainText('My own name');
  await chat.newChat();
  await expect(chat.field).toHaveValue('');
});

test('on a phone a chat deleted in the list can be restored there', async ({ chat }) => {
  const { page } = chat;
  await page.setViewportSize({ width: 360, height: 740 });
  await chat.openReady();
  await importChats(page, exported(2, 2));
  await page.getByRole('button', { name: 'Open chat list' }).click();
  await chat.rowAction('Chat 0', 'Delete');
  await expect(chat.chat('Chat 0')).toBeHidden();
  await page.getByRole('button', { name: 'Undo' }).click(); // above the list, not behind it
  await expect(chat.chat('Chat 0')).toBeVisible();
  await chat.rowAction('Chat 0', 'Delete');
  await page.getByRole('button', { name: 'Close chat list' }).click();
  const undo = page.getByRole('button', { name: 'Undo' });
  const toast = page.getByRole('status').filter({ has: undo });
  const [toastBox, composerBox] = await Promise.all([
    toast.boundingBox(),
    page.locator('form').filter({ has: chat.field }).boundingBox(),
  ]);
  expect((toastBox?.y ?? 0) + (toastBox?.height ?? 0)).toBeLessThanOrEqual(composerBox?.y ?? 0);
  await toast.getByRole('button', { name: 'Dismiss' }).click();
  await expect(undo).toBeHidden();
});

test('an answer interrupted by closing the tab can be continued', async ({ chat }) => {
  await chat.openReady('./?answer=slow');
  await chat.send('Hello');
  await chat.answerStarts();
  await chat.page.reload();
  await chat.modelReady();
  await expect(chat.answers.last()).toContainText('Interrupted');
  await chat.answers.last().getByRole('button', { name: 'Continue' }).click();
  await expect(chat.stopButton).toBeVisible();
  await chat.page.keyboard.press('Escape');
  await expect(chat.answers).toHaveCount(1);
});

test('two tabs on one chat keep both questions', async ({ chat, context }) => {
  await chat.openReady();
  await chat.ask('First question');
  const other = new ChatPage(await context.newPage());
  await other.page.goto(chat.page.url());
  await other.modelReady();
  await expect(other.questions).toHaveText('First question');
  // A tab may receive the other's question before showing its own, so the order is not determined.
  const ask = async (tab: ChatPage, text: string) => {
    await tab.field.fill(text);
    await tab.field.press('Enter');
    await expect(tab.questions.filter({ hasText: text })).toBeVisible();
    await tab.answerEnds();
  };
  await Promise.all([ask(chat, 'From one'), ask(other, 'From two')]);
  await chat.page.reload();
  await expect(chat.questions.first()).toHaveText('First question');
  // The later question either follows the earlier one or is another version of the same message.
  const shown = await chat.questions.allInnerTexts();
  const versions = chat.page.getByRole('button', { name: /^(Previous|Next) version$/ });
  if ((await versions.count()) > 0) {
    await versions.and(chat.page.locator(':not([aria-disabled=true])')).first().click();
  }
  const all = async () => [...shown, ...(await chat.questions.allInnerTexts())].join();
  await expect.poll(all).toContain('From one');
  await expect.poll(all).toContain('From two');
  await other.page.close();
});

test('a damaged import is repaired and reported, an unreadable one refused; hostile text stays text', async ({
  chat,
}) => {
  const { page } = chat;
  await chat.openReady();
  const broken = exported(2, 3);
  broken.chats[1].messages[2].parentId = 'nowhere';
  await importChats(page, broken);
  await expect(page.getByText('Imported: 2 new chats with 6 messages.')).toContainText(
    '1 damaged value was repaired',
  );
  await importChats(page, '{"format":"glm-in-a-tab/chats","version":2,"chats":[');
  await expect(chat.alert).toContainText('Nothing was imported');
  await expect(chat.chatList.getByRole('listitem')).toHaveCount(2);
  await importChats(
    page,
    exported(3, 2, () => '<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>'),
  );
  await chat.chat('Chat 2').click();
  await expect(chat.questions).toContainText('<script>');
  expect(await page.evaluate(() => 'hurt' in window)).toBe(false);
});
