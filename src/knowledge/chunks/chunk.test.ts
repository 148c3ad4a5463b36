import { expect, test } from 'vitest';
import type { DocumentText } from '../../documents/types';
import { chunkDocument } from './chunk';
import { estimateTokens, sentencesOf } from './tokens';

const markdown = (text: string): DocumentText => ({ kind: 'markdown', text });
const long = (word: string, sentences: number) =>
  Array.from({ length: sentences }, (_, i) => `Sentence ${i} of ${word} has a few more words in it.`).join(
    ' ',
  );

test('a chunk knows the headings above it, and does not cross one', () => {
  const text = `# Manual\n\n## Setup\n\n### Linux\n\n${long('linux', 12)}\n\n## Use\n\n${long('use', 12)}`;
  const chunks = chunkDocument(markdown(text), 'a.md', 3);
  expect(chunks.map(({ title, file }) => [title, file])).toEqual([
    ['Manual › Setup › Linux', 3],
    ['Manual › Use', 3],
  ]);
  expect(chunks[0].text).not.toContain('of use');
});

test('short sections share a chunk, with their headings in the text', () => {
  const [chunk, ...more] = chunkDocument(markdown('# A\nOne.\n## B\nTwo.\n## C\nThree.\n## D'), 'a.md', 0);
  expect(more).toEqual([]);
  expect(chunk).toEqual({ file: 0, title: 'A', text: 'One.\n## B\nTwo.\n## C\nThree.\n## D' });
});

test('headings without text are kept as text', () => {
  const texts = chunkDocument(markdown('# A\n# B\n# C'), 'a.md', 0).map(
    ({ title, text }) => `${title} ${text}`,
  );
  expect(texts.join('\n')).toMatch(/A[^]*B[^]*C/);
});

test.each([
  ['English', long('text', 200)],
  ['Chinese', '青松阅读器的屏幕是电子墨水屏，在阳光下也能看清楚。'.repeat(100)],
  ['one endless word', 'x'.repeat(20_000)],
])('%s: a long text is cut near 450 tokens, and loses nothing', (_, text) => {
  const chunks = chunkDocument(markdown(text), 'a.md', 0);
  expect(chunks.length).toBeGreaterThan(3);
  for (const { text: part } of chunks) expect(estimateTokens(part)).toBeLessThanOrEqual(460);
  let at = 0;
  for (const sentence of sentencesOf(text).map((one) => one.trim())) {
    if (sentence.length > 1000) continue;
    at = chunks.findIndex(({ text: part }, i) => i >= at && part.includes(sentence));
    expect(at, sentence).toBeGreaterThanOrEqual(0);
  }
});

test('neighbouring chunks share one sentence', () => {
  const [first, second] = chunkDocument(markdown(long('text', 60)), 'a.md', 0);
  const last = sentencesOf(first.text).pop()?.trim() ?? '';
  expect(second.text.startsWith(last)).toBe(true);
});

test('a table and a code block stay whole', () => {
  const table = [
    '| n | square |',
    '| --- | --- |',
    ...Array.from({ length: 60 }, (_, i) => `| ${i} | ${i * i} |`),
  ].join('\n');
  const code = `\`\`\`py\n${Array.from({ length: 60 }, (_, i) => `# step ${i}\n\nrun(${i})`).join('\n')}\n\`\`\``;
  const chunks = chunkDocument(
    markdown(`${long('a', 30)}\n\n${table}\n\n${long('b', 30)}\n\n${code}`),
    'a.md',
    0,
  );
  expect(chunks.some(({ text }) => text.includes(table))).toBe(true);
  expect(chunks.some(({ text }) => text.includes(code))).toBe(true);
});

test('a CSV is divided between rows; each part has the header', () => {
  const rows = Array.from({ length: 2000 }, (_, i) => `${i},"two\nlines ${i}"`);
  const document: DocumentText = { kind: 'table', text: ['id,note', ...rows].join('\n') };
  const chunks = chunkDocument(document, 'a.csv', 0);
  expect(chunks.length).toBeGreaterThan(10);
  expect(chunks.every(({ text }) => text.startsWith('id,note\n'))).toBe(true);
  for (const row of rows)
    expect(
      chunks.some(({ text }) => text.includes(row)),
      row,
    ).toBe(true);
});

test('pages: a chunk is of one page, and page numbers count empty pages', () => {
  const pages = ['第一章 总则\n本办法自公布之日起施行。', '', '第三条 适用范围见附件。'];
  const document: DocumentText = {
    kind: 'pdf',
    text: `${pages[0]}\n\n${pages[2]}`,
    pages: 3,
    pageStarts: [0, 21, 21],
  };
  document.pageStarts = [0, pages[0].length + 2, pages[0].length + 2];
  expect(chunkDocument(document, 'a.pdf', 0)).toEqual([
    { file: 0, page: 1, title: '第一章 总则', text: '本办法自公布之日起施行。' },
    { file: 0, page: 3, title: '第一章 总则', text: '第三条 适用范围见附件。' },
  ]);
});

test('comments of code are no headings', () => {
  const [chunk] = chunkDocument({ kind: 'code', text: '# one\nx = 1\n\n# two\ny = 2' }, 'a.py', 0);
  expect(chunk).toEqual({ file: 0, title: '', text: '# one\nx = 1\n# two\ny = 2' });
});
