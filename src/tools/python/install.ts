// What Python consists of, for the user: what is at hand, what would be downloaded, from where, and the download itself.
import { AppError, fromWireError } from '../../shared/errors';
import type { DownloadEvent, DownloadRequest } from './downloadWorker';
import { isAtHand, isKept, keep, readManifest } from './fileStore';
import { filesFor, importedModules, type PythonFile, type PythonManifest } from './manifest';

/** Python itself, or a package that code may import. */
export interface PythonPart {
  /** 'python', 'numpy' … */
  name: string;
  version: string;
  /** Bytes of all its files, dependencies included, without the core. */
  bytes: number;
  /** Bytes that would be downloaded from other hosts. */
  missingBytes: number;
  /** built-in: comes from the app's host with its first use; kept: on this device; missing: needs a download. */
  state: 'built-in' | 'kept' | 'missing';
  /** Host of a download; '' where none is needed. */
  host: string;
}

/** Packages offered by name; others come as their dependencies. */
const OFFERED = ['numpy', 'pandas', 'matplotlib', 'scipy', 'sympy', 'sqlite3', 'tzdata'];

const sum = (files: readonly PythonFile[]) => files.reduce((total, { bytes }) => total + bytes, 0);
const hostsOf = (files: readonly PythonFile[]) =>
  [...new Set(files.map(({ url }) => new URL(url).host))].join(', ');

async function split(
  files: readonly PythonFile[],
  is: (file: PythonFile) => Promise<boolean>,
): Promise<PythonFile[]> {
  const answers = await Promise.all(files.map(is));
  return files.filter((_, index) => !answers[index]);
}

const partFiles = (manifest: PythonManifest, name: string): PythonFile[] => {
  const { needed, optional } = filesFor(manifest, name === 'python' ? [] : [name]);
  const files = [...needed, ...optional];
  return name === 'python' ? files : files.filter((file) => !manifest.core.includes(file.name));
};

/** All parts, Python itself first. @throws AppError 'python-missing' */
export async function pythonParts(): Promise<PythonPart[]> {
  const manifest = await readManifest();
  return Promise.all(
    ['python', ...OFFERED].map(async (name): Promise<PythonPart> => {
      const files = partFiles(manifest, name);
      const missing = await split(files, isAtHand);
      const unkept = await split(files, isKept);
      const version = manifest.packages.find((one) => one.name === name)?.version ?? manifest.info.python;
      const state = missing.length > 0 ? 'missing' : unkept.length > 0 ? 'built-in' : 'kept';
      return { name, version, bytes: sum(files), missingBytes: sum(missing), state, host: hostsOf(missing) };
    }),
  );
}

/** What code would need a download for; undefined if nothing. */
export interface MissingParts {
  /** Names of parts. */
  names: string[];
  bytes: number;
  host: string;
}

export async function missingFor(source: string): Promise<MissingParts | undefined> {
  const manifest = await readManifest();
  const modules = importedModules(source);
  const missing = await split(filesFor(manifest, modules).needed, isAtHand);
  if (missing.length === 0) return undefined;
  const isCore = missing.some(({ name }) => manifest.core.includes(name));
  const named = OFFERED.filter((name) => modules.includes(name) && partFiles(manifest, name).some((file) => missing.includes(file))); // prettier-ignore
  return { names: [...(isCore ? ['python'] : []), ...named], bytes: sum(missing), host: hostsOf(missing) };
}

/**
 * Downloads what is missing of these parts and keeps it. A file that is complete stays if a later one fails.
 * @throws AppError 'network', 'http-error', 'hash-mismatch', 'python-missing'; the signal's reason
 */
export async function installPython(
  onProgress: (progress: { doneBytes: number; totalBytes: number }) => void = () => {},
  signal?: AbortSignal,
  names: readonly string[] = ['python', ...OFFERED],
): Promise<void> {
  const manifest = await readManifest();
  signal?.throwIfAborted();
  const wanted = new Map(names.flatMap((name) => partFiles(manifest, name)).map((file) => [file.url, file]));
  const missing = await split([...wanted.values()], isAtHand);
  if (missing.length === 0) return;
  // The font is the last: plots work without it.
  const files = missing.sort((a, b) => Number(a.name === manifest.font) - Number(b.name === manifest.font));
  let doneBytes = 0;
  const totalBytes = sum(files);
  const worker = new Worker(new URL('./downloadWorker.ts', import.meta.url), { type: 'module' });
  const keeping: Promise<void>[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      worker.onerror = () => reject(new AppError('part-missing', 'The download worker could not be started', { file: 'downloadWorker', host: location.host })); // prettier-ignore
      worker.onmessage = ({ data }: MessageEvent<DownloadEvent>) => {
        if (data.kind === 'bytes') onProgress({ doneBytes: (doneBytes += data.count), totalBytes });
        else if (data.kind === 'error') reject(fromWireError(data.error));
        else if (data.kind === 'end') resolve();
        else {
          const file = wanted.get(data.url);
          if (file) keeping.push(keep(file, data.bytes, data.url));
          keeping.at(-1)?.catch(reject);
        }
      };
      worker.postMessage({ urls: files.map(({ url }) => url) } satisfies DownloadRequest);
    });
    await Promise.all(keeping);
    if ((await split(files, isKept)).length > 0)
      throw new AppError('storage-unavailable', 'The browser keeps no files for this page');
  } catch (error) {
    const left = await split(files, isAtHand);
    if (!signal?.aborted && left.every(({ name }) => name === manifest.font)) return;
    throw error;
  } finally {
    worker.terminate();
  }
}
