import { expect, test } from './pages/test';

// Calls with the fake engine: the loop, permissions and cards are the app's own; engine and tools are scripted.

test('a call asks, runs once it is allowed, folds when done, and runs again as a branch; all by keyboard', async ({
  chat,
}) => {
  const { page } = chat;
  const status = page.locator('[role=status][aria-live]');
  await chat.openReady('./?answer=at-once');
  await chat.send('say\n☎python:print(1825)☎It is 1825.');
  const card = page.getByRole('group', { name: 'Python', exact: true });
  await expect(card).toContainText('print(1825)');
  const prompt = page.getByRole('group', { name: 'Run this?' });
  await expect(prompt).toBeFocused();
  await expect(status).toHaveText('Python: waits for you');
  await page.keyboard.press('Tab');
  await expect(prompt.getByRole('button', { name: 'Once' })).toBeFocused();
  await page.keyboard.press('Enter');
  await chat.answerEnds();
  await expect(chat.field).toBeFocused();
  const head = card.getByRole('button', { name: /^Python/ });
  await expect(head).toHaveText(/^Pythondone0\.\d s1825$/);
  await expect(head).toHaveAttribute('aria-expanded', 'false');
  await expect(chat.answers.last()).toContainText('It is 1825.');

  await head.press('Enter');
  await card.getByRole('button', { name: 'Edit and run again' }).press('Enter');
  const code = page.getByRole('textbox', { name: 'Python code to run again' });
  await expect(code).toBeFocused();
  await page.keyboard.press('ControlOrMeta+KeyA');
  await page.keyboard.type('if x:\nprint(7)');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(code).toHaveValue('if x:\n    print(7)\n        ');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await expect(code).not.toBeFocused();
  await code.press('ControlOrMeta+Enter');
  await prompt.getByRole('button', { name: 'In this chat' }).click();
  await chat.answerEnds();
  await expect(card).toContainText('7');
  await expect(chat.answers.last().getByText('2/2')).toBeVisible();

  await chat.send('say\n☎python:oops☎Sorry.'); // allowed in this chat: it is not asked about
  await chat.answerEnds();
  const failed = page.locator('[data-call=failed]');
  await expect(failed.getByText('NameError: nothing is printed')).toBeVisible();
  await expect(failed.getByText('Traceback (most recent')).toBeHidden();
  await failed.getByText('Traceback', { exact: true }).click();
  await expect(failed.getByText('Traceback (most recent')).toBeVisible();
});

test('a call that sends shows all of it, asks again after other results, and may be refused', async ({
  chat,
}) => {
  const { page } = chat;
  await chat.openReady('./?answer=at-once');
  await chat.send('say\n☎send_note:{"to":"a","text":"one"}☎☎send_note:{"to":"b","text":"two"}☎Done.');
  const prompt = page.getByRole('group', { name: 'Run this?' });
  await expect(page.locator('[data-call=asks]')).toContainText('"text": "one"');
  await prompt.getByRole('button', { name: 'Always' }).click();
  await expect(page.locator('[data-call=asks]')).toContainText('"text": "two"'); // the first result is from outside
  await expect(prompt).toContainText('can mislead the model');
  await expect(prompt.getByRole('button')).toHaveText(['Once', 'No']);
  await prompt.getByRole('button', { name: 'No' }).click();
  await chat.answerEnds();
  await expect(page.locator('[data-call=refused]')).toContainText('not allowed');

  await chat.openSettings();
  const permission = chat.settings.dialog.getByLabel('send_note', { exact: true });
  await expect(permission).toHaveValue('always');
  await permission.selectOption('ask');
  const file = (text: string) => ({
    name: 'f.json',
    mimeType: 'application/json',
    buffer: Buffer.from(text),
  });
  const functions = page.locator('[data-functions]');
  await functions.setInputFiles(file('{"name":"twice"}'));
  await expect(chat.settings.dialog.getByRole('alert')).toContainText('f.json');
  const parameters = { type: 'object', properties: { x: { type: 'number' } } };
  const twice = { name: 'twice', description: 'Doubles a number.', parameters, js: '({ x }) => 2 * x' };
  await functions.setInputFiles(file(JSON.stringify(twice)));
  await page.getByRole('button', { name: 'Keep 1 function' }).click();
  await expect(chat.settings.dialog.getByLabel('twice', { exact: true })).toHaveValue('ask');
  await chat.settings.dialog.getByRole('button', { name: 'Delete twice' }).click();
  await expect(chat.settings.dialog.getByLabel('twice', { exact: true })).toBeHidden();
  await chat.settings.close();
  await page.getByRole('button', { name: 'Tools: 3 on' }).click();
  await page.getByRole('switch', { name: 'Python' }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Tools: 2 on' })).toBeFocused();
});

test('output streams, results of every kind show, and a picture opens large', async ({ chat }) => {
  const { page } = chat;
  await chat.openReady('./?answer=at-once');
  await chat.send('say\n⚙runs⚙⚙plot⚙⚙table⚙Done.');
  await expect(page.locator('[data-call=runs]')).toContainText('step 2');
  await chat.goOn();
  await chat.answerEnds();
  await page.getByRole('button', { name: 'Enlarge the picture' }).click();
  await expect(page.getByRole('dialog', { name: 'Five bars' })).toBeVisible();
  await page.keyboard.press('Escape');
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save 城市 cities.csv, 12 B' }).click();
  expect((await saving).suggestedFilename()).toBe('城市 cities.csv');
  await page.locator('[data-call=done]').last().getByRole('button').first().click();
  await expect(page.getByRole('row')).toHaveText(['citypeople', '1Paris2.1', '2São Paulo11.5', '0北京21.9']);
  await expect(page.getByText('First 3 of 40 rows')).toBeVisible();
});

test('answers in JSON of a schema show as JSON, with their faults; a wrong schema is refused', async ({
  chat,
}) => {
  const { page } = chat;
  await chat.openReady('./?answer=at-once');
  await chat.openSettings();
  await page.getByLabel('Form of the answers').selectOption('schema');
  const schema = page.getByLabel('JSON Schema');
  await schema.fill('{"type":"object","properties":{"id":{"type":"string","pattern":"(?=x)x"}}}');
  await expect(chat.settings.dialog.getByText('/properties/id/pattern')).toBeVisible();
  await schema.fill('{"type":"object",');
  await expect(chat.settings.dialog.getByText('The form before stays in force.')).toBeVisible();
  await chat.settings.close();
  const right = await chat.ask('say\n{"id":"x"}');
  await expect(right).toContainText('Valid under the schema');
  const wrong = await chat.ask('say\n{"id":5}');
  await expect(wrong).toContainText('/id:');
});
