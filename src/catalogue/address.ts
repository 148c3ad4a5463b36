// Parses what a user may type to name a model: a direct link, a page of a hub, or owner/repository.
import { AppError } from '../shared/errors';
import type { FetchJson, Hub, HubFile, RemoteSource } from './hubs';
import {
  fileUrl,
  hostOf,
  HUGGING_FACE,
  listFiles,
  MODELSCOPE,
  originalFiles,
  remoteFile,
  repoPage,
} from './hubs';

export type ModelAddress =
  /** One file, or the first part of a split set: loads as { kind: 'url', url }. */
  | { kind: 'url'; url: string; name: string }
  /** A repository; {@link listChoices} lists its models. Without `revision`: the newest. */
  | { kind: 'repo'; hub: Hub; repo: string; revision?: string };

/** A loadable model in a repository. */
export interface RepoChoice {
  /** 'glm-4-9b-chat-Q4_K_M.gguf'; for a split set its first part; 'model.safetensors' for original weights. */
  name: string;
  kind: 'gguf' | 'safetensors';
  bytes: number;
  source: RemoteSource;
}

const OWNER_REPO = /^([\w.-]+)\/([\w.-]+)(?:\/(.+\.gguf))?$/i;
const SPLIT_PART = /-\d{5}-of-(\d{5})\.gguf$/i;

/** A host without a scheme: a name with a top-level domain, an IPv4 address or localhost, then a path. */
const BARE_HOST = /^((?:[a-z\d-]+\.)+[a-z]{2,}|localhost|\d{1,3}(?:\.\d{1,3}){3})(:\d{1,5})?\//i;
const MODEL_FILE = /\.(gguf|glmpack|safetensors)$/i;
/** Sites with repositories of another kind: their pages are no pages of a mirror. */
const OTHER_SITES =
  /(^|\.)(github\.com|githubusercontent\.com|gitlab\.com|gitee\.com|gitcode\.com|bitbucket\.org)$/;

/** Adds the scheme to an address that was copied without it: https, or http for this machine and IP addresses. */
function withScheme(text: string): string {
  const host = BARE_HOST.exec(text)?.[1];
  if (host === undefined) return text;
  return `${/^(localhost|[\d.]+)$/i.test(host) ? 'http' : 'https'}://${text}`;
}

/**
 * Parses a direct link, a repository or file page of Hugging Face, ModelScope or the mirror, or `owner/repo` (on
 * `hub`). A link to a file's page becomes a link to its bytes; a part of a split set becomes the first part. If `hub`
 * is a mirror, addresses on huggingface.co are redirected to it. Other hosts with the paths of Hugging Face are read as
 * its mirrors; a missing https:// is added.
 * @throws AppError 'bad-address', listing the accepted forms.
 */
export function parseModelAddress(text: string, hub: Hub): ModelAddress {
  const address = withScheme(text.trim());
  const short = OWNER_REPO.exec(address);
  if (short) {
    const [, owner, name, path] = short;
    if (!/^\.+$/.test(owner) && !/^\.+$/.test(name)) return inRepo(hub, `${owner}/${name}`, undefined, path);
  }
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw badAddress(address);
  return hubPage(url, hub) ?? mirrorPage(url) ?? fileAddress(url.href, decoded(url.pathname));
}

/** Parses a page of an unknown host whose path is that of a page on Hugging Face; undefined for all other links. */
function mirrorPage(url: URL): ModelAddress | undefined {
  const blob = /^\/([\w.-]+\/[\w.-]+)\/blob\/([^/]+\/.+)$/.exec(url.pathname);
  if (url.hostname === 'github.com' && blob)
    return fileAddress(`https://raw.githubusercontent.com/${blob[1]}/${blob[2]}`, decoded(blob[2]));
  if (OTHER_SITES.test(url.hostname)) return undefined;
  const [owner, name, verb, revision, ...path] = url.pathname.split('/').filter(Boolean).map(decoded);
  if (!owner || !name || !OWNER_REPO.test(`${owner}/${name}`)) return undefined;
  const hub: Hub = { kind: 'mirror', baseUrl: url.origin };
  if (verb === undefined) {
    if (url.search || MODEL_FILE.test(name)) return undefined;
    return inRepo(hub, `${owner}/${name}`, undefined, undefined);
  }
  if (verb === 'resolve' || revision === undefined || !/^(blob|tree|raw)$/.test(verb)) return undefined;
  return inRepo(hub, `${owner}/${name}`, revision, path.join('/'));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray % sign
  }
}

function badAddress(address: string): AppError {
  return new AppError(
    'bad-address',
    `"${address}" names no model. Give a link to a .gguf file, a page on Hugging Face or ModelScope, or owner/repository.`,
    { address },
  );
}

/** Parses a page of a hub; undefined for other sites. */
function hubPage(url: URL, hub: Hub): ModelAddress | undefined {
  const site = siteOf(url, hub);
  if (!site) return undefined;
  const segments = url.pathname
    .slice(new URL(site.baseUrl).pathname.replace(/\/$/, '').length)
    .split('/')
    .filter(Boolean)
    .map(decoded);
  if (segments[0] === 'models') segments.shift(); // ModelScope, and Hugging Face's older pages
  const [owner, name, ...rest] = segments;
  if (!owner || !name || !OWNER_REPO.test(`${owner}/${name}`) || /^(datasets|spaces|docs)$/.test(owner))
    throw badAddress(url.href);
  const repo = `${owner}/${name}`;
  if (rest[0] === 'file') rest.splice(0, 1); // ModelScope: file/view/master/…
  const [verb, revision, ...path] = rest;
  const named = /^(blob|resolve|raw|tree|view)$/.test(verb ?? '');
  return inRepo(site, repo, named ? revision : undefined, named ? path.join('/') : '');
}

function siteOf(url: URL, hub: Hub): Hub | undefined {
  if (hub.kind === 'mirror' && url.href.startsWith(`${hub.baseUrl}/`)) return hub;
  if (/^(www\.)?(huggingface\.co|hf\.co)$/.test(url.hostname))
    return hub.kind === 'mirror' ? hub : HUGGING_FACE;
  if (/^(www\.)?modelscope\.cn$/.test(url.hostname)) return MODELSCOPE;
  if (/^(www\.)?modelscope\.ai$/.test(url.hostname))
    return { ...MODELSCOPE, baseUrl: 'https://www.modelscope.ai' };
  return undefined;
}

/** A GGUF file becomes its URL; any other file becomes its repository. */
function inRepo(
  hub: Hub,
  repo: string,
  revision: string | undefined,
  path: string | undefined,
): ModelAddress {
  if (path && /\.gguf$/i.test(path)) return fileAddress(fileUrl(hub, repo, path, revision), path);
  return { kind: 'repo', hub, repo, ...(revision && { revision }) };
}

function fileAddress(url: string, path: string): ModelAddress {
  const first = (text: string) => text.replace(SPLIT_PART, '-00001-of-$1.gguf');
  return { kind: 'url', url: first(url), name: first(path.split('/').at(-1) ?? '') };
}

/**
 * The loadable models of a repository, smallest first: every complete GGUF, and the original weights.
 * @throws AppError 'no-model-file' if there are none; bad-listing; the errors of fetchJson.
 */
export async function listChoices(
  { hub, repo, revision }: Extract<ModelAddress, { kind: 'repo' }>,
  fetchJson: FetchJson,
  token?: string,
): Promise<RepoChoice[]> {
  const listing = await listFiles(hub, repo, fetchJson, revision);
  const choice = (kind: RepoChoice['kind'], name: string, files: HubFile[]): RepoChoice => ({
    name,
    kind,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    source: {
      kind: 'remote',
      origin: `${hostOf(hub)}:${repo}${revision ? `@${revision}` : ''}/${name}`,
      name: kind === 'gguf' ? name.split('/').at(-1)! : repo.split('/')[1],
      files: files.map((file) => remoteFile(hub, repo, file, revision)),
      ...(token && { token }),
    },
  });
  const choices = ggufSets(listing).map((files) => choice('gguf', files[0].name, files));
  const originals = originalFiles(listing);
  if (originals.length > 0) choices.push(choice('safetensors', 'model.safetensors', originals));
  if (choices.length === 0) {
    throw new AppError(
      'no-model-file',
      `${repoPage(hub, repo)} holds neither a GGUF nor safetensors. Choose another repository.`,
      { name: repo },
    );
  }
  return choices.sort((a, b) => a.bytes - b.bytes);
}

/** Single files and complete split sets, parts in order. Vision towers (mmproj) are excluded: they do not run alone. */
function ggufSets(listing: HubFile[]): HubFile[][] {
  const byName = new Map(listing.map((file) => [file.name, file]));
  return listing.flatMap((file) => {
    if (!/\.gguf$/i.test(file.name) || /(^|\/)mmproj/i.test(file.name)) return [];
    const part = /-(\d{5})-of-(\d{5})(\.gguf)$/i.exec(file.name);
    if (!part) return [[file]];
    if (part[1] !== '00001') return [];
    const parts = Array.from({ length: Number(part[2]) }, (_, i) =>
      byName.get(file.name.replace(SPLIT_PART, `-${String(i + 1).padStart(5, '0')}-of-$1${part[3]}`)),
    );
    return parts.every((one) => one !== undefined) ? [parts] : [];
  });
}
