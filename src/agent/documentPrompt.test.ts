import { expect, test } from 'vitest';
import { documentPrompt } from './documentPrompt';

test('documents stand before the question, as the model was trained', () => {
  expect(documentPrompt([], 'Why?')).toBe('Why?');
  expect(
    documentPrompt(
      [
        { name: 'a.txt', text: 'one' },
        { name: 'b.md', text: 'two' },
      ],
      'Why?',
    ),
  ).toBe(
    '[File Name]\na.txt\n[File Content]\none\n\n[File Name]\nb.md\n[File Content]\ntwo\n\n\n2 files uploaded.\nWhy?',
  );
});
