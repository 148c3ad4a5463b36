// @vitest-environment jsdom
import { readFileSync } from 'node:fs';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { htmlToText } from './html';
import { readDocument } from './readDocument';

const file = (name: string, ...parts: (string | Uint8Array)[]) => {
  const bytes = Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array)));
  return {
    name,
    size: bytes.length,
    arrayBuffer: async () => new Uint8Array(bytes).buffer,
  } as unknown as File;
};
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error: { code: string }) => error.code,
  );

test('a text file is read in the most plausible encoding, or in a chosen one', async () => {
  const bytes = Buffer.from('Name;Ort;Straße\nMüller;München;Königsallee', 'latin1');
  expect(await readDocument(file('kunden.csv', bytes))).toEqual({
    kind: 'table',
    text: 'Name;Ort;Straße\nMüller;München;Königsallee',
    encoding: 'windows-1252',
    guessed: true,
  });
  const chosen = await readDocument(file('kunden.csv', bytes), { encoding: 'gb18030' });
  expect(chosen).toMatchObject({ encoding: 'gb18030', guessed: true });
  expect(chosen.text).toContain('M黮ler');
});

test('HTML: extracts text without scripts and styles', () => {
  const html = `<title>T</title><script>x()</script><style>p{}</style><h2>Head</h2><p>One <b>two</b>
    three<br>four<ul><li>a<li>b</ul><table><tr><th>n<th>m<tr><td>1<td>2</table><pre>  x
  y</pre><img src=x onerror=alert(1)>`;
  expect(htmlToText(html)).toBe(
    'T\n\n## Head\n\nOne two three\nfour\n\n- a\n\n- b\n\nn | m\n\n1 | 2\n\n  x\n  y',
  );
});

test('Word: extracts headings, lists, tables and pages', async () => {
  const bytes = readFileSync('e2e/files/plan.docx');
  expect(await readDocument(file('plan.docx', bytes))).toEqual({
    kind: 'word',
    text: '# Plan\nFirst we measure & decide < now.\n- one\n- two\n| Name | Cost |\n| GPU | 900 |\n中文段落。',
    pages: 1,
  });
});

describe('unreadable files fail with a specific error', () => {
  test.each([
    ['a.docx', 'no zip', 'document-damaged'],
    ['b.docx', zipSync({ 'x.txt': new Uint8Array(3) }), 'document-damaged'],
    ['c.docx', Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0]), 'document-locked'],
    ['d.txt', ' \n ', 'document-empty'],
    ['e.xlsx', Uint8Array.from({ length: 2000 }, (_, i) => (i * 7919) % 256), 'document-type'],
    ['f.txt', 'x'.repeat(4_000_001), 'document-too-long'],
  ])('%s fails with its code', async (name, content, code) => {
    expect(await failureOf(readDocument(file(name, content)))).toBe(code);
  });
});

test('the kind follows the file name; line ends become line feeds', async () => {
  expect(await readDocument(file('a.py', 'x = 1\r\ny'))).toEqual({
    kind: 'code',
    text: 'x = 1\ny',
    encoding: 'utf-8',
  });
  expect((await readDocument(file('t.CSV', 'a,b'))).kind).toBe('table');
  expect((await readDocument(file('notes', 'plain'))).kind).toBe('text');
});
