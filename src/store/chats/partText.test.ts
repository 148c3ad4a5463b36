import { expect, test } from 'vitest';
import type { Part, ResultPart } from '../../protocol/chat';
import { copyText, markdownText, searchText, spokenText, thinkingMs, writtenText } from './partText';

const parts: Part[] = [
  { type: 'thought', text: 'A tool.\nThen words.', thinkingMs: 1000 },
  { type: 'text', text: 'Let me look.' },
  { type: 'call', id: 'c', tool: 'python', args: "print('```')", state: 'done' },
  {
    type: 'result',
    callId: 'c',
    parts: [
      { type: 'text', text: 'Rain' },
      { type: 'image', blob: new Blob(), alt: 'A chart' },
    ],
  },
  { type: 'thought', text: 'Good.', thinkingMs: 500 },
  { type: 'text', text: 'It rains.' },
  { type: 'citation', source: 1, title: 'Météo', url: 'https://example.org/', quote: 'Rain', readAt: 1 },
  { type: 'file', id: 'f', name: 'a.csv', mediaType: 'text/csv', blob: new Blob() },
];

test('what is copied is what the message says; without words, its thoughts and calls', () => {
  expect(spokenText(parts)).toBe('Let me look.\n\nIt rains.');
  expect(copyText(parts)).toBe('Let me look.\n\nIt rains.');
  expect(copyText(parts.slice(0, 1))).toBe('A tool.\nThen words.');
  expect(copyText([])).toBe('');
});

test('search reads thoughts, calls, results, names and sources', () => {
  for (const word of ['Then words', 'python', 'Rain', 'A chart', 'It rains', 'Météo', 'a.csv'])
    expect(searchText(parts)).toContain(word);
});

test('written text has no separators: tokens have their places in it', () => {
  expect(writtenText(parts)).toBe("A tool.\nThen words.Let me look.print('```')Good.It rains.");
});

test('Markdown quotes thoughts and fences calls and results', () => {
  expect(markdownText(parts)).toBe(
    [
      '- a.csv',
      '> A tool.\n> Then words.',
      'Let me look.',
      '`python`',
      "````python\nprint('```')\n````",
      '```\nRain\n```',
      '*A chart*',
      '> Good.',
      'It rains.',
      '[Météo](https://example.org/)',
    ].join('\n\n'),
  );
});

test('Markdown of tables, of files that a tool made, and of a call that was refused', () => {
  const result = (more: Partial<ResultPart>): Part => ({ type: 'result', callId: 'c', parts: [], ...more });
  const table = { type: 'table' as const, columns: ['', 'a|b'], rows: [['0', 'x\ny']], totalRows: 5 };
  const made = { type: 'file' as const, id: 'f', name: 'out.csv', mediaType: 'text/csv', blob: new Blob() };
  expect(markdownText([result({ parts: [table, made] })])).toBe(
    '|  | a\\|b |\n| --- | --- |\n| 0 | x y |\n\n… (5)\n\n- out.csv',
  );
  expect(markdownText([result({ observation: 'Refused.' })])).toBe('```\nRefused.\n```');
});

test('thinking times add up; without any, none is known', () => {
  expect(thinkingMs(parts)).toBe(1500);
  expect(thinkingMs([{ type: 'thought', text: 'x' }])).toBeUndefined();
});
