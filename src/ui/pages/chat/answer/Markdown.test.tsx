import { renderToStaticMarkup } from 'react-dom/server';
import { beforeAll, expect, test } from 'vitest';
import { setUp } from '../../../../store/scriptedStore';
import { StoreContext } from '../../../useApp';
import Markdown from './Markdown';
import { loadDialogTexts } from '../../../i18n';

beforeAll(loadDialogTexts);

const { store } = setUp({}, { preferences: { language: 'en' } });
const render = (text: string, live = false) =>
  renderToStaticMarkup(
    <StoreContext value={store}>
      <Markdown text={text} live={live} />
    </StoreContext>,
  );
/** The visible text of rendered HTML. */
const words = (html: string) =>
  html
    .replace(/<span class="visually-hidden">.*?<\/span>/g, '')
    .replace(/<\/(?:p|li|h\d|td|th|code|pre|div)>/g, ' ')
    .replace(/<[^>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|#x27);/g, '?')
    .replace(/\s+/g, ' ')
    .trim();

test('HTML in an answer stays text', () => {
  const html = render('Hi <script>alert(1)</script> <img src=x onerror=alert(1)> there');
  expect(html).not.toMatch(/<script|<img/);
  expect(html).toContain('there');
});

test('links open in a new tab without a referrer, and say so', () => {
  const html = render('[a](https://example.org/)');
  const [opening] = /<a [^>]*>/.exec(html) ?? [''];
  expect(opening).toContain('href="https://example.org/"');
  expect(opening).toContain('target="_blank" rel="noopener noreferrer nofollow"');
  expect(html).toContain('(opens another site)');
});

test.each([
  '[a](javascript:alert(1))',
  '[a](JaVaScRiPt:alert(1))',
  '[a](&#106;avascript:alert(1))',
  '[a](java%0ascript:alert(1))',
  '[a](data:text/html,<script>alert(1)</script>)',
  '[a](blob:https://example.org/x)',
  '[a](file:///etc/passwd)',
  '[a](#/chat/x)',
  '[a](/models)',
  '<javascript:alert(1)>',
  '[a][b]\n\n[b]: javascript:alert(1)',
  '![a](javascript:alert(1))',
  '![a](data:text/html,x)',
])('%s becomes no link', (text) => {
  expect(render(text)).not.toMatch(/href=|src=/);
});

test('a link whose text names another site shows where it leads', () => {
  expect(render('[https://bank.example](https://evil.example/x)')).toContain('(evil.example)');
  expect(render('https://good.example/x')).not.toContain('link-host');
});

test('an external image becomes a link and is not fetched; an image in the conversation is shown', () => {
  const html = render('![a cat](https://example.org/cat.png)');
  expect(html).not.toContain('<img');
  expect(html).toContain('href="https://example.org/cat.png"');
  expect(html).toContain('Image: a cat');
  expect(render('![dot](data:image/png;base64,iVBORw0KGgo=)')).toMatch(/<img[^>]* src="data:image\/png/);
});

test('code blocks name their language and can be copied; tables scroll', () => {
  const html = render('```ts\nconst x = 1;\n```\n\n| a | b |\n| - | - |\n| 1 | 2 |');
  expect(html).toContain('<span>ts</span>');
  expect(html).toContain('aria-label="Copy code"');
  expect(html).toContain('const x = 1;');
  expect(html).toMatch(/role="region" aria-label="Table"[^>]*><table>/);
});

test('citations and footnotes are chips, and footnotes are listed', () => {
  const html = render('So【7†source】 and[^a].\n\n[^a]: See [x](https://example.org).');
  expect(html).toMatch(/<span class="[^"]+" data-part="citation" title="Source 7"/); // not listed, so not a button
  expect(html).toMatch(/<button[^>]*aria-label="Source a"/);
  expect(html).toMatch(/aria-label="Sources".*<li id="[^"]*-a"/);
});

test('a link definition elsewhere in the answer is found', () => {
  expect(render('a [b] c\n\nd\n\n[b]: https://example.org')).toContain('href="https://example.org"');
});

const SAMPLE = `# Sort **fast**

Use *quick* sort, \`O(n log n)\`, ~~bubble~~【1†source】, see [the docs](https://example.org/a_b) and https://example.org.

1. **Pick** a pivot $p = a_0$

2. Part:
   \`\`\`py
   x = [v for v in a if v < p]

   y = "**"
   \`\`\`
3. Repeat \\(n\\) times

- [x] done
- *not* yet

> Quoted **words** go on
> here.

| Name | **Time** |
| :--- | ---: |
| quick | $n \\log n$ |
| bubble | n² |

$$
\\sum_{i=0}^n i
$$

\`\`\`ts
const a = '\`\`';

// | not | a table |
\`\`\`

It costs $5, not $6. 中文**粗体**也可以[^1]。

[^1]: A *note*.
`;

test('while an answer streams, shown words stay and markup never shows', () => {
  const whole = words(render(SAMPLE.replace(/\[\^1\]: .*/, '')));
  let most = 0;
  for (let length = 1; length < SAMPLE.indexOf('[^1]:'); length++) {
    const html = render(SAMPLE.slice(0, length), true);
    const shown = words(html);
    expect(
      whole.startsWith(shown),
      `${JSON.stringify(SAMPLE.slice(0, length).slice(-30))} shows ${shown.slice(-30)}`,
    ).toBe(true);
    most = Math.max(most, shown.length);
    expect(shown.length).toBeGreaterThan(most - 40); // only text at the end may be held back
    const prose = words(html.replace(/<pre.*?<\/pre>/gs, ''));
    expect(prose).not.toMatch(/\*\*|\]\(|`|~~|†|^\||\$[a-z]/);
  }
});

/** Hostile answers by name. */
const HOSTILE: [name: string, text: string][] = [
  ['one line of 200 KB', 'word '.repeat(40_000)],
  ['one word of 200 KB', 'x'.repeat(200_000)],
  ['quotes in quotes', '>'.repeat(5000) + ' a'],
  ['lists in lists', Array.from({ length: 2000 }, (_, i) => '  '.repeat(i) + '- a').join('\n')],
  ['a table of 10,000 rows', '| a | b |\n| - | - |\n' + '| 1 | **2** |\n'.repeat(10_000)],
  ['stars', '*a '.repeat(20_000)],
  ['more stars', '**a*b_c__'.repeat(3000)],
  ['brackets', '['.repeat(20_000)],
  ['links that never end', '[a]('.repeat(10_000)],
  ['images in images', '!['.repeat(5000) + ']()'.repeat(5000)],
  ['backticks', Array.from({ length: 300 }, (_, i) => '`'.repeat(i) + ' ').join('')],
  ['dollars', '$a '.repeat(20_000)],
  ['tags', '<a href="'.repeat(5000)],
  ['entities', '&'.repeat(50_000)],
  ['half characters', '\uD83D **\uDE00** '.repeat(1000)],
  ['controls', '\u0000\u202E\uFEFF\uE000'.repeat(2000)],
  ['pipes', '|'.repeat(50_000) + '\n' + '|-'.repeat(25_000)],
  [
    'definitions',
    Array.from({ length: 3000 }, (_, i) => `[${i}]: https://e.org/${i}`).join('\n') + '\n\n[1] [2]',
  ],
];

test.each(HOSTILE)('%s: shown in good time, finished or not', (_, text) => {
  const before = process.cpuUsage(); // CPU time of this process, independent of the machine's load
  render(text);
  render(text, true);
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(20); // seconds: a hang, not a benchmark
});
