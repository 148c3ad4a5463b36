import { describe, expect, test } from 'vitest';
import { prepareText } from './inline';
import { chunksOf, tooMuch } from './limits';

const live = (text: string) => prepareText(text, true).markdown;
const formulas = (text: string) => prepareText(text, false).formulas.map(({ tex }) => tex);

describe('formulas', () => {
  test('finds all four delimiters', () => {
    expect(formulas('a $x_1$ b $$y$$ c \\(z\\) d \\[w\\]')).toEqual(['x_1', 'y', 'z', 'w']);
    expect(prepareText('$$y$$', false).formulas[0].display).toBe(true);
  });

  test('prices, code and escapes are no formulas', () => {
    expect(formulas('It costs $5, and $10 for two.')).toEqual([]);
    expect(formulas('`$a$` and \\$b$ and $ c $')).toEqual([]);
    expect(prepareText('It costs $5', false).markdown).toBe('It costs \\$5');
  });

  test('a formula does not pass a blank line, and marks of its own cannot be forged', () => {
    expect(formulas('$a\n\nb$')).toEqual([]);
    expect(prepareText('\uE0000\uE001', false).markdown).toBe('0');
  });
});

describe('unfinished markup', () => {
  test.each([
    ['**bold', '**bold**'],
    ['**bold ', '**bold**'],
    ['**bold*', '**bold**'],
    ['a **', 'a '],
    ['a *b **c', 'a *b **c***'],
    ['~~gone', '~~gone~~'],
    ['2 * 3', '2 * 3'],
    ['snake_case_', 'snake_case'],
    ['`code', '`code`'],
    ['a `', 'a '],
    ['see [text](https://exa', 'see text'],
    ['see [tex', 'see '],
    ['![cat](https://e', ''],
    ['by 【1†sou', 'by '],
    ['so $x^', 'so '],
    ['so \\(x', 'so '],
    ['so \\', 'so '],
    ['a &am', 'a '],
    ['a <b', 'a '],
    ['a < b', 'a < b'],
    ['text\n-', 'text'],
    ['text\n#', 'text'],
    ['text\n1.', 'text'],
    ['text\n``', 'text'],
    ['| a | b', ''],
    ['text\n| a | b |\n|--', 'text'],
    ['- **a', '- **a**'],
    ['**a\n\nb', '**a\n\nb'], // never closed: the first paragraph is settled as it is
  ])('%j shows as %j', (text, shown) => {
    expect(live(text)).toBe(shown);
  });

  test('nothing is held back for good', () => {
    expect(live(`a [${'b'.repeat(300)}`)).toContain('b'.repeat(300));
    expect(live(`a $x${'y '.repeat(300)}`)).toContain('y y');
    expect(live(`a 【${'b'.repeat(300)}`)).toContain('【');
  });

  test('a finished text is left as it is', () => {
    expect(prepareText('**bold [a](', false).markdown).toBe('**bold [a](');
  });
});

describe('limits', () => {
  test('text beyond the limits is shown unformatted', () => {
    expect(tooMuch('a '.repeat(20_000))).toBe(true);
    expect(tooMuch('>'.repeat(30) + ' a')).toBe(true);
    expect(tooMuch('> '.repeat(30) + 'a')).toBe(true);
    expect(tooMuch('- '.repeat(30) + 'a')).toBe(true);
    expect(tooMuch('*a'.repeat(4000))).toBe(true);
  });

  test('ordinary text stays within the limits', () => {
    expect(tooMuch('> > - 1. text\n'.repeat(100))).toBe(false);
    expect(tooMuch('A **long** line, with `code`. '.repeat(200))).toBe(false);
  });

  test('chunks join to the text and split no surrogate pair', () => {
    const text = '😀'.repeat(5001) + ' x'.repeat(5000);
    const chunks = chunksOf(text);
    expect(chunks.join('')).toBe(text);
    expect(chunks.every((chunk) => !/\p{Surrogate}/u.test(chunk))).toBe(true);
  });
});
