import type { Page } from '@playwright/test';
import { expect, test } from './pages/test';

/** Violations of the page's Content-Security-Policy. */
async function watch(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const violations: string[] = ((window as never as { violations: string[] }).violations = []);
    addEventListener('securitypolicyviolation', (event) => {
      violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
    (window as never as { harmed: string[] }).harmed = [];
  });
  return () => page.evaluate(() => (window as never as { violations: string[] }).violations);
}

const RICH = `<think>
The reader wants *everything*: $a^2$ and code. ⏸Let me think about it some more.
</think>

# Sorting

Quick sort takes $O(n \\log n)$ on average【1†source】, see [the book](https://example.org/book)[^1].

$$
\\underbrace{\\sum_{i=1}^{n} i}_{\\text{sum}} = \\frac{n(n+1)}{2}, \\quad \\sqrt[3]{x} \\color{red}{y} \\fcolorbox{red}{blue}{z} \\pmb{w}
$$

| name | cost |
| :-- | --: |
| quick | $n \\log n$ |

\`\`\`python
def sort(a):
    return sorted(a)  # short
\`\`\`

[^1]: *The book*, [chapter 4](https://example.org/4).`;

test('formulas, code, sources and reasoning render without policy violations or network requests', async ({
  chat,
}) => {
  const { page } = chat;
  const violations = await watch(page);
  await chat.openReady();
  await chat.field.fill(`say\n${RICH}`);
  await chat.field.press('Enter');
  const answer = chat.answers.last();
  await expect(answer.getByRole('button', { name: /^Thinking/, expanded: true })).toBeVisible();
  await chat.goOn();
  await chat.answerEnds();

  const thoughts = answer.getByRole('button', { name: /^Thought/, expanded: false });
  await expect(thoughts).toBeVisible();
  await expect(answer.getByText('The reader wants')).toBeHidden();
  await thoughts.click();
  await expect(answer.getByText('The reader wants')).toBeVisible();

  await expect(answer.locator('.katex').first()).toBeVisible();
  const sum = answer.locator('.katex-display .katex-html');
  await expect.poll(async () => (await sum.boundingBox())?.height).toBeGreaterThan(40); // KaTeX's inline styles apply
  await expect(answer.locator('math')).not.toHaveCount(0);
  await page.waitForFunction(() =>
    [...document.fonts].some(({ family, status }) => /KaTeX/.test(family) && status === 'loaded'),
  );

  await expect(answer.locator('.hljs-keyword').first()).toHaveText('def');
  await answer.getByRole('button', { name: 'Source 1' }).last().click();
  await expect(answer.getByRole('region', { name: 'Sources' }).getByRole('listitem')).toBeFocused();

  await answer.getByRole('button', { name: 'Show as written' }).click();
  await expect(answer).toContainText('| quick | $n \\log n$ |');
  expect(await violations()).toEqual([]);
});

const HOSTILE = `<script>harmed.push('script')</script>
<img src="https://evil.example/1.png" onerror="harmed.push('img')">
<svg onload="harmed.push('svg')"><image href="https://evil.example/2.png"/></svg>
<iframe src="https://evil.example/3"></iframe>
<style>body { background: url(https://evil.example/4.png) }</style>
<link rel="stylesheet" href="https://evil.example/5.css">
<meta http-equiv="refresh" content="0;url=https://evil.example/6">
<form action="https://evil.example/7"><button>go</button></form>
<math><mtext><a href="javascript:harmed.push('math')">x</a></mtext></math>

![pixel](https://evil.example/8.png) ![svg](data:image/svg+xml;base64,${btoa(
  '<svg xmlns="http://www.w3.org/2000/svg" onload="harmed.push(1)"><script>parent.harmed.push("svg script")</script><image href="https://evil.example/9.png"/></svg>',
)})

[js](javascript:harmed.push('link')) [data](data:text/html,<script>opener.harmed.push(1)</script>) [ok](https://evil.example/10)

[ref]: javascript:harmed.push('ref')

[ref] <javascript:harmed.push('auto')>

$\\href{javascript:harmed.push('tex')}{x}$ $\\includegraphics{https://evil.example/11.png}$ $\\htmlStyle{background:url(https://evil.example/12)}{x}$

$$\\def\\a{\\a\\a}\\a$$

【1†<img src=x onerror=harmed.push('cite')>】 [^<b>]

\`\`\`html"><script>harmed.push('lang')</script>
<script>harmed.push('code')</script>
\`\`\`

\`\`\`mermaid
graph LR; A-->B; click A "javascript:harmed.push('mermaid')"
\`\`\`
`;

test('a hostile answer has no effect', async ({ chat }) => {
  const { page } = chat;
  const violations = await watch(page);
  await chat.openReady('./?answer=at-once');
  await chat.field.fill(`say\n${HOSTILE}`);
  await chat.field.press('Enter');
  await chat.answerEnds();
  const answer = chat.answers.last();
  await expect(answer.locator('.hljs-tag, pre').first()).toBeVisible();
  await expect(
    answer.locator('script, iframe, style, link, meta, form, svg image, object, embed'),
  ).toHaveCount(0);
  for (const link of await answer.getByRole('link').all()) {
    await expect(link).toHaveAttribute('href', /^https:\/\/evil\.example\//);
    await expect(link).toHaveAttribute('rel', /noopener/);
    await expect(link).toHaveAttribute('target', '_blank');
  }
  for (const image of await answer.getByRole('img').all())
    await expect(image).toHaveAttribute('src', /^data:image\//);
  await page.waitForTimeout(300);
  expect(await page.evaluate(() => (window as never as { harmed: string[] }).harmed)).toEqual([]);
  expect(await violations()).toEqual([]);
});

/** `{9×text}`: the fake engine repeats it. */
const HEAVY: [name: string, text: string][] = [
  ['one line of 200 KB', '{40000×word }'],
  ['one word of 200 KB', '{200000×x}'],
  ['nested quotes', '{3000×>} a'],
  ['nested lists', Array.from({ length: 200 }, (_, i) => '  '.repeat(i) + '- a').join('\n')],
  ['a table of 10,000 rows', '| a | b |\n| - | - |\n{10000×| 1 | **2** |\n}'],
  ['code of 200 KB', '```js\n{8000×const a = [1, "b"]; // c\n}```'],
  ['half characters', '{2000×\uD83D **\uDE00** \uDC00\u0001}'],
];

test('heavy answers do not freeze the page', async ({ chat }) => {
  const { page } = chat;
  const violations = await watch(page);
  await chat.openReady('./?answer=at-once&context=1000000');
  for (const [name, text] of HEAVY) {
    await test.step(name, async () => {
      await chat.newChat();
      await chat.field.fill(`say\n${text}`);
      await chat.field.press('Enter');
      await expect(chat.answers.last().getByRole('button', { name: 'Copy answer' })).toBeAttached({
        timeout: 60_000,
      });
      // The page still paints. A hang lasts minutes, longer than the test's timeout.
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
    });
  }
  expect(await violations()).toEqual([]);
});

test('a printed page contains the whole conversation and nothing else', async ({ chat }) => {
  const { page } = chat;
  await page.emulateMedia({ colorScheme: 'dark' });
  await chat.openReady('./?answer=at-once');
  await chat.field.fill(`say\n\`\`\`\n${'word '.repeat(60)}\n\`\`\`\n\n{80×- a point\n}`);
  await chat.field.press('Enter');
  await chat.answerEnds();
  await page.emulateMedia({ media: 'print' });
  await expect(chat.chatList).toBeHidden();
  await expect(chat.field).toBeHidden();
  await expect(chat.modelButton).toBeHidden();
  await expect(chat.answers).toBeVisible();
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
    'rgb(255, 255, 255)',
  );
  const code = chat.answers.locator('pre');
  expect(await code.evaluate((pre) => pre.scrollWidth - pre.clientWidth)).toBeLessThanOrEqual(1); // its lines wrap
  // More than one page: the scroll container does not clip the rest.
  const pdf = await page.pdf({ format: 'A4' });
  expect(pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length).toBeGreaterThan(1);
});

/** Does what page translation does, even where it must not: puts every text into <font><font>, again whenever text comes. */
function translatePage(): void {
  const wrap = () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts: Text[] = [];
    while (walker.nextNode()) texts.push(walker.currentNode as Text);
    for (const text of texts) {
      if (text.parentElement?.closest('font, script, style, textarea') || !text.data.trim()) continue;
      const fonts = [document.createElement('font'), document.createElement('font')];
      text.replaceWith(fonts[0]);
      fonts[0].append(fonts[1]);
      fonts[1].append(text);
    }
  };
  wrap();
  new MutationObserver(wrap).observe(document.body, { childList: true, subtree: true, characterData: true });
}

test('an answer with bold, code and links is whole in a page that is being translated', async ({ chat }) => {
  const { page } = chat;
  await chat.openReady('./');
  const failures: string[] = [];
  page.on('pageerror', (error) => failures.push(error.message));
  await chat.send('Hello');
  await chat.answerEnds();
  const expected = await chat.answers.last().innerText();
  await chat.newChat();
  await page.evaluate(translatePage);
  await chat.send('Hello');
  await chat.answerEnds();
  await expect(chat.answers.last().locator('font').first()).toBeAttached();
  const withoutFigures = (text: string) => text.replace(/[\d.,]+ tokens.*$/s, '').replace(/\s+/g, ' ');
  expect(withoutFigures(await chat.answers.last().innerText())).toBe(withoutFigures(expected));
  await chat.answers.last().getByRole('button', { name: 'Show as written' }).click();
  await expect(chat.answers.last()).toContainText('**Nano**');
  expect(failures).toEqual([]);
});
