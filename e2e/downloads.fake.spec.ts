import { expect, test } from './pages/test';

const NINE_B = 'GLM-4-9B-Chat';
const EDGE = 'GLM-Edge-1.5B-Chat';

test('a complete download: check, licence, retry, pause, reload, resume, and use of the model', async ({
  chat,
}) => {
  const { models } = chat;
  await chat.openReady('./?retry=60&hold=0.5,0.8');
  await chat.openModels();
  await models.ask(NINE_B);
  await expect(models.sheet.dialog).toContainText(/Runs here: about \d+ tokens\/s, 32K context/);
  await expect(models.sheet.dialog).toContainText('Built with glm-4');
  await expect(models.sheet.dialog).toContainText(/needs [\d.]+ GB, 120 GB are free/);
  await expect(models.sheet.start).toBeDisabled();
  await models.sheet.accept.check();
  await models.sheet.start.click();

  await expect(models.loadCard).toContainText('Connection lost; trying again in');
  await chat.goOn();
  await expect(models.loadCard).toContainText('50%');
  await expect(models.loadCard).toContainText(
    /Fetching and repacking weights · [\d.]+ GB of 5\.5 GB · 38\.0 MB\/s/,
  );
  await models.loadCard.getByRole('button', { name: 'Pause' }).click();
  await models.close();
  await expect(chat.modelButton).toContainText('demo model');
  await expect(chat.page.getByText(/^\d+% of GLM-4-9B-Chat · Q4_0 is here\.$/)).toBeVisible();
  await chat.ask('Still there?');

  await chat.page.getByRole('button', { name: 'Resume' }).click();
  await expect(chat.page.getByRole('region', { name: `Downloading ${NINE_B}` })).toContainText('80%');
  await chat.page.reload();
  await chat.page.getByRole('button', { name: 'Resume' }).click();
  await chat.modelReady();
  await expect(chat.modelButton).toContainText(NINE_B);
  await expect(chat.page.getByRole('link', { name: 'Built with glm-4' })).toBeVisible();

  await chat.ask('How fast are you?');
  await chat.openModels();
  await expect(models.dialog).toContainText(/Predicted \d+, measured [\d.]+ tokens\/s/);
  await models.show('catalogue');
  await expect(models.card(NINE_B)).toContainText('In use');
});

test('on a full disk the page names the missing bytes and what to delete', async ({ chat }) => {
  const { models } = chat;
  await chat.openReady('./?room=6400000000');
  await chat.openModels();
  await models.ask(EDGE);
  await models.sheet.accept.check();
  await models.sheet.start.click();
  await expect(models.card(EDGE)).toContainText('In use');
  await models.show('here');
  await models.row('demo model').getByRole('button', { name: 'Load' }).click();
  await expect(models.row('demo model')).toContainText('In use');

  await models.ask(NINE_B);
  await expect(models.sheet.dialog).toContainText(/Needs [\d.]+ GB, but only [\d.]+ GB are free/);
  await models.sheet.accept.check();
  await models.sheet.dialog.getByRole('button', { name: 'Download anyway' }).click();
  await expect(models.alert).toContainText(/Not enough browser storage: 5\.5 GB needed, [\d.]+ GB free\./);
  await expect(models.alert.getByRole('button', { name: 'Choose a smaller model' })).toBeVisible();
  await models.alert
    .getByRole('button', { name: /^Delete GLM-Edge-1\.5B-Chat · \S+, frees 1\.2 GB$/ })
    .click();
  await expect(models.card(NINE_B)).toContainText('In use');
  await expect(models.card(EDGE).getByRole('button', { name: /^Download/ })).toBeVisible();
});

test('a stored model is checked, repaired and exported, and its storage shown', async ({ chat }) => {
  const { models } = chat;
  await chat.openReady('./?damaged=2');
  await chat.openModels();
  await models.openFiles([{ name: 'GLM-4-9B.gguf', bytes: new Uint8Array([71, 71, 85, 70]) }]);
  const row = models.row('GLM-4-9B');
  await expect(row).toContainText('In use');
  await row.getByRole('button', { name: 'Verify GLM-4-9B' }).click();
  await expect(row).toContainText('2 damaged parts were found and fetched again.');
  await row.getByRole('button', { name: 'Verify GLM-4-9B' }).click();
  await expect(row).toContainText('Every byte is as it was stored.');
  const saving = chat.page.waitForEvent('download');
  await row.getByRole('button', { name: 'Export GLM-4-9B' }).click();
  expect((await saving).suggestedFilename()).toMatch(/\.glmpack$/);

  const storage = models.dialog.getByRole('region', { name: 'Storage' });
  await expect(storage).toContainText('5.7 GB of 120 GB used');
  await expect(storage).toContainText('The browser keeps all this until you delete it.');
});

test('a file is read in place: the choice shows numbers, the list marks it, it reopens after a reload', async ({
  chat,
}) => {
  const { models } = chat;
  await chat.pickFromOrigin('GLM-4-9B.gguf', new TextEncoder().encode('GGUF'));
  await chat.openReady();
  await chat.openModels();
  await models.pickFiles();
  await expect(models.choice).toContainText('Use the file where it is0 bytes copied.');
  await expect(models.choice).toContainText('Copy it into the browserAbout 4 B of storage.');
  await models.choice.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(models.stored('GLM-4-9B')).toContainText('In use');
  await expect(models.stored('GLM-4-9B')).toContainText('On disk: GLM-4-9B.gguf');
  await expect(models.stored('GLM-4-9B')).toContainText('0 B in the browser');
  const storage = models.dialog.getByRole('region', { name: 'Storage' });
  await expect(storage).toContainText(/^Storage[\d.]+ MB of/); // Nano's and the chats'
  await chat.page.reload();
  await chat.modelReady();
  await expect(chat.modelButton).toContainText('GLM-4-9B');
  await chat.openModels();
  await models.row('demo model').getByRole('button', { name: 'Load' }).click();
  await expect(models.row('demo model')).toContainText('In use');
  await models.stored('GLM-4-9B').getByRole('button', { name: 'Forget GLM-4-9B' }).click();
  await models.dialog.getByRole('button', { name: 'Forget', exact: true }).click();
  await expect(models.stored('GLM-4-9B')).toHaveCount(0);
});

test('a copied file can be opened from disk again after a reload', async ({ chat }) => {
  const { models } = chat;
  await chat.pickFromOrigin('GLM-4-9B.gguf', new TextEncoder().encode('GGUF'));
  await chat.openReady();
  await chat.openModels();
  await models.pickFiles();
  await models.choice.getByRole('radio', { name: /^Copy it into the browser/ }).check();
  await models.choice.getByRole('button', { name: 'Copy and open' }).click();
  await expect(models.stored('GLM-4-9B')).toContainText('In use');
  await models.row('demo model').getByRole('button', { name: 'Load' }).click();
  await expect(models.row('demo model')).toContainText('In use');
  await chat.page.reload();
  await chat.modelReady();
  await chat.openModels();
  const disk = models.dialog.getByRole('region', { name: 'Opened from disk' });
  await disk.getByRole('button', { name: 'Open GLM-4-9B.gguf again' }).click();
  await expect(models.stored('GLM-4-9B')).toContainText('In use');
});

test('the current model answers while another downloads; the user decides when to switch', async ({
  chat,
}) => {
  const { models } = chat;
  await chat.openReady('./?hold=0.5');
  await chat.openModels();
  await models.ask(EDGE);
  await models.sheet.accept.check();
  await models.sheet.start.click();
  await expect(models.loadCard).toContainText('goes on answering meanwhile');
  await expect(models.loadCard).toContainText(/5\d%/);
  await models.close();
  await chat.ask('Still there?');
  await expect(chat.modelButton).toContainText('demo model');
  await chat.goOn();
  const ready = chat.page.getByText(`${EDGE} is here, ready to answer.`);
  await expect(ready).toBeVisible();
  await chat.page.getByRole('button', { name: 'Switch now' }).click();
  await expect(chat.modelButton).toContainText(EDGE);
  await expect(ready).toBeHidden();
});

test.describe('downloads on a small phone in Chinese', () => {
  test.use({ locale: 'zh-CN', viewport: { width: 360, height: 740 }, hasTouch: true });

  test('a model that is too large is marked, with one that fits, from ModelScope; nothing is cut off', async ({
    chat,
  }) => {
    const { models } = chat;
    await chat.openReady('./?gpu=3000000000&hold=0.5');
    await chat.openModels();
    await expect(models.card(NINE_B)).toContainText('约 5.5 GB（Hugging Face）');
    await expect(models.card(NINE_B)).toContainText('BF16 → INT4 18.8 GB（魔搭社区、Hugging Face）');
    await models.dialog.getByRole('button', { name: '检查这台设备' }).click();
    await expect(models.dialog).not.toContainText('这台电脑');
    await expect(models.card(EDGE)).toContainText('推荐');
    await expect(models.card(EDGE)).toContainText(/可以运行：约 \d+ token\/秒，上下文 8K/);
    await expect(models.card(NINE_B)).toContainText(
      /对这块显卡太大：需要 [\d.]+ GB，可用 3\.0 GB。试试 GLM-Edge-1\.5B-Chat。/,
    );
    await models.ask(EDGE);
    await expect(models.sheet.source('魔搭社区')).toBeChecked();
    await expect(models.sheet.dialog).toContainText('ZhipuAI/glm-edge-1.5b-chat-gguf');
    const overflow = await models.sheet.dialog.evaluate((sheet) => sheet.scrollWidth - sheet.clientWidth);
    expect(overflow).toBe(0);
    await models.sheet.accept.check();
    await models.sheet.start.click();
    await expect(models.loadCard).toContainText('仍可继续回答');
    await expect(models.loadCard).toContainText(/5\d%/);
    expect(await models.dialog.evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth)).toBe(0);
    await chat.goOn();
    await expect(models.card(EDGE)).toContainText('使用中');
    expect(await models.dialog.evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth)).toBe(0);
  });
});
