// The files of Python on this device. Built-in ones come from the app's host with their first use, others from the
// addresses of the manifest after the user agreed; both are compared with their SHA-256 and kept in Cache Storage, from
// which they are read without a network.
import { AppError } from '../../shared/errors';
import type { PythonFile, PythonManifest } from './manifest';

const CACHE = 'glm-python';
const MANIFEST = 'python/manifest.json';

const at = (path: string) => new URL(import.meta.env.BASE_URL + path, document.baseURI).href;
/** Key of a file in the cache: its content. */
const keyOf = ({ sha256 }: PythonFile) => at(`python/kept/${sha256[0]}`);

/** Private windows and insecure pages refuse Cache Storage: then files are fetched again with every start. */
export async function openCache(): Promise<Cache | undefined> {
  try {
    return await caches.open(CACHE);
  } catch {
    return undefined;
  }
}

async function hashOf(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

let manifest: Promise<PythonManifest> | undefined;

/**
 * The manifest of this build; without a network the one kept with the last use.
 * @throws AppError 'python-missing' when the host has none
 */
export function readManifest(): Promise<PythonManifest> {
  manifest ??= loadManifest();
  manifest.catch(() => (manifest = undefined)); // tried again with the next call
  return manifest;
}

async function loadManifest(): Promise<PythonManifest> {
  const url = at(MANIFEST);
  const cache = await openCache();
  const answer = await fetch(url, { cache: 'no-cache' }).catch(() => undefined);
  const isJson = answer?.ok && !/\bhtml\b/.test(answer.headers.get('content-type') ?? '');
  const found = isJson ? answer : await cache?.match(url);
  if (!found) throw new AppError('python-missing', `${location.host} does not serve ${MANIFEST}`, { file: MANIFEST, host: location.host }); // prettier-ignore
  if (isJson) await cache?.put(url, found.clone());
  return (await found.json()) as PythonManifest;
}

/** Whether the file can be had without asking anyone but the app's host. */
export async function isAtHand(file: PythonFile): Promise<boolean> {
  return file.builtIn || (await isKept(file));
}

export async function isKept(file: PythonFile): Promise<boolean> {
  return !!(await (await openCache())?.match(keyOf(file)));
}

/**
 * Keeps a file, if it is the expected one.
 * @throws AppError 'hash-mismatch'
 */
export async function keep(file: PythonFile, bytes: ArrayBuffer, url: string): Promise<void> {
  const found = await hashOf(bytes);
  if (!file.sha256.includes(found))
    throw new AppError('hash-mismatch', `${url} is not the expected file`, { url, expected: file.sha256[0], found }); // prettier-ignore
  // A full disk is no reason to fail: the file is there, and is fetched again next time.
  await (await openCache())?.put(keyOf(file), new Response(bytes)).catch(() => undefined);
}

/**
 * The content of a file that is at hand.
 * @throws AppError 'python-missing', 'hash-mismatch'
 */
export async function readFile({ version }: PythonManifest, file: PythonFile): Promise<ArrayBuffer> {
  const known = await (await openCache())?.match(keyOf(file));
  if (known) return known.arrayBuffer();
  const url = at(`python/${version}/${file.name}`);
  const answer = file.builtIn ? await fetch(url).catch(() => undefined) : undefined;
  if (!answer?.ok)
    throw new AppError('python-missing', `${url} cannot be fetched`, {
      file: file.name,
      host: location.host,
    });
  const bytes = await answer.arrayBuffer();
  await keep(file, bytes, url);
  return bytes;
}

/** Deletes everything kept. */
export async function removeKept(): Promise<void> {
  manifest = undefined;
  await caches.delete(CACHE);
}
