// Pictures with a real model: a random GLM-OCR pair of a few hundred kB, which sees truly and answers nonsense.
import { picture } from '../src/testing/eyes/checkpoint';
import { eyesPair } from '../src/testing/eyes/models';
import { png } from '../src/testing/eyes/png';
import { eyesFiles, NOISE } from './eyesPair';
import { serveModel } from './pages/modelFiles';
import { expect, test } from './pages/test';

/** A PDF whose pages hold a grey square and no text. */
function scan(numPages: number): Uint8Array {
  const numbers = Array.from({ length: numPages }, (_, i) => 3 + 2 * i);
  const content = '0.5 g 6 6 20 20 re f';
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Count ${numPages} /Kids [${numbers.map((n) => `${n} 0 R`).join(' ')}] >>`,
    ...numbers.flatMap((number) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 36 36] /Contents ${number + 1} 0 R >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    ]),
  ];
  let file = '%PDF-1.4\n';
  const starts = objects.map((object, index) => {
    const start = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return start;
  });
  const table = starts.map((start) => `${String(start).padStart(10, '0')} 00000 n \n`).join('');
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`;
  file += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${file.indexOf('xref\n')}\n%%EOF\n`;
  return new TextEncoder().encode(file);
}

test('a pair of files is imported; a dropped picture is asked about; offline, the next question reuses it', async ({
  chat,
}) => {
  const { page } = chat;
  await chat.openReady();
  await chat.drop([NOISE.file]);
  await expect(page.getByText(/cannot see pictures; it gets your description only/)).toBeVisible();
  await chat.openModels();
  await chat.models.openFiles(eyesFiles());
  await expect(chat.models.dialog).toContainText('Sees pictures with', { timeout: 240_000 });
  await expect(chat.models.stored('tiny glm-ocr').filter({ hasText: 'In use' })).toHaveCount(1);
  await chat.models.close();

  await chat.openSettings();
  await chat.settings.number('Longest answer, tokens').fill(String(NOISE.answerTokens));
  await chat.settings.close();
  const drafts = page.getByRole('list', { name: 'Pictures of this message' });
  await expect(drafts).toContainText(`${NOISE.tokens} tokens`);
  await expect(drafts.getByRole('textbox', { name: 'Description of red-square.png' })).toHaveValue(
    'red square',
  );
  await chat.drop([{ name: 'IMG_2.png', bytes: png(picture({ width: 112, height: 112, seed: 2 })) }]);
  await expect(drafts.getByRole('listitem')).toHaveCount(2);
  await drafts.getByRole('button', { name: 'Enlarge: IMG_2.png' }).press('Delete');
  await expect(drafts.getByRole('listitem')).toHaveCount(1);

  await chat.ask(NOISE.question);
  await expect(chat.answers.last().locator('[data-part=text]')).toHaveText(NOISE.answer);
  const sent = chat.questions.last().getByRole('list', { name: 'Pictures' });
  await sent.getByRole('button', { name: 'Enlarge: red square' }).click();
  await expect(page.getByRole('dialog', { name: 'red square' })).toBeVisible();
  await page.keyboard.press('Escape');

  await chat.drop([{ name: 'scan.pdf', bytes: scan(2) }]);
  const files = page.getByRole('list', { name: 'Files of this message' });
  await files.getByRole('button', { name: 'Read its pages as pictures' }).click();
  await expect(files).toContainText('All 2 pages were read as pictures', { timeout: 240_000 });
  await files.getByRole('button', { name: 'Remove scan.pdf' }).click();

  await page.context().setOffline(true);
  await page.reload();
  await chat.modelReady();
  await expect(sent.getByRole('img', { name: /red square/ })).toBeVisible();
  await chat.ask('And again?'); // after the reload the picture is looked at anew
  await chat.ask('Once more?');
  await chat.answers.last().getByRole('button', { name: 'About this answer' }).click();
  const about = page.getByRole('dialog', { name: 'About this answer' });
  const [, reused] = /(\d+) of them known from before/.exec(await about.innerText()) ?? [];
  expect(Number(reused)).toBeGreaterThan(NOISE.tokens);
  await page.context().setOffline(false);
});

test('from the catalogue: a download is cut and goes on; the model gets its eyes later', async ({
  chat,
  allowOrigin,
}) => {
  const { text, eyes } = eyesPair('glm-ocr');
  const { page, models } = chat;
  const hub = 'https://huggingface.co/';
  const files = { 'GLM-OCR-Q8_0.gguf': text, 'mmproj-GLM-OCR-Q8_0.gguf': eyes };
  allowOrigin(hub);
  const listing = Object.entries(files).map(([path, bytes]) => ({ type: 'file', path, size: bytes.length }));
  await page
    .context()
    .route(`${hub}api/**`, (route) =>
      route.fulfill({ json: listing, headers: { 'access-control-allow-origin': '*' } }),
    );
  const textFile = /resolve\/main\/GLM-OCR-Q8_0\.gguf/;
  await serveModel(page.context(), textFile, text);
  await serveModel(page.context(), /resolve\/main\/mmproj-GLM-OCR-Q8_0\.gguf/, eyes);
  let requests = 0;
  await page
    .context()
    .route(textFile, (route) => (++requests === 2 ? route.abort('connectionreset') : route.fallback()));

  await chat.openReady();
  await chat.openModels();
  await models.ask('GLM-OCR');
  const withEyes = models.sheet.dialog.getByRole('checkbox', { name: /^With eyes, 484 MB more/ });
  await expect(withEyes).toBeChecked();
  await withEyes.uncheck();
  await models.sheet.dialog.getByRole('button', { name: /^Download/ }).click();
  await expect(chat.modelButton).toContainText('GLM-OCR', { timeout: 240_000 });
  await chat.modelReady();
  await models.dialog.getByRole('button', { name: 'Give it eyes, 484 MB' }).click();
  await expect(models.dialog).toContainText('Sees pictures with', { timeout: 240_000 });
  expect(requests).toBeGreaterThan(2);
});
