// A real MediaWiki for tests: Debian's package (`mediawiki`, `php-cli`, `php-sqlite3`, `php-mbstring`, `php-xml`,
// `php-intl`) on SQLite behind PHP's own server. Its database is made once per set of pages and kept in the temporary folder.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';

const ROOT = '/usr/share/mediawiki';
const PACKAGES = 'mediawiki php-cli php-sqlite3 php-mbstring php-xml php-intl';
/** How to get what is missing. */
export const INSTALL = `apt-get install --no-install-recommends ${PACKAGES}`;

export interface WikiPage {
  title: string;
  /** Wikitext. */
  text: string;
}

export interface Wiki {
  /** Address of the wiki, where its api.php is. */
  url: string;
  /** Paths of the requests so far, as PHP's server logs them. */
  requests: string[];
  close(): Promise<void>;
}

/** Why there can be no wiki on this computer; undefined where there can. */
export function whyNoWiki(): string | undefined {
  if (!existsSync(`${ROOT}/maintenance/install.php`)) return `MediaWiki is not installed: ${INSTALL}`;
  const { status, stdout } = spawnSync('php', ['-m'], { encoding: 'utf8' });
  if (status !== 0) return `PHP is not installed: ${INSTALL}`;
  const missing = ['pdo_sqlite', 'mbstring', 'intl', 'xml'].filter((name) => !stdout.includes(name));
  return missing.length > 0 ? `PHP lacks ${missing.join(', ')}: ${INSTALL}` : undefined;
}

function maintain(script: string, args: string[]): void {
  const { status, stdout, stderr } = spawnSync('php', [`${ROOT}/maintenance/${script}`, ...args], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${script} failed: ${stdout.slice(-500)}${stderr.slice(-500)}`);
}

/** Makes the wiki's database and settings in a folder. */
function install(folder: string, pages: readonly WikiPage[]): void {
  const texts = path.join(folder, 'pages');
  mkdirSync(texts, { recursive: true });
  const settings = path.join(folder, 'LocalSettings.php');
  maintain('install.php', [
    ...['--dbtype', 'sqlite', '--dbpath', path.join(folder, 'db'), '--dbname', 'wiki', '--confpath', folder],
    ...[
      '--server',
      'http://127.0.0.1',
      '--scriptpath',
      '',
      '--lang',
      'en',
      '--pass',
      createHash('sha256').update(folder).digest('hex'),
    ],
    ...['Test wiki', 'Keeper'],
  ]);
  appendFileSync(
    settings,
    "\n$wgServer = 'http://127.0.0.1:' . getenv('WIKI_PORT');\n$wgSQLiteDataDir = getenv('WIKI_FOLDER') . '/db';\n$wgJobRunRate = 0;\n$wgMainCacheType = CACHE_NONE;\n$wgShowExceptionDetails = true;\n",
  );
  for (const { title, text } of pages)
    writeFileSync(path.join(texts, `${title.replaceAll('/', '-')}.txt`), text);
  const options = ['--conf', settings];
  process.env.WIKI_FOLDER = folder;
  maintain('importTextFiles.php', [...options, '--overwrite', ...pages.map(({ title }) => path.join(texts, `${title.replaceAll('/', '-')}.txt`))]); // prettier-ignore
  maintain('rebuildall.php', options);
}

/** The folder of a wiki with these pages, made if it is not there. */
function folderFor(pages: readonly WikiPage[]): string {
  const hash = createHash('sha256').update(JSON.stringify(pages)).digest('hex').slice(0, 12);
  const folder = path.join(os.tmpdir(), `glm-wiki-${hash}`);
  if (existsSync(path.join(folder, 'complete'))) return folder;
  const making = `${folder}-${process.pid}`;
  rmSync(making, { recursive: true, force: true });
  install(making, pages);
  writeFileSync(path.join(making, 'complete'), '');
  rmSync(folder, { recursive: true, force: true });
  renameSync(making, folder);
  return folder;
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** Starts a wiki with these pages. @throws Error where it cannot be had: see `whyNoWiki` */
export async function startWiki(pages: readonly WikiPage[], port?: number): Promise<Wiki> {
  const why = whyNoWiki();
  if (why) throw new Error(why);
  const folder = folderFor(pages);
  const chosen = port ?? (await freePort());
  const requests: string[] = [];
  const server: ChildProcess = spawn('php', ['-S', `127.0.0.1:${chosen}`, '-t', ROOT], {
    env: {
      ...process.env,
      ...{
        MW_CONFIG_FILE: path.join(folder, 'LocalSettings.php'),
        WIKI_PORT: String(chosen),
        WIKI_FOLDER: folder,
      },
      PHP_CLI_SERVER_WORKERS: '3',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true, // with its workers in a group of their own
  });
  server.stderr?.setEncoding('utf8').on('data', (log: string) => {
    for (const [, asked] of log.matchAll(/\[\d{3}\]: (?:GET|POST|HEAD|OPTIONS) (\S+)/g)) requests.push(asked);
  });
  const url = `http://127.0.0.1:${chosen}`;
  const close = () => {
    if (server.pid) process.kill(-server.pid);
    return new Promise<void>((resolve) =>
      server.exitCode === null ? server.once('exit', () => resolve()) : resolve(),
    );
  };
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await fetch(`${url}/api.php?action=query&meta=siteinfo&format=json`).catch(
      () => undefined,
    );
    if (answer?.ok) return { url, requests, close };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await close();
  throw new Error(`The wiki at ${url} did not start.`);
}
