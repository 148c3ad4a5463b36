// @vitest-environment jsdom
import { readFileSync } from 'node:fs';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { toWireError } from '../shared/errors';
import { htmlToText } from './html';
import { readDocument } from './readDocument';
import { readWord } from './word/readWord';
import type { WordReply, WordRequest } from './word/wordWorker';

const file = (name: string, ...parts: (string | Uint8Array)[]) => {
  const bytes = Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array)));
  return {
    name,
    size: bytes.length,
    arrayBuffer: async () => new Uint8Array(bytes).buffer,
  } as unknown as File;
};
/** A worker that reads in this thread. */
class InPlace {
  onmessage?: (event: { data: WordReply }) => void;
  postMessage({ bytes, name }: WordRequest): void {
    void readWord(bytes, name).then(
      (document) => this.onmessage?.({ data: { document } }),
      (error: unknown) => this.onmessage?.({ data: { error: toWireError(error) } }),
    );
  }
  terminate(): void {}
}
beforeEach(() => void vi.stubGlobal('Worker', InPlace));
afterEach(() => void vi.unstubAllGlobals());

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

test('a notebook: sources and text outputs of its cells, without pictures', async () => {
  const png = {
    output_type: 'display_data',
    data: { 'image/png': 'iVBO'.repeat(9999), 'text/plain': ['<Figure>'] },
  };
  const printed = { output_type: 'stream', text: ['\u001b[31m3\u001b[0m\n'] };
  const failed = { output_type: 'error', ename: 'E', evalue: 'why', traceback: [] };
  const notebook = {
    nbformat: 4,
    metadata: { language_info: { name: 'python' } },
    cells: [
      { cell_type: 'markdown', source: ['# Plot\n', `![x](data:image/png;base64,${'A'.repeat(4000)})`] },
      { cell_type: 'code', source: 'print(1 + 2)', outputs: [printed, png, failed] },
    ],
  };
  const { text, kind } = await readDocument(file('plot.ipynb', JSON.stringify(notebook)));
  expect(kind).toBe('code');
  expect(text).toBe(
    '# Plot\n![x]([image of 3 kB left out])\n\n```python\nprint(1 + 2)\n```\n```output\n3\n```\n' +
      '```output\n<Figure>\n[A picture is left out here.]\n```\n```output\nE: why\n```',
  );
  expect((await readDocument(file('broken.ipynb', '{"cells": ['))).text).toBe('{"cells": [');
  const old = { nbformat: 3, worksheets: [{ cells: [{ cell_type: 'code', input: 'x', outputs: [{ output_type: 'pyout', png: 'A' }] }] }] }; // prettier-ignore
  expect((await readDocument(file('old.ipynb', JSON.stringify(old)))).text).toContain('picture is left out');
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
