import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { setUp } from '../../store/scriptedStore';
import { StoreContext } from '../useApp';
import Markdown from './Markdown';

const { store } = setUp({}, { preferences: { language: 'en' } });
const render = (text: string) =>
  renderToStaticMarkup(
    <StoreContext value={store}>
      <Markdown text={text} />
    </StoreContext>,
  );

test('HTML in an answer stays text', () => {
  const html = render('Hi <script>alert(1)</script> <img src=x onerror=alert(1)> there');
  expect(html).not.toMatch(/<script|<img/);
  expect(html).toContain('there');
});

test('links open elsewhere without a trace, and script addresses lose their target', () => {
  expect(render('[a](https://example.org/)')).toContain(
    '<a href="https://example.org/" target="_blank" rel="noopener noreferrer nofollow">a</a>',
  );
  expect(render('[a](javascript:alert(1))')).not.toContain('javascript:');
});

test('an image is a link: nothing is fetched', () => {
  const html = render('![a cat](https://example.org/cat.png)');
  expect(html).not.toContain('<img');
  expect(html).toContain('href="https://example.org/cat.png"');
  expect(html).toContain('Image: a cat');
});

test('code blocks name their language and can be copied; tables scroll', () => {
  const html = render('```ts\nconst x = 1;\n```\n\n| a | b |\n| - | - |\n| 1 | 2 |');
  expect(html).toContain('<span>ts</span>');
  expect(html).toContain('aria-label="Copy code"');
  expect(html).toContain('const x = 1;');
  expect(html).toMatch(/role="region" aria-label="Table"[^>]*><table>/);
});
