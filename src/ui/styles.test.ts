// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const files = readdirSync('src/ui', { recursive: true, encoding: 'utf8' }).map((file) => `src/ui/${file}`);
const sheets = files.filter((file) => file.endsWith('.module.css'));
const components = files.filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file));

const unquoted = (css: string) =>
  css
    .replaceAll(/\/\*.*?\*\//gs, '')
    .replaceAll(/:global\([^)]*\)/g, '')
    .replaceAll(/'[^']*'/g, '')
    .replaceAll(/url\([^)]*\)/g, '');
const classesOf = (sheet: string) =>
  new Set(
    [...unquoted(readFileSync(sheet, 'utf8')).matchAll(/\.(-?[a-zA-Z_][\w-]*)/g)].map(([, name]) => name),
  );

interface Use {
  component: string;
  sheet: string;
  /** Names written out; a computed name stands as its beginning and `*`. */
  names: string[];
}

function usesOf(component: string): Use[] {
  const text = readFileSync(component, 'utf8');
  return [...text.matchAll(/import (\w+) from '([^']+\.module\.css)'/g)].map(([, variable, specifier]) => ({
    component,
    sheet: path.posix.join(path.posix.dirname(component), specifier),
    names: [
      ...text.matchAll(new RegExp(`\\b${variable}(?:\\.(\\w+)|\\['([\\w-]+)'\\]|\\[(?:\`([\\w-]*))?)`, 'g')),
    ].map(([, member, quoted, start]) => member ?? quoted ?? `${start ?? ''}*`),
  }));
}

/** `composes: name from './other.module.css'` in a style sheet. */
function compositionsOf(sheet: string): Use[] {
  const text = readFileSync(sheet, 'utf8');
  return [...text.matchAll(/composes: ([\w-]+) from '([^']+)'/g)].map(([, name, specifier]) => ({
    component: sheet,
    sheet: path.posix.join(path.posix.dirname(sheet), specifier),
    names: [name],
  }));
}

const uses = [...components.flatMap(usesOf), ...sheets.flatMap(compositionsOf)];

test('the patterns find the style sheets', () => {
  expect(new Set(uses.map(({ sheet }) => sheet))).toEqual(new Set(sheets));
});

test('every class that a component names is in its style sheet', () => {
  const missing = uses.flatMap(({ component, sheet, names }) =>
    names
      .filter((name) => !name.endsWith('*') && !classesOf(sheet).has(name))
      .map((name) => `${component}: ${name}`),
  );
  expect(missing).toEqual([]);
});

test('every class of a style sheet is named by a component', () => {
  const unused = sheets.flatMap((sheet) => {
    const names = uses.filter((use) => use.sheet === sheet).flatMap((use) => use.names);
    const isUsed = (name: string) =>
      names.some((used) => used === name || (used.endsWith('*') && name.startsWith(used.slice(0, -1))));
    return [...classesOf(sheet)].filter((name) => !isUsed(name)).map((name) => `${sheet}: ${name}`);
  });
  expect(unused).toEqual([]);
});

test('a component imports its style sheet last: its rules then follow those of the components it contains', () => {
  const early = components.filter((component) => {
    const imports = [
      ...readFileSync(component, 'utf8').matchAll(/^(?:import|\} from)[^;]*?'([^']+)';$/gm),
    ].map(([, specifier]) => specifier);
    const first = imports.findIndex((specifier) => specifier.endsWith('.module.css'));
    return first >= 0 && imports.slice(first).some((specifier) => !specifier.endsWith('.module.css'));
  });
  expect(early).toEqual([]);
});
