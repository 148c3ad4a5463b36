import { serveModel, tinyFile } from './pages/modelFiles';
import { storedParts } from './pages/storage';
import { expect, test } from './pages/test';

test('a file read in place: nothing is copied, it reopens after a reload, a change is detected', async ({
  chat,
}) => {
  const { models } = chat;
  const file = tinyFile();
  await chat.pickFromOrigin(file.name, file.bytes);
  await chat.openReady();
  const before = await storedParts(chat.page); // Nano's
  expect(before).not.toEqual([]);
  await chat.openModels();
  await models.pickFiles();
  await models.choice.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(models.stored('tiny')).toContainText('In use', { timeout: 240_000 });
  await expect(models.stored('tiny')).toContainText('0 B in the browser');
  expect(await storedParts(chat.page)).toEqual(before);
  await models
    .stored('tiny')
    .getByRole('button', { name: /^Verify/ })
    .click();
  await expect(models.stored('tiny')).toContainText('Every byte is as it was');
  await models.close();
  await chat.send('Hello');
  await chat.answerStarts();

  await chat.page.reload();
  await chat.modelReady();
  await expect(chat.modelButton).toContainText('tiny');

  const changed = file.bytes.slice();
  changed[changed.length - 100_000] ^= 1; // neither header nor end: only the digests of the first load reveal it
  await chat.rewriteInOrigin(file.name, changed);
  await chat.page.reload();
  await expect(chat.alert).toContainText('is not the file it was', { timeout: 240_000 });
  await chat.page.getByRole('button', { name: 'Read it anew' }).click();
  await chat.modelReady();
  await expect(chat.modelButton).toContainText('tiny');

  await chat.rewriteInOrigin(file.name, null);
  await chat.page.reload();
  await expect(chat.alert).toContainText('or its drive is not there', { timeout: 240_000 });
  await chat.rewriteInOrigin(file.name, changed);
  await chat.page.getByRole('button', { name: 'Try again' }).click();
  await chat.modelReady();
  await expect(chat.modelButton).toContainText('tiny');
});

test('Nano answers while another model downloads', async ({ chat, allowOrigin }) => {
  const url = 'https://models.example.org/tiny.gguf';
  allowOrigin(url);
  let serve: (from?: unknown) => void = () => {};
  await serveModel(chat.page, url, tinyFile().bytes, new Promise((resolve) => (serve = resolve)));
  await chat.openReady();
  await chat.openModels();
  await chat.models.openUrl(url);
  await expect(chat.models.loadCard).toContainText('goes on answering meanwhile');
  await chat.models.close();
  await chat.ask('What are you?');
  await expect(chat.answers.last()).not.toBeEmpty();
  await expect(chat.modelButton).toContainText('demo model');
  serve();
  await chat.page.getByRole('button', { name: 'Switch now' }).click({ timeout: 240_000 });
  await chat.modelReady();
  await expect(chat.modelButton).toContainText('tiny');
});
