// @vitest-environment node
import { expect, test } from 'vitest';
import { editAfterKey } from './codeKeys';

/** The code after a key; `|` marks the caret, `[` and `]` a selection. */
function press(key: string, marked: string, modifiers: { shiftKey?: boolean; ctrlKey?: boolean } = {}) {
  const start = marked.search(/[|[]/);
  const value = marked.replaceAll(/[|[\]]/g, '');
  const end = marked.includes(']') ? marked.indexOf(']') - 1 : start;
  const event = { key, shiftKey: false, altKey: false, ctrlKey: false, metaKey: false, ...modifiers };
  const edit = editAfterKey(event, { value, start, end });
  if (!edit) return null;
  const after = value.slice(0, edit.from) + edit.text + value.slice(edit.to);
  const [a, b] = edit.select;
  if (a === b) return `${after.slice(0, a)}|${after.slice(a)}`;
  return `${after.slice(0, a)}[${after.slice(a, b)}]${after.slice(b)}`;
}

test('Tab goes to the next column of four, or moves the selected lines', () => {
  expect(press('Tab', 'ab|c')).toBe('ab  |c');
  expect(press('Tab', 'if x:\n|y')).toBe('if x:\n    |y');
  expect(press('Tab', 'a\n[b\n\nc]\nd')).toBe('a\n    [b\n\n    c]\nd');
  expect(press('Tab', '[a\n]b')).toBe('    [a\n]b');
  expect(press('Tab', 'a|', { ctrlKey: true })).toBeNull();
});

test('Shift+Tab takes at most four blanks off each line', () => {
  expect(press('Tab', '      a|b', { shiftKey: true })).toBe('  a|b');
  expect(press('Tab', '  [a\n    b]', { shiftKey: true })).toBe('[a\nb]');
  expect(press('Tab', 'a|', { shiftKey: true })).toBe('a|');
});

test('Enter keeps the indentation, and goes deeper after a colon', () => {
  expect(press('Enter', '    a|')).toBe('    a\n    |');
  expect(press('Enter', 'for i in x:  # all|')).toBe('for i in x:  # all\n    |');
  expect(press('Enter', 'a|b')).toBe('a\n|b');
});
