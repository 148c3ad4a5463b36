import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ChatPage } from './pages/chatPage';
import { pdf } from './pages/pdf';
import { expect, test } from './pages/test';

// Agents with the fake engine, which quotes the first passage it reads: files, index, search, export are the app's own.

const PDFS = [
  {
    name: 'pool.pdf',
    pages: ['The pool lies in the north of the town.', 'A single ticket costs 4.20 euros.'],
  },
  { name: 'mill.pdf', pages: ['Marlow Mill was built in 1738 by Edmund Harper.'] },
].map(({ name, pages }) => ({ name, mimeType: 'application/pdf', buffer: pdf(pages) }));

/** A folder of two Chinese texts, and a file that people do not mean. */
function folder(): string {
  const root = path.join(mkdtempSync(path.join(tmpdir(), 'agents-')), '手册');
  mkdirSync(root);
  writeFileSync(
    path.join(root, '图书馆.md'),
    '# 开放时间\n图书馆周一闭馆。\n\n# 借书\n每张借书证最多可借 12 本书。',
  );
  writeFileSync(path.join(root, '渡轮.txt'), '渡轮票价 18 元。');
  writeFileSync(path.join(root, '.hidden'), 'x');
  return root;
}

const QUESTIONS: [question: string, answer: RegExp, source: string][] = [
  ['What does a single ticket cost?', /4\.20 euros/, 'pool.pdf · page 2'],
  ['Who built Marlow Mill?', /Edmund Harper/, 'mill.pdf · page 1'],
  ['一张借书证最多可借几本书？', /12 本/, '手册/图书馆.md'],
];

async function asksAll(chat: ChatPage): Promise<void> {
  for (const [question, answer, source] of QUESTIONS) {
    await chat.send(question);
    await chat.answerEnds();
    await expect(chat.answers.last()).toContainText(answer);
    await expect(chat.questions.last().getByRole('button', { name: source })).toBeVisible();
  }
}

test('an agent is built from two PDFs and a folder, answers with sources, and does so after export and import', async ({
  chat,
  browser,
}) => {
  const { page } = chat;
  await chat.openReady('./?answer=at-once');
  await chat.chatList.getByRole('link', { name: 'Agents' }).click();
  await page.getByRole('button', { name: 'New agent' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Town guide');
  await page.getByLabel('Starter 1', { exact: true }).fill('When is the library open?');
  await page.getByRole('button', { name: 'Offer starter 1 at a time' }).click();
  await page.locator('[data-knowledge]').setInputFiles(PDFS);
  await expect(page.getByText('Added 2 files.')).toBeVisible();
  await page.locator('[data-folder]').setInputFiles(folder());
  await expect(page.getByText('手册/渡轮.txt')).toBeVisible();
  const knowledge = page.getByRole('region', { name: 'Knowledge' });
  await knowledge.getByRole('textbox', { name: 'Question' }).fill('图书馆哪天闭馆');
  await knowledge.getByRole('button', { name: 'Search' }).click();
  await expect(knowledge.getByRole('listitem').filter({ hasText: '周一闭馆' }).last()).toContainText(
    '图书馆.md',
  );
  await page.getByRole('button', { name: 'Save and chat' }).click();
  await expect(page.getByRole('button', { name: 'When is the library open?' })).toBeVisible();
  await asksAll(chat);
  await chat.answers
    .first()
    .getByRole('button', { name: /Source 1/ })
    .click();
  await expect(page.getByRole('dialog')).toContainText('pool.pdf, page 2');
  await page.keyboard.press('Escape');

  await page.goto('./?answer=at-once#/agents');
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export Town guide' }).click();
  const file = await (await saving).path();
  const other = await browser.newContext();
  const there = new ChatPage(await other.newPage());
  await there.openReady(new URL('./?answer=at-once', page.url()).href);
  await there.page.goto(new URL('./?answer=at-once#/agents', page.url()).href);
  await there.page.locator('[data-agents]').setInputFiles(file);
  const review = there.page.getByRole('dialog', { name: /Agent from/ });
  await expect(review).toContainText('mill.pdf');
  await expect(review).toContainText('Every day at 08:00: When is the library open?');
  await review.getByRole('button', { name: 'Keep the agent' }).click();
  await there.page.getByRole('button', { name: 'Save and chat' }).click();
  await asksAll(there);

  // The next morning, its starter is offered; nothing has been asked.
  await there.page.clock.setFixedTime(new Date(Date.now() + 86_400_000).setHours(9));
  await there.page.goto(new URL('./?answer=at-once', page.url()).href);
  await there.page.getByRole('button', { name: 'Start: When is the library open?' }).click();
  await there.answerEnds();
  await expect(there.questions).toHaveText([/When is the library open/]);
  await other.close();
});
