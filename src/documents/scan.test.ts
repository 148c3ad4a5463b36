import { expect, test } from 'vitest';
import { judgePages } from './scan';

const pages = (count: number, text: (page: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i + 1));

test.each([
  ['no text', pages(3, () => '')],
  ['page numbers', pages(12, (page) => `${page}`)],
  ['the line of a scanning app on each page', pages(20, (page) => `CamScanner  Page ${page} of 20`)],
  [
    'a header and a footer on each page',
    pages(20, (page) => `Contract 2024/17\nCONFIDENTIAL\nPage ${page} of 20`),
  ],
  ['a single page with a stamp', ['Scanned with CamScanner']],
  ['a Chinese stamp', pages(2, () => '扫描全能王 创建')],
])('%s: a scan', (_, texts) => expect(judgePages(texts).isScan).toBe(true));

test('text below a header on each page is a document', () => {
  const texts = pages(
    20,
    (page) => `Header\n${'Some words of chapter '.repeat(3)}${'abcdefghijklmnopqrst'[page - 1]}\n${page}`,
  );
  expect(judgePages(texts)).toEqual({ isScan: false, emptyPages: 0 });
});

test('slides with a title each, and copies of a form, are documents', () => {
  expect(
    judgePages(['Plan', 'Why now', 'Costs', 'Thanks, questions?'].map((t) => `${t} of the project`)).isScan,
  ).toBe(false);
  const form =
    'Name ____ Date of birth ____ Address ____ I agree to the terms of the association, dated and signed by me, and to the fees of the year, which are due in March.';
  expect(judgePages(pages(5, (page) => `${form}\n${page}`))).toEqual({ isScan: false, emptyPages: 0 });
});

test('pictures between pages of text are counted', () => {
  const texts = [
    ...pages(6, (page) => `Words of page number ${page}, all different: ${'xyzuvw'[page - 1].repeat(9)}`),
    ...pages(4, () => 'CamScanner'),
  ];
  expect(judgePages(texts)).toEqual({ isScan: false, emptyPages: 4 });
});
