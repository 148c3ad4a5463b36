import { readFileSync } from 'node:fs';
import { readAgent } from '../src/knowledge/agentFile/agentFile';
import { embedderFile } from '../src/testing/embedder/model';
import { serveModel, tinyFile } from './pages/modelFiles';
import { expect, test } from './pages/test';

const HOST = 'https://models.example.org';

test('a local GGUF file through the picker: answers, stops, answers again, and reopens after a reload', async ({
  chat,
}) => {
  const file = tinyFile();
  await chat.open();
  await chat.openModels();
  await chat.models.openFiles([file]);
  await expect(chat.models.row('tiny')).toContainText('In use', { timeout: 240_000 });
  await chat.models.close();
  await chat.openSettings();
  await chat.settings.number('Seed').fill('1'); // random weights end an answer at random
  await chat.settings.close();
  await chat.stopAtFirstWords(() => chat.send('Hello'));
  await expect(chat.stopButton).toBeHidden();
  await expect(chat.answers.last()).toContainText('Stopped');
  await expect(chat.answers.last().locator('[data-part=text]')).not.toBeEmpty();
  await chat.stopAtFirstWords(() => chat.regenerateButton.click());
  await expect(chat.answers).toHaveCount(1);
  await chat.page.reload();
  await chat.modelReady();
  await expect(chat.modelButton).toContainText('tiny');
});

test('a model from an address on another site, then deleted; a model file dropped on the page', async ({
  chat,
  allowOrigin,
}) => {
  allowOrigin(HOST);
  await serveModel(chat.page, `${HOST}/tiny.gguf`, tinyFile().bytes);
  await chat.openReady();
  await chat.openModels();
  await chat.models.openUrl(`${HOST}/tiny.gguf`);
  await expect(chat.models.row('tiny')).toContainText('In use', { timeout: 240_000 });
  await chat.models.row('demo model').getByRole('button', { name: /^Load/ }).click();
  await expect(chat.models.row('demo model')).toContainText('In use', { timeout: 240_000 });
  await chat.models
    .row('tiny')
    .getByRole('button', { name: /from storage$/ })
    .click();
  await chat.models.dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(chat.models.row('tiny')).toHaveCount(0);
  await chat.page.reload();
  await chat.modelReady();
  await chat.openModels();
  await expect(chat.models.row('tiny')).toHaveCount(0);
  await chat.models.close();
  await chat.drop([tinyFile('dropped.gguf', 2)]);
  await expect(chat.models.row('tiny')).toContainText('In use', { timeout: 240_000 });
});

test('an embedding model reads what an agent knows, its vectors are exported, and it is deleted among the models', async ({
  chat,
}) => {
  const { page } = chat;
  await chat.openReady();
  await page.goto('./#/agents/new');
  await page.getByLabel('Name', { exact: true }).fill('Tea guide');
  const buffer = Buffer.from('# 茶\na b\n\n# B\nb b b');
  await page.locator('[data-knowledge]').setInputFiles([{ name: '茶.md', mimeType: 'text/plain', buffer }]);
  const meaning = page.getByRole('region', { name: 'Search by meaning' });
  await expect(meaning.getByRole('button', { name: /^Download multilingual-e5-small/ })).toBeVisible();
  const file = { name: 'e5.gguf', mimeType: 'application/octet-stream', buffer: Buffer.from(embedderFile()) };
  await page.locator('[data-embedder]').setInputFiles([file]);
  await expect(meaning).toContainText('by words and by meaning');
  await expect(meaning.getByRole('status')).toHaveCount(0, { timeout: 240_000 }); // all passages are read
  await page.getByRole('textbox', { name: 'Question' }).fill('a');
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await expect(page.getByText(/茶\.md · score 0\.\d\d/).first()).toBeVisible();

  await page.goto('./#/agents');
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export Tea guide' }).click();
  const saved = new Uint8Array(readFileSync(await (await saving).path()));
  const { knowledge } = readAgent(saved, 'saved');
  expect(knowledge?.vectors?.values).toHaveLength(64 * knowledge!.chunks.length);

  await page.goto('./#/');
  await chat.openModels();
  const row = chat.models.stored('tiny embedder');
  await expect(row).toContainText('by meaning');
  await expect(row.getByRole('button', { name: /^Load/ })).toHaveCount(0);
  await row.getByRole('button', { name: /from storage$/ }).click();
  await chat.models.dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(row).toHaveCount(0);
});

test.describe('errors for models that cannot be loaded', () => {
  test.use({ allowedErrors: /404|ERR_FAILED|CORS/ });

  test('files and addresses; Nano stays usable', async ({ chat, allowOrigin }) => {
    const { models } = chat;
    const { name, bytes } = tinyFile();
    allowOrigin(HOST);
    await chat.page.route(`${HOST}/none.gguf`, (route) =>
      route.fulfill({ status: 404, headers: { 'access-control-allow-origin': '*' }, body: 'none' }),
    );
    await chat.page.route(`${HOST}/closed.gguf`, (route) => route.abort('failed'));
    await chat.openReady();
    await chat.openModels();
    await models.openFiles([{ name: 'notes.gguf', bytes: new TextEncoder().encode('# Notes\n'.repeat(64)) }]);
    await expect(models.alert).toContainText(/not a GGUF file/);
    await models.openUrl(`${HOST}/none.gguf`);
    await expect(models.alert).toContainText(`${HOST}/none.gguf (404)`);
    await models.openUrl(`${HOST}/closed.gguf`); // unreachable or blocked by CORS: a script cannot tell which
    await expect(models.alert).toContainText('CORS');
    await models.openFiles([{ name, bytes: bytes.subarray(0, bytes.length - 4096) }]);
    await expect(models.alert).toContainText(/incomplete/);
    await models.close();
    await expect(chat.modelButton).toContainText('demo model');
    await chat.ask('What are you?');
    await expect(chat.answers).toHaveCount(1);
  });
});
