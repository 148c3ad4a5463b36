// A second version of the built app: every chunk has another name, as after a change to the code.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { AppVersion } from '../../src/pwa/appCache';

/** Content of each file by its path; read when it is asked for. */
export type Files = Map<string, () => Buffer>;

export function readBuild(directory: string): Files {
  const paths = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((file) =>
    file.isFile(),
  );
  return new Map(
    paths.map((file): [string, () => Buffer] => {
      const path = `${file.parentPath}/${file.name}`.replaceAll('\\', '/');
      return [path.slice(directory.length + 1), () => readFileSync(path)];
    }),
  );
}

const TEXT = /\.(?:html|js|mjs|css)$/;
const CHUNK = /^assets\/(.+-[\w-]{8})\.(?:js|mjs|css)$/;

export function nextVersion(build: Files): Files {
  const stems = [...build.keys()].flatMap((path) => CHUNK.exec(path)?.[1] ?? []);
  const names = new RegExp(`(${stems.join('|')})(?=\\.)`, 'g');
  const rename = (text: string) => text.replace(names, '$1-next');
  const next: Files = new Map();
  for (const [path, read] of build) {
    const content = TEXT.test(path) ? Buffer.from(rename(read().toString())) : undefined;
    next.set(rename(path), content ? () => content : read);
  }
  const worker = next.get('sw.js')?.().toString() ?? '';
  const list = /\{"version":.*?\]\}/.exec(worker)?.[0];
  if (!list) throw new Error('sw.js holds no list of files');
  const { files } = JSON.parse(list) as AppVersion;
  for (const file of files) {
    const content = next.get(file.path)?.();
    if (!content) throw new Error(`The next version has no ${file.path}`);
    file.sha256 = createHash('sha256').update(content).digest('base64');
  }
  const changed = Buffer.from(worker.replace(list, () => JSON.stringify({ version: 'next', files })));
  return next.set('sw.js', () => changed);
}
