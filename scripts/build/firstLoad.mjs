// Sums the bytes a first visit downloads before the first question: npm run first-load, after a build. Fails above the
// budget. Counts gzipped files: those named in index.html, their static imports, the worker, and the texts of one language.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';

const DIRECTORY = process.argv[2] ?? 'dist';
const BUDGET_BYTES = 300_000;

const read = (name) => readFileSync(`${DIRECTORY}/assets/${name}`);
const gzipped = (bytes) => gzipSync(bytes, { level: 9 }).length;

/** The scripts that `first` and its static imports need, and the workers that they start. */
function reach(first) {
  const found = new Set();
  const todo = [...first];
  while (todo.length > 0) {
    const name = todo.pop();
    if (found.has(name) || !existsSync(`${DIRECTORY}/assets/${name}`)) continue;
    found.add(name);
    const text = read(name).toString();
    for (const [, imported] of text.matchAll(/(?:import|from)\s*["']\.\/([\w.-]+\.js)["']/g))
      todo.push(imported);
  }
  return [...found];
}

const html = readFileSync(`${DIRECTORY}/index.html`, 'utf8');
const named = (pattern) => [...html.matchAll(pattern)].map(([, path]) => basename(path));
const page = reach(named(/(?:src|href)="([^"]+\.js)"/g));
// The engine's worker is built from src/worker/main.ts; other workers (documents, chat imports) start on first use.
const workers = page.flatMap((name) =>
  [
    ...read(name)
      .toString()
      .matchAll(/main-[\w-]+\.js/g),
  ].map(([file]) => file),
);
/** A reader loads the texts of one language before the first screen: the larger of the two. */
const languages = readdirSync(`${DIRECTORY}/assets`).filter((name) => /^(en|zh-CN)-[\w-]{8}\.js$/.test(name));
if (languages.length !== 2)
  throw new Error(`${languages.length} files of texts where two were expected: ${languages}`);
languages.sort((a, b) => gzipped(read(b)) - gzipped(read(a)));
const engine = reach(workers).filter((name) => !page.includes(name));
if (page.length === 0 || engine.length === 0) throw new Error(`${DIRECTORY} holds no build: npm run build`);

const row = (part) => (name) => ({ part, name, gz: gzipped(read(name)) });
const rows = [...page.map(row('page')), row('page')(languages[0]), ...engine.map(row('engine'))].sort(
  (a, b) => b.gz - a.gz,
);
const total = rows.reduce((sum, { gz }) => sum + gz, 0);
const styles = named(/href="([^"]+\.css)"/g).reduce((sum, name) => sum + gzipped(read(name)), 0);
const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`.padStart(10);
for (const { part, name, gz } of rows) console.log(`${kb(gz)}  ${part.padEnd(7)} ${name}`);
console.log(`${kb(total)}  scripts of the first visit, gzipped; at most ${kb(BUDGET_BYTES).trim()}`);
console.log(`${kb(styles)}  styles`);
if (total > BUDGET_BYTES) {
  console.error(
    `The first visit is ${kb(total - BUDGET_BYTES).trim()} too heavy: load what is not needed at once lazily.`,
  );
  process.exit(1);
}
