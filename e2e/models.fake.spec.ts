import { expect, test } from './pages/test';

const GLM = { name: 'GLM-4-9B.gguf', bytes: new Uint8Array([71, 71, 85, 70]) };

test('a load shows phase, bytes, speed and remaining time, and can be canceled', async ({ chat }) => {
  await chat.open('./?load=held');
  const card = chat.page.getByRole('region', { name: 'Loading Nano' });
  await expect(card).toContainText(
    /Fetching and repacking weights · [\d.]+ \w?B of 12\.0 MB · [\d.]+ kB\/s · about \d+ s left/,
  );
  await card.getByRole('button', { name: 'Cancel loading' }).click();
  await expect(card).toBeHidden();
  await expect(chat.page.getByText('Loading was canceled')).toBeVisible();
  await expect(chat.sendButton).toBeDisabled();
});

test('a local file becomes the model, is stored, and reopens after a reload', async ({ chat }) => {
  await chat.openReady();
  await chat.openModels();
  await chat.models.openFiles([GLM]);
  await expect(chat.models.row('GLM-4-9B')).toContainText('In use');
  await chat.models.close();
  await expect(chat.modelButton).toContainText('GLM-4-9B');
  await chat.page.reload();
  await chat.modelReady();
  await expect(chat.modelButton).toContainText('GLM-4-9B');

  await chat.openModels();
  await chat.models.row('demo model').getByRole('button', { name: /^Load/ }).click();
  await expect(chat.models.row('demo model')).toContainText('In use');
  await chat.models
    .row('GLM-4-9B')
    .getByRole('button', { name: /from storage$/ })
    .click();
  await chat.models.dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(chat.models.row('GLM-4-9B')).toHaveCount(0);
});

test('a file dropped on the page is opened', async ({ chat }) => {
  await chat.openReady();
  await chat.drop([GLM]);
  await expect(chat.models.row('GLM-4-9B')).toContainText('In use');
});

test('a wrong file or missing address shows a remedy, and the previous model stays', async ({ chat }) => {
  await chat.openReady();
  await chat.openModels();
  await chat.models.openFiles([{ name: 'photo.zip', bytes: new Uint8Array([80, 75]) }]);
  await expect(chat.models.alert).toContainText(/not a GGUF file.*Choose a file that ends in \.gguf/s);
  await chat.models.openUrl('model.gguf');
  await expect(chat.models.dialog.getByText('Enter an address that starts with')).toBeVisible();
  await chat.models.openUrl('https://example.org/missing.gguf');
  await expect(chat.models.alert).toContainText('https://example.org/missing.gguf (404)');
  await chat.models.alert.getByRole('button', { name: 'Dismiss' }).click();
  await chat.models.close();
  await chat.ask('Still there?');
});
