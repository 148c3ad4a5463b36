import { expect, test } from 'vitest';
import { htmlTables, tableCsv } from './tables';

test('a table as GLM-OCR writes it becomes Markdown; spans leave empty cells; code stays', () => {
  const html =
    '<table border="1"><tr><th>Item</th><th colspan="2">Price</th></tr>' +
    '<tr><td rowspan="2">Paper | A4</td><td>8.40</td><td>EUR</td></tr><tr><td>9<br>10</td><td></td></tr></table>';
  const code = '```html\n<table><tr><td>x</td></tr></table>\n```';
  expect(htmlTables(`Before\n${html}\nAfter\n${code}`)).toBe(
    'Before\n\n\n| Item | Price |  |\n| --- | --- | --- |\n| Paper \\| A4 | 8.40 | EUR |\n|  | 9 10 |  |\n\n\nAfter\n' +
      code,
  );
  expect(htmlTables('half of one: <table><tr><td>x')).toBe('half of one: <table><tr><td>x');
  expect(htmlTables('<table></table>')).toBe('<table></table>');
});

test('a Markdown table becomes CSV: plain cells, quoted where a comma or a quote is in them', () => {
  const csv = tableCsv('| Name | Value |\n|---|---:|', [
    '| **Paper** | 8,40 |',
    '| 12" \\| x | `1` |',
    'a &amp; b | 2',
  ]);
  expect(csv).toBe('Name,Value\nPaper,"8,40"\n"12"" | x",1\na & b,2\n');
});
