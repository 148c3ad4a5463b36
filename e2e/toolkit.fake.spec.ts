import { petServer } from './pages/petServer';
import { expect, test } from './pages/test';

// The user's own tools with the fake engine: editors, sandbox, requests and cards are the app's own; the model is scripted.

test('a function is written, tried, kept, called and exported; one from a file is shown first', async ({
  chat,
}) => {
  const { page } = chat;
  await chat.openReady('./?answer=at-once');
  await chat.openSettings();
  await chat.settings.dialog.getByRole('button', { name: 'New function' }).click();
  const editor = page.getByRole('dialog', { name: 'New function' });
  await editor.getByLabel('Name', { exact: true }).fill('add up');
  await expect(editor.getByText('At name')).toBeVisible();
  await editor.getByLabel('Name', { exact: true }).fill('add_up');
  await editor.getByLabel('What it does').fill('Adds two numbers.');
  const schema = {
    type: 'object',
    properties: { a: { type: 'number' }, b: { type: 'number', multipleOf: 0.5 } },
  };
  await editor.getByLabel('Parameters', { exact: true }).fill(JSON.stringify(schema));
  await expect(editor.getByText('/properties/b/multipleOf')).toBeVisible();
  await editor
    .getByLabel('Code')
    .fill('({ a, b }) => { if (b > 9) throw new Error("too many"); return a + b; }');
  const trial = editor.getByRole('region', { name: 'Try it' });
  await trial.getByLabel('Arguments for a trial').fill('{"a": 2, "b": 40}');
  await trial.getByRole('button', { name: 'Run' }).click();
  await expect(trial.getByLabel('Result')).toContainText('too many');
  await trial.getByLabel('Arguments for a trial').fill('{"a": 2, "b": 4}');
  await trial.getByRole('button', { name: 'Run' }).press('Enter');
  await expect(trial.getByLabel('Result')).toHaveText('6');
  await editor.getByRole('button', { name: 'Save' }).click();
  await expect(editor).toBeHidden();

  const saving = page.waitForEvent('download');
  await chat.settings.dialog.getByRole('button', { name: 'Export add_up, without secrets' }).click();
  expect((await saving).suggestedFilename()).toBe('add_up.json');
  const parameters = { type: 'object', properties: { x: { type: 'number' } } };
  const twice = { name: 'twice', description: 'Doubles a number.', parameters, js: '({ x }) => 2 * x' };
  const thrice = { ...twice, name: 'thrice', js: '({ x }) => 3 * x' };
  await page.locator('[data-functions]').setInputFiles({
    ...{ name: 'f.json', mimeType: 'application/json' },
    buffer: Buffer.from(JSON.stringify([twice, thrice])),
  });
  const review = page.getByRole('dialog', { name: 'Functions from f.json' });
  await expect(review.getByRole('group', { name: 'Code' }).first()).toHaveText('({ x }) => 2 * x');
  await review.getByLabel('thrice').uncheck();
  await review.getByRole('button', { name: 'Keep 1 function' }).click();
  await expect(chat.settings.dialog.getByLabel('twice', { exact: true })).toHaveValue('ask');
  await expect(chat.settings.dialog.getByLabel('thrice', { exact: true })).toBeHidden();
  await chat.settings.close();

  await chat.send('say\n☎add_up:{"a":20,"b":5}☎It is 25.');
  await page.getByRole('group', { name: 'Run this?' }).getByRole('button', { name: 'In this chat' }).click();
  await chat.answerEnds();
  await expect(page.locator('[data-call=done]')).toContainText('25');
  await page.reload();
  await chat.modelReady();
  await chat.send('say\n☎add_up:{"a":1,"b":5}☎It is 6.');
  await chat.answerEnds();
  await expect(page.locator('[data-call=done]').last()).toContainText('6');
});

test('operations of an OpenAPI document are ticked and called; the key goes to its own host, and nowhere else', async ({
  chat,
  allowOrigin,
}) => {
  const { page } = chat;
  const key = 'key-of-the-pet-shop';
  const server = await petServer(key);
  allowOrigin(server.url);
  allowOrigin(server.otherUrl); // the browser reports the redirect's target, although it asks nothing there
  await chat.openReady('./?answer=at-once');
  await chat.openSettings();
  await chat.settings.dialog.getByRole('button', { name: 'Add an API' }).click();
  const source = page.getByRole('dialog', { name: 'Add an API' });
  await source.getByLabel('Address of the document').fill(`${server.url}/openapi.yaml`);
  await page.keyboard.press('Enter');
  const operations = page.getByRole('dialog', { name: 'Pet Shop 1.0' });
  await operations.getByLabel('GET /pets/{id}').check();
  await operations.getByLabel('GET /away').check();
  await operations.getByLabel('Value of PET_SHOP_KEY').fill(key);
  await operations.getByRole('button', { name: 'Add 2 functions' }).click();
  await expect(operations).toBeHidden();
  await expect(page.getByRole('button', { name: 'Delete the secret PET_SHOP_KEY' })).toBeVisible();
  await chat.settings.close();
  expect(server.asked).toEqual(['GET /openapi.yaml -']);

  await chat.send('say\n☎getPet:{"id":7}☎It is Tom.');
  const prompt = page.getByRole('group', { name: 'Run this?' });
  await expect(prompt).toContainText('out of this tab');
  await prompt.getByRole('button', { name: 'Once' }).click();
  await chat.answerEnds();
  expect(server.asked.slice(1)).toEqual([`GET /v1/pets/7 Bearer ${key}`]);
  const card = page.locator('[data-call=done]');
  await card.getByRole('button').first().click();
  await expect(card).toContainText('{{PET_SHOP_KEY}}'); // the answer repeats the key
  expect(await page.content()).not.toContain(key);

  // A redirect is not followed, and arguments that do not fit are not sent.
  await chat.send('say\n☎goAway:{}☎☎getPet:{"id":"../../openapi.yaml"}☎Done.');
  await prompt.getByRole('button', { name: 'Once' }).click();
  await chat.answerEnds();
  await expect(page.locator('[data-call=failed]').first()).toContainText('another address');
  expect(server.asked.slice(2)).toEqual(['GET /v1/away -']);
  expect(server.otherAsked).toEqual([]);
  server.close();
});
