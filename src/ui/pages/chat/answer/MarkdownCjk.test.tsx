import { renderToStaticMarkup } from 'react-dom/server';
import { beforeAll, describe, expect, test } from 'vitest';
import { setUp } from '../../../../store/scriptedStore';
import { StoreContext } from '../../../useApp';
import Markdown from './Markdown';
import { loadDialogTexts } from '../../../i18n';

beforeAll(loadDialogTexts);

const { store } = setUp({}, { preferences: { language: 'en' } });
/** The HTML of an answer without what is not its own: wrappers, attributes, hidden notes. */
function html(text: string, live = false): string {
  const whole = renderToStaticMarkup(
    <StoreContext value={store}>
      <Markdown text={text} live={live} />
    </StoreContext>,
  );
  return whole
    .replace(/<span class="visually-hidden">.*?<\/span>/g, '')
    .replace(/<a href="([^"]*)"[^>]*>/g, (_, address: string) => `<a ${decodeURI(address)}>`)
    .replace(/<(?!a )(\w+) [^>]*>/g, '<$1>')
    .replace(/<\/?(?:div|p)>|\n/g, '');
}

describe('emphasis beside Chinese text', () => {
  test.each([
    ['请记住**不变。**源码不动。', '请记住<strong>不变。</strong>源码不动。'],
    ['**注意：**请先备份。', '<strong>注意：</strong>请先备份。'],
    ['- **具体：**与其说', '<ul><li><strong>具体：</strong>与其说</li></ul>'],
    ['## 第**一（上）**章', '<h2>第<strong>一（上）</strong>章</h2>'],
    [
      '这是**“强调”**的文字，以及**《红楼梦》**这本书。',
      '这是<strong>“强调”</strong>的文字，以及<strong>《红楼梦》</strong>这本书。',
    ],
    ['> **“引用。”**他说', '<blockquote><strong>“引用。”</strong>他说</blockquote>'],
    ['*斜体。*后面', '<em>斜体。</em>后面'],
    ['看*《书》*吧', '看<em>《书》</em>吧'],
    ['***全部！***然后', '<em><strong>全部！</strong></em>然后'],
    ['__重要：__请看', '<strong>重要：</strong>请看'],
    ['看_《书》_吧', '看<em>《书》</em>吧'],
    ['~~原价100元。~~现价80元', '<del>原价100元。</del>现价80元'],
    ['原~~（旧）~~新', '原<del>（旧）</del>新'],
    ['使用**`npm install`**安装', '使用<strong><code>npm install</code></strong>安装'],
    ['运行`a*b`和`c*d`。', '运行<code>a*b</code>和<code>c*d</code>。'],
    ['增长**50%**左右', '增长<strong>50%</strong>左右'],
    ['叫**(可选)**的', '叫<strong>(可选)</strong>的'],
    ['**太好了！😀**大家', '<strong>太好了！😀</strong>大家'],
    ['これは**「強調」**です', 'これは<strong>「強調」</strong>です'],
    ['이것은 **강조(emphasis)**입니다', '이것은 <strong>강조(emphasis)</strong>입니다'],
    [
      '| **甲：**一 | b |\n| - | - |\n| **乙。**二 | c |',
      /<strong>甲：<\/strong>一.*<strong>乙。<\/strong>二/,
    ],
  ])('%s is formatted', (text, shown) => {
    if (typeof shown === 'string') expect(html(text)).toBe(shown);
    else expect(html(text)).toMatch(shown);
  });

  test.each(['文件_名称_副本', '__init__方法', 'snake_case_name的值', '3 * 4 * 5', '2~3*4'])(
    '%s keeps its markers',
    (text) => {
      expect(html(text)).toBe(text);
    },
  );
});

test.each([
  '今天20~25°C，明天22~27°C。大约3~5天，费用10~20元。',
  '约~5天，或~6天',
  '好的~谢谢~',
  '~/a 和 ~/b',
])('a single tilde stays: %s', (text) => {
  expect(html(text)).toBe(text);
  expect(html(`${text}。`, true)).toBe(`${text}。`);
});

describe('bare links', () => {
  const link = (address: string) => `<a ${address}>${address}</a>`;
  test.each([
    ['见https://example.org，然后继续。', `见${link('https://example.org')}，然后继续。`],
    ['见https://example.org/a?b=1。后面', `见${link('https://example.org/a?b=1')}。后面`],
    ['（https://example.org/a）和', `（${link('https://example.org/a')}）和`],
    ['“https://example.org”上', `“${link('https://example.org')}”上`],
    ['访问 https://example.org/docs的文档', `访问 ${link('https://example.org/docs')}的文档`],
    ['访问https://example.org/了解更多', `访问${link('https://example.org/')}了解更多`],
    ['访问 www.example.org的', '访问 <a http://www.example.org>www.example.org</a>的'],
    ['（www.example.org）和', '（<a http://www.example.org>www.example.org</a>）和'],
    ['**https://example.org，很好**后面', `<strong>${link('https://example.org')}，很好</strong>后面`],
    ['**https://example.org**后面', `<strong>${link('https://example.org')}</strong>后面`],
    [
      'https://a.example，https://b.example！',
      `${link('https://a.example')}，${link('https://b.example')}！`,
    ],
    ['https://example.org/x.,后面', `${link('https://example.org/x')}.,后面`],
    ['[：https://example.org，后', `[：${link('https://example.org')}，后`],
    ['https://zh.wikipedia.org/wiki/北京市。', `${link('https://zh.wikipedia.org/wiki/北京市')}。`],
    ['https://example.org/?q=北京&page=2，好', `${link('https://example.org/?q=北京&amp;page=2')}，好`],
    ['https://de.example/wiki/Köln, ja', `${link('https://de.example/wiki/Köln')}, ja`],
    ['https://en.wikipedia.org/wiki/A_(B)的', `${link('https://en.wikipedia.org/wiki/A_(B)')}的`],
    ['(see https://example.org/a).', `(see ${link('https://example.org/a')}).`],
    ['https://example.org/a_b_c?d=*e* f', `${link('https://example.org/a_b_c?d=*e')}* f`],
    ['https://例子.中国/a', `${link('https://例子.中国/a')}`],
    ['写信给a@example.org。谢谢', '写信给<a mailto:a@example.org>a@example.org</a>。谢谢'],
    ['[文档](https://example.org/路径。)后', '<a https://example.org/路径。>文档</a>后'],
  ])('a bare link ends with its address: %s', (text, shown) => {
    expect(html(text)).toBe(shown);
  });
});

test.each([
  ['letters after equals signs', `https://a.example/?${'=北'.repeat(1000)}\n`.repeat(10)],
  ['dots', `https://a.example/${'.'.repeat(1900)}a\n`.repeat(10)],
  ['brackets', `https://a.example/${'('.repeat(1900)}\n`.repeat(10)],
])('addresses full of %s end in good time', (_, text) => {
  const before = process.cpuUsage();
  html(text);
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(10); // seconds: a hang, not a benchmark
});

const CHINESE = `**注意：**请先*备份。*然后看https://example.org/a，再~~删除。~~今天20~25°C，明天22~27°C。

- **具体：**与其说“一棵树”，不如说**“一棵橡树”**的_《书》_。
- 使用**\`npm install\`**安装
`;

test('while a Chinese answer streams, shown words stay and markup never shows', () => {
  const words = (markup: string) => markup.replace(/<[^>]*>/g, '');
  const whole = words(html(CHINESE));
  for (let length = 1; length <= CHINESE.length; length++) {
    const shown = words(html(CHINESE.slice(0, length), true));
    expect(whole.startsWith(shown), `${CHINESE.slice(0, length).slice(-20)} shows ${shown.slice(-20)}`).toBe(
      true,
    );
    expect(shown).not.toMatch(/[*_`]|~~/);
  }
});
