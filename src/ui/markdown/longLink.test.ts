import { expect, test } from 'vitest';
import { carriedText } from './longLink';

test('ordinary links carry nothing', () => {
  for (const href of [
    'https://en.wikipedia.org/wiki/Zebra',
    'https://zh.wikipedia.org/wiki/%E6%96%91%E9%A9%AC',
    'https://www.google.com/search?q=what+is+a+zebra',
    'https://github.com/owner/repository/issues/123#issuecomment-4567890123',
    'https://example.org/2026/11/30/a-rather-long-headline-of-an-article-about-zebras-and-other-animals.html',
    'mailto:somebody@example.org',
    'not an address',
  ])
    expect(carriedText(href), href).toBe('');
});

test('a long query, fragment, path or host is shown as the text it carries', () => {
  const words = 'the account number in the document is 4711 and its owner is Ms Zebra';
  expect(carriedText(`https://evil.example/?q=${encodeURIComponent(words)}`)).toBe(`?q=${words}`);
  expect(carriedText(`https://evil.example/#${encodeURIComponent(words)}`)).toBe(`#${words}`);
  expect(carriedText(`https://evil.example/${encodeURIComponent(`${words} ${words}`)}/x`)).toBe(`${words} ${words}`); // prettier-ignore
  expect(carriedText(`https://${'a'.repeat(60)}.${'b'.repeat(30)}.evil.example/`)).toMatch(
    /^aaa.*evil\.example$/,
  );
  expect(carriedText(`https://evil.example/?q=%E4%BD%${'%'.repeat(60)}`)).toContain('%E4%BD%');
});
