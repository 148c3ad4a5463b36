import { readFileSync } from 'node:fs';
import { SAYS_KEY } from './fakeAnswers';
import { expect, test } from './pages/test';

const bytesOf = (name: string) => readFileSync(`e2e/files/${name}`);

test('files become documents with pages and tokens, sent with the question', async ({ chat }) => {
  const { page } = chat;
  await chat.openReady();
  const strip = page.getByRole('list', { name: 'Files of this message' });
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Attach files' }).click();
  await (await chooser).setFiles(['e2e/files/two-pages.pdf', 'e2e/files/plan.docx']);
  await expect(strip.getByRole('listitem').filter({ hasText: 'two-pages.pdf' })).toContainText(
    /2 pages · \d+ tokens/,
  );
  await expect(strip.getByRole('listitem').filter({ hasText: 'plan.docx' })).toContainText(
    /1 page · \d+ tokens/,
  );

  await chat.drop([
    { name: '笔记.txt', bytes: Uint8Array.from([0xc4, 0xe3, 0xba, 0xc3]) },
    { name: 'scan.pdf', bytes: bytesOf('scan.pdf') },
    { name: 'locked.pdf', bytes: bytesOf('locked.pdf') },
  ]);
  await expect(strip.getByRole('alert').filter({ hasText: 'scan.pdf is a scan: 3 pages' })).toBeVisible();
  await expect(
    strip.getByRole('alert').filter({ hasText: 'locked.pdf is protected by a password' }),
  ).toBeVisible();
  for (const name of ['scan.pdf', 'locked.pdf'])
    await page.getByRole('button', { name: `Remove ${name}` }).click();
  await expect(strip.getByRole('listitem')).toHaveCount(3);
  const note = strip.getByRole('listitem').filter({ hasText: '笔记.txt' });
  await expect(note).toContainText('tokens');
  const encoding = note.getByRole('combobox', { name: 'Encoding of 笔记.txt' });
  await expect(encoding).toHaveValue('gb18030');
  await encoding.selectOption('windows-1252');
  await expect(encoding).toHaveValue('windows-1252');
  await encoding.selectOption('gb18030');
  await expect(encoding).toHaveValue('gb18030');

  await chat.field.fill('What is in these?');
  await expect(page.getByRole('meter', { name: /of the context with this message/ })).toBeVisible();
  await chat.field.press('Enter');
  await chat.answerEnds();
  await expect(strip).toBeHidden();
  await expect(chat.questions.last()).toContainText('two-pages.pdf');
  await page.reload();
  await expect(chat.questions.last()).toContainText('笔记.txt');
  const stored = await page.evaluate(async () => {
    const databases = await indexedDB.databases();
    const name = databases.find((one) => one.name?.includes('chats'))?.name ?? '';
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const records = await new Promise<unknown[]>((resolve) => {
      const request = database.transaction('messages').objectStore('messages').getAll();
      request.onsuccess = () => resolve(request.result as unknown[]);
    });
    return JSON.stringify(records);
  });
  expect(stored).toContain('Revenue grew by 12 percent.');
  expect(stored).toContain('第二页：收入增长了百分之十二。'); // a font without a Unicode map: pdf.js fetched its own
  expect(stored).toContain('First we measure & decide < now.');
  expect(stored).toContain('你好'); // GB18030
});

test('a document that does not fit is cut, and the page shows how much', async ({ chat }) => {
  await chat.openReady('./?context=2048');
  await chat.drop([{ name: 'long.md', bytes: Buffer.from('All work and no play. '.repeat(1000)) }]);
  const note = chat.page.getByRole('status').filter({ hasText: 'too many' });
  await expect(note).toContainText('the context holds 2,048');
  await chat.field.fill('Sum it up');
  await expect(chat.sendButton).toBeDisabled();
  await note.getByRole('button', { name: /^Keep the first [\d,]+ of [\d,]+ tokens of long\.md$/ }).click();
  await expect(note).toBeHidden();
  await expect(chat.page.getByRole('listitem').filter({ hasText: 'long.md' })).toContainText(
    /first [\d,]+ of [\d,]+ tokens/,
  );
  await chat.field.press('Enter');
  await expect(chat.questions).toHaveCount(1);
});

test('a long paste becomes a file; a dropped model file opens the model dialog', async ({ chat }) => {
  await chat.openReady();
  await chat.field.focus();
  await chat.page.evaluate(() => {
    const data = new DataTransfer();
    data.setData('text/plain', 'line\n'.repeat(5000));
    document.activeElement?.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
    );
  });
  await expect(chat.page.getByRole('list', { name: 'Files of this message' })).toContainText(
    'Pasted text.txt',
  );
  await expect(chat.field).toHaveValue('');
  await chat.drop([{ name: 'glm.gguf', bytes: new Uint8Array(8) }]);
  await expect(chat.models.dialog).toBeVisible();
});

test('Enter in an input method does not send: real composition', async ({ chat }) => {
  const { page } = chat;
  await chat.openReady();
  await chat.field.focus();
  const devtools = await page.context().newCDPSession(page);
  const sent: boolean[] = [];
  await page.exposeFunction('composing', (is: boolean) => sent.push(is));
  await page.evaluate(() =>
    addEventListener(
      'keydown',
      (event) => (window as never as { composing: (is: boolean) => void }).composing(event.isComposing),
      true,
    ),
  );
  await devtools.send('Input.imeSetComposition', { text: 'ni hao', selectionStart: 6, selectionEnd: 6 });
  const enter = { key: 'Process', code: 'Enter', windowsVirtualKeyCode: 229 };
  await devtools.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...enter });
  await devtools.send('Input.dispatchKeyEvent', {
    type: 'rawKeyDown',
    key: 'Enter',
    code: 'Enter',
    windowsVirtualKeyCode: 13,
  });
  await expect.poll(() => sent).toContain(true);
  await expect(chat.questions).toHaveCount(0);
  await devtools.send('Input.insertText', { text: '你好' });
  await expect(chat.field).toHaveValue('你好');
  await expect(chat.questions).toHaveCount(0);
  await chat.field.press('Enter');
  await expect(chat.questions).toHaveText('你好');
});

test('prompts are saved, filled in, inserted with a slash, and survive a reload', async ({ chat }) => {
  const { page } = chat;
  await chat.openReady();
  await chat.field.fill('/pro');
  const menu = page.getByRole('listbox', { name: 'Commands' });
  await expect(menu.getByRole('option', { selected: true })).toHaveText(/^\/prompts/);
  await chat.field.press('Enter');
  const library = page.getByRole('dialog', { name: 'Prompt library' });
  await library.getByRole('button', { name: 'New prompt' }).click();
  await library.getByRole('textbox', { name: 'Name' }).fill('Translate');
  await library.getByRole('textbox', { name: 'Prompt' }).fill('Translate into {{language}}: {{text}}');
  await library.getByRole('button', { name: 'Save' }).click();
  await expect(library.getByRole('listitem')).toHaveCount(1);
  await library.getByRole('button', { name: 'Close' }).click();
  await page.reload();
  await chat.modelReady();

  await chat.field.fill('/tra');
  await expect(menu.getByRole('option', { selected: true })).toHaveText(/^\/Translate/);
  await chat.field.press('Tab');
  await library.getByRole('textbox', { name: 'language' }).fill('French');
  await library.getByRole('textbox', { name: 'text' }).fill('Good {{day}}');
  await library.getByRole('button', { name: 'Use' }).click();
  await expect(chat.field).toHaveValue('Translate into French: Good {{day}}');
  await expect(chat.field).toBeFocused();

  await chat.field.fill('/');
  await chat.field.press('Escape');
  await expect(menu).toBeHidden();
  await chat.field.fill('/help');
  await chat.field.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Keys and commands' })).toBeVisible();
});

test.describe('offline', () => {
  test.use({ allowedErrors: /net::ERR_INTERNET_DISCONNECTED/ });

  test('a sample picture that cannot be fetched says so; online it comes, with its question', async ({
    chat,
  }) => {
    const { page } = chat;
    await chat.openReady('./?eyes');
    const sample = page.getByRole('button', { name: /^Receipt/ });
    await expect(sample).toBeVisible();
    await page.context().setOffline(true);
    await sample.click();
    const missing = page.getByRole('alert').filter({ hasText: 'could not be fetched. Are you offline?' });
    await expect(missing).toBeVisible();
    await page.context().setOffline(false);
    await sample.click();
    await expect(chat.field).toHaveValue(/^What was bought/);
    await expect(missing).toBeHidden();
    const drafts = page.getByRole('list', { name: 'Pictures of this message' });
    await expect(drafts.getByRole('button', { name: 'Enlarge: Receipt' })).toBeVisible();
  });
});

test('pictures: quick questions, a part as a picture of its own, a table of the answer as CSV', async ({
  chat,
}) => {
  const { page } = chat;
  // The browser's own question which window to show cannot be answered here.
  await page.addInitScript(() => {
    navigator.mediaDevices.getDisplayMedia = () => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 200 });
      canvas.getContext('2d')?.fillRect(0, 0, 20, 20);
      return Promise.resolve(canvas.captureStream());
    };
  });
  await chat.openReady('./?eyes&answer=at-once');
  await page.getByRole('button', { name: 'Take a screenshot' }).click();
  await page.getByRole('button', { name: 'Enlarge: Screenshot' }).press('Delete');
  await chat.drop([
    { name: 'bar-chart.png', bytes: readFileSync('docs/screens/answer-desktop-light-en.png') },
  ]);
  const drafts = page.getByRole('list', { name: 'Pictures of this message' });
  await expect(drafts).toContainText('1,024 tokens');
  await page.getByRole('button', { name: 'Chart to table' }).click();
  await expect(chat.field).toHaveValue(/as one Markdown table/);
  await expect(chat.field).toBeFocused();

  await drafts.getByRole('button', { name: 'Enlarge: bar chart' }).click();
  const dialog = page.getByRole('dialog', { name: 'bar chart' });
  await dialog.getByRole('button', { name: 'Ask about a part' }).click();
  const part = dialog.getByRole('button', { name: /^Part:/ });
  await expect(part).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(part).toHaveAccessibleName(
    'Part: 23 % from the left, 25 % from the top, 50 % wide, 52 % high',
  );
  const box = await dialog.getByRole('img').boundingBox();
  if (!box) throw new Error('no picture');
  await page.mouse.move(box.x + 2, box.y + 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 3 });
  await page.mouse.up();
  await expect(part).toHaveAccessibleName(/50 % wide|49 % wide/);
  await page.keyboard.press('Enter');
  await expect(drafts.getByRole('textbox', { name: /^Description/ }).last()).toHaveValue('part of bar chart');
  await expect(chat.field).toBeFocused();

  await page.evaluate(
    ([key, text]) => localStorage.setItem(key, text),
    [
      SAYS_KEY,
      'It is <|begin_of_box|>42<|end_of_box|>.\n<table><tr><th>Month</th><th>Sales</th></tr><tr><td>May</td><td>1,200</td></tr></table>',
    ],
  );
  await chat.field.press('Enter');
  await chat.answerEnds();
  const answer = chat.answers.last();
  await expect(answer).toContainText('It is 42.');
  await expect(answer.getByRole('cell', { name: '1,200' })).toBeVisible();
  await answer.getByRole('button', { name: 'Attach as CSV' }).click();
  await expect(page.getByRole('list', { name: 'Files of this message' })).toContainText('table.csv');
});
