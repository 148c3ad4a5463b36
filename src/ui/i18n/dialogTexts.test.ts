// @vitest-environment node
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { DIALOG_TEXTS } from './dialogTexts';
import { en } from './en/en';

/** Files that a visit loads without a dialog: what main.tsx imports, and parts that come without texts (lazyPart). */
function filesWithoutDialogs(): string[] {
  const found = new Set<string>();
  const todo = ['src/main.tsx'];
  for (let file = todo.pop(); file; file = todo.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    const text = readFileSync(file, 'utf8');
    const folder = path.posix.dirname(file);
    const specifiers = [
      ...text.matchAll(/^(?:import|export)\s(?!type\b)(?:[^;]*?from\s+)?'(\.[^']+)'/gm),
      ...text.matchAll(/lazyPart\(\(\) =>\s*import\('(\.[^']+)'\)/g),
    ].map(([, specifier]) => path.posix.join(folder, specifier));
    const ends = ['.ts', '.tsx', '/index.ts'];
    todo.push(
      ...specifiers.flatMap((target) => ends.map((end) => target + end).filter((one) => existsSync(one))),
    );
  }
  return [...found].filter((file) => file.startsWith('src/ui/') && !file.startsWith('src/ui/i18n/'));
}

test('what a visit loads without a dialog uses no text of dialogs', () => {
  const keys = Object.keys(DIALOG_TEXTS.en);
  const files = filesWithoutDialogs();
  expect(files.length).toBeGreaterThan(60);
  const wrong = files.flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    const beginnings = [...text.matchAll(/`([a-zA-Z]+\.[\w.-]*)\$\{/g)].map(([, beginning]) => beginning);
    return keys
      .filter((key) => text.includes(`'${key}'`) || beginnings.some((beginning) => key.startsWith(beginning)))
      .map((key) => `${file}: ${key}`);
  });
  expect(wrong).toEqual([]);
});

test('a text is in one place', () => {
  expect(Object.keys(DIALOG_TEXTS.en).filter((key) => key in en)).toEqual([]);
});
