// The shape of the source: imports form no cycle, imports of types included, and no folder grows without rooms.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((name) => path.posix.join('src', name.replaceAll('\\', '/')))
  .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name));
const known = new Set(files);

/** Files that `file` imports, statically or as types. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^(?:import|export)\s[^;]*?from\s+'(\.[^']+)'/gm)].flatMap(([, specifier]) => {
    const target = path.posix.join(path.posix.dirname(file), specifier);
    return ['', '.ts', '.tsx', '/index.ts'].map((end) => target + end).filter((name) => known.has(name));
  });
}

/** The first cycle found, as a path that ends where it begins. */
function findCycle(imports: Map<string, string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, trail: string[]): string[] | undefined => {
    const seenAt = trail.indexOf(file);
    if (seenAt >= 0) return [...trail.slice(seenAt), file];
    if (done.has(file)) return undefined;
    for (const next of imports.get(file) ?? []) {
      const cycle = visit(next, [...trail, file]);
      if (cycle) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of imports.keys()) {
    const cycle = visit(file, []);
    if (cycle) return cycle;
  }
  return undefined;
}

test('imports form no cycle', () => {
  const imports = new Map(files.map((file) => [file, importsOf(file)]));
  expect([...imports.values()].flat().length).toBeGreaterThan(1000);
  expect(findCycle(imports)).toBeUndefined();
});

test('a cycle is found', () => {
  const imports = new Map(Object.entries({ a: ['b'], b: ['c'], c: ['b'] }));
  expect(findCycle(imports)).toEqual(['b', 'c', 'b']);
});

/** Folders may hold this many files beside their tests; a fuller one is split into rooms. */
const FOLDER_LIMIT = 25;
/** A kernel's wrapper, checks and reference lie side by side under one name. */
const LARGE_FOLDERS = ['src/kernels'];

test(`no folder holds more than ${FOLDER_LIMIT} files beside its tests`, () => {
  const counts = new Map<string, number>();
  for (const root of ['src', 'shaders', 'scripts', 'e2e']) {
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
      const folder = entry.parentPath.replaceAll('\\', '/');
      if (!entry.isFile() || /\.(test|spec)\.tsx?$/.test(entry.name)) continue;
      if (/(^|\/)(node_modules|\.venv|__pycache__)(\/|$)/.test(folder)) continue;
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
  }
  const full = [...counts].filter(
    ([folder, count]) => count > FOLDER_LIMIT && !LARGE_FOLDERS.includes(folder),
  );
  expect(full).toEqual([]);
  expect(counts.get('src/kernels')).toBeGreaterThan(FOLDER_LIMIT); // the files were counted; else drop the exception
});
