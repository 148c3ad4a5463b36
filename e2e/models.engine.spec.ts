import { serveModel, tinyFile } from './pages/modelFiles';
import { expect, test } from './pages/test';

const HOST = 'https://models.example.org';

test('a local GGUF file through the picker: it answers, stops, answers again, and is back after a reload', async ({
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
  await expect(chat.answers.last().locator('.markdown')).not.toBeEmpty();
  await chat.stopAtFirstWords(() => chat.regenerateButton.click());
  await expect(chat.answers).toHaveCount(1);
  await chat.page.reload();
  await chat.modelReady();
  await expect(chat.modelButton).toContainText('tiny');
});

test('a local GGUF file dropped on the page', async ({ chat }) => {
  await chat.openReady();
  await chat.drop([tinyFile()]);
  await expect(chat.models.row('tiny')).toContainText('In use', { timeout: 240_000 });
});

test('a model from an address on another site', async ({ chat, allowOrigin }) => {
  allowOrigin(HOST);
  const { bytes } = tinyFile();
  await serveModel(chat.page, `${HOST}/tiny.gguf`, bytes);
  await chat.openReady();
  await chat.openModels();
  await chat.models.openUrl(`${HOST}/tiny.gguf`);
  await expect(chat.models.row('tiny')).toContainText('In use', { timeout: 240_000 });
});

test('a stored model can be deleted', async ({ chat }) => {
  await chat.openReady();
  await chat.openModels();
  await chat.models.openFiles([tinyFile()]);
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
});

test.describe('what cannot be loaded says so, and Nano goes on', () => {
  test.use({ allowedErrors: /404|ERR_FAILED|CORS/ });

  test('a file that is not GGUF', async ({ chat }) => {
    await chat.openReady();
    await chat.openModels();
    await chat.models.openFiles([
      { name: 'notes.gguf', bytes: new TextEncoder().encode('# Notes\n'.repeat(64)) },
    ]);
    await expect(chat.models.alert).toContainText(/not a GGUF file/);
    await chat.models.close();
    await expect(chat.modelButton).toContainText('demo model');
    await chat.ask('What are you?');
    await expect(chat.answers).toHaveCount(1);
  });

  test('an address without a file', async ({ chat, allowOrigin }) => {
    allowOrigin(HOST);
    await chat.page.route(`${HOST}/**`, (route) =>
      route.fulfill({ status: 404, headers: { 'access-control-allow-origin': '*' }, body: 'none' }),
    );
    await chat.openReady();
    await chat.openModels();
    await chat.models.openUrl(`${HOST}/none.gguf`);
    await expect(chat.models.alert).toContainText(`${HOST}/none.gguf (404)`);
  });

  test('a host that cannot be reached or refuses this page: a script cannot tell which', async ({
    chat,
    allowOrigin,
  }) => {
    allowOrigin(HOST);
    await chat.page.route(`${HOST}/**`, (route) => route.abort('failed'));
    await chat.openReady();
    await chat.openModels();
    await chat.models.openUrl(`${HOST}/closed.gguf`);
    await expect(chat.models.alert).toContainText('CORS');
  });

  test('a truncated file', async ({ chat }) => {
    const { name, bytes } = tinyFile();
    await chat.openReady();
    await chat.openModels();
    await chat.models.openFiles([{ name, bytes: bytes.subarray(0, bytes.length - 4096) }]);
    await expect(chat.models.alert).toContainText(/incomplete/);
  });
});
