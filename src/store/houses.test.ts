// The houses of the store (chats, models, page) never name each other: what one needs of another comes in through
// ports.ts, and only the files beside the houses know all of them.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const STORE = dirname(fileURLToPath(import.meta.url));
const HOUSES = ['chats', 'models', 'page'] as const;

interface SourceFile {
  name: string;
  house: string;
  text: string;
}

const files: SourceFile[] = HOUSES.flatMap((house) =>
  readdirSync(join(STORE, house), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ts$/.test(name) && !/\.test\.ts$/.test(name))
    .map((name) => ({
      house,
      name: `${house}/${name.split(sep).join('/')}`,
      text: readFileSync(join(STORE, house, name), 'utf8'),
    })),
);

/** What stands after `from` or `import(`, as a path in the store; '' outside it. */
function importsOf({ name, text }: SourceFile): string[] {
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, path]) => path);
  return specifiers.map((path) =>
    relative(STORE, join(STORE, dirname(name), path))
      .split(sep)
      .join('/'),
  );
}

/** Code without comments and texts. */
const codeOf = ({ text }: SourceFile): string =>
  text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|'(?:[^'\\\n]|\\.)*'/g, '');

test('every house has files', () => {
  for (const house of HOUSES) expect(files.filter((file) => file.house === house).length).toBeGreaterThan(3);
});

test('no file of a house imports another house', () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((path) => HOUSES.some((other) => other !== file.house && path.startsWith(`${other}/`)))
      .map((path) => `${file.name} imports ${path}`),
  );
  expect(wrong).toEqual([]);
});

test('no file of a house knows the whole state, through which it could reach another house', () => {
  const wrong = files.flatMap((file) => {
    const whole = importsOf(file).filter((path) => /^(appState|appStore|selectors|index|types)$/.test(path));
    const reaches = /\b(?:getState|get)\(\)|\bAppState\b|\bStoreApi\b/.exec(codeOf(file));
    return [
      ...whole.map((path) => `${file.name} imports ${path}`),
      ...(reaches ? [`${file.name} has ${reaches[0]}`] : []),
    ];
  });
  expect(wrong).toEqual([]);
});

test('chats and models do not name each other’s objects', () => {
  const names = {
    chats: /\b(?:ModelDesk|ModelsHouse|ModelsState)\b/,
    models: /\b(?:ChatBook|ChatsHouse|ChatsState|Turns)\b/,
  };
  const wrong = files.filter(
    (file) => file.house in names && names[file.house as 'chats' | 'models'].test(codeOf(file)),
  );
  expect(wrong.map(({ name }) => name)).toEqual([]);
});
