// Hubs of model files: Hugging Face, a mirror with the same paths, ModelScope. Builds addresses and parses listings;
// the caller supplies the fetch function.
import type { ModelSource, RemoteFile } from '../protocol/models';
import { AppError, isAbort } from '../shared/errors';
import { originOfVariant, recommendedVariant } from './models';
import type { CatalogueModel, ModelVariant, RepoHost } from './types';

export type HubKind = 'huggingface' | 'mirror' | 'modelscope';

/** Plain data, so that it can be stored in the preferences. */
export interface Hub {
  kind: HubKind;
  /** Without a trailing slash. */
  baseUrl: string;
}

export const HUGGING_FACE: Hub = { kind: 'huggingface', baseUrl: 'https://huggingface.co' };
/** Its CDN exposes neither Content-Range nor ETag (any origin and Range are allowed): sizes come from listings. */
export const MODELSCOPE: Hub = { kind: 'modelscope', baseUrl: 'https://www.modelscope.cn' };

/** GET as JSON. Should throw an AppError for the status (not-found, access-denied, http-error, network). */
export type FetchJson = (url: string) => Promise<unknown>;

export interface HubFile {
  /** Path in the repository. */
  name: string;
  bytes: number;
  /** Hex; '' when the hub publishes none for this file (Hugging Face: small files kept in git itself). */
  sha256: string;
}

export type RemoteSource = Extract<ModelSource, { kind: 'remote' }>;

/** The hub of these preferences. @throws AppError 'bad-address' for a mirror address that is not an address */
export function hubOf(kind: HubKind, mirrorUrl: string): Hub {
  if (kind === 'mirror') return mirrorHub(mirrorUrl);
  return kind === 'modelscope' ? MODELSCOPE : HUGGING_FACE;
}

/** A Hugging Face mirror from a typed address. @throws AppError 'bad-address' unless https or this machine. */
export function mirrorHub(text: string): Hub {
  const trimmed = text.trim();
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const local = url && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && local)) || url.username) {
    throw new AppError(
      'bad-address',
      `"${trimmed}" is no address of a mirror. Give one that begins with https://, for example https://hf-mirror.com.`,
      { address: trimmed },
    );
  }
  return { kind: 'mirror', baseUrl: `${url.origin}${url.pathname}`.replace(/\/+$/, '') };
}

/** The host whose repository names a hub uses. */
export function hostOf(hub: Hub): RepoHost {
  return hub.kind === 'modelscope' ? 'modelscope' : 'huggingface';
}

/** The variant's repository on a hub; undefined when that hub has none. */
export function repoOn(variant: ModelVariant, hub: Hub): string | undefined {
  return variant.repos[hostOf(hub)];
}

/** The variant of a model that a hub offers: the recommended one, else the smallest; undefined if it has none. */
export function variantOn(model: CatalogueModel, hub: Hub): ModelVariant | undefined {
  const carried = model.variants.filter((variant) => repoOn(variant, hub));
  return carried.find((variant) => variant.recommended) ?? smallest(carried);
}

/** Hubs that carry a variant, the preferred one first. */
export function hubsCarrying(variant: ModelVariant, preferred: Hub): Hub[] {
  const others = [HUGGING_FACE, MODELSCOPE].filter(({ baseUrl }) => baseUrl !== preferred.baseUrl);
  return [preferred, ...others].filter((hub) => repoOn(variant, hub));
}

/** Answers of hubs that were tried, by base URL; missing: not tried. */
export type Reach = Readonly<Record<string, boolean>>;

/**
 * The variant that a model is offered as: the recommended one, whichever hub has it. Only if no hub that carries it
 * answers does the smallest variant of a hub that does answer take its place.
 */
export function leadingVariant(model: CatalogueModel, preferred: Hub, reach: Reach): ModelVariant {
  const best = recommendedVariant(model);
  if (hubsCarrying(best, preferred).some(({ baseUrl }) => reach[baseUrl] !== false)) return best;
  const reached = model.variants.filter((variant) =>
    hubsCarrying(variant, preferred).some(({ baseUrl }) => reach[baseUrl]),
  );
  return smallest(reached) ?? best;
}

/** A smaller variant that another hub offers and this hub lacks. */
export function smallerElsewhere(
  model: CatalogueModel,
  variant: ModelVariant,
  hub: Hub,
): ModelVariant | undefined {
  const others = model.variants.filter((other) => !repoOn(other, hub));
  const best = others.find(({ recommended }) => recommended) ?? smallest(others);
  return best && best.downloadBytes < variant.downloadBytes ? best : undefined;
}

function smallest(variants: ModelVariant[]): ModelVariant | undefined {
  return variants.toSorted((a, b) => a.downloadBytes - b.downloadBytes).at(0);
}

/** URL of a repository's page, for display. */
export function repoPage(hub: Hub, repo: string): string {
  return hub.kind === 'modelscope' ? `${hub.baseUrl}/models/${repo}` : `${hub.baseUrl}/${repo}`;
}

/** URL of a file's bytes. */
export function fileUrl(hub: Hub, repo: string, path: string, revision = mainRevision(hub)): string {
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  return `${repoPage(hub, repo)}/resolve/${encodeURIComponent(revision)}/${encoded}`;
}

function mainRevision(hub: Hub): string {
  return hub.kind === 'modelscope' ? 'master' : 'main';
}

/** URL of a repository's file list. */
function listingUrl(hub: Hub, repo: string, revision = mainRevision(hub)): string {
  const at = encodeURIComponent(revision);
  return hub.kind === 'modelscope'
    ? `${hub.baseUrl}/api/v1/models/${repo}/repo/files?Revision=${at}&Recursive=true`
    : `${hub.baseUrl}/api/models/${repo}/tree/${at}?recursive=true`;
}

/** All files of a repository. @throws AppError 'bad-listing' for an invalid response; the errors of fetchJson. */
export async function listFiles(
  hub: Hub,
  repo: string,
  fetchJson: FetchJson,
  revision?: string,
): Promise<HubFile[]> {
  const url = listingUrl(hub, repo, revision);
  const answer = await fetchJson(url);
  const entries = hub.kind === 'modelscope' ? field(field(answer, 'Data'), 'Files') : answer;
  if (!Array.isArray(entries)) {
    throw new AppError(
      'bad-listing',
      `${url} did not answer with a list of files. Choose another source, or give the address of the model file itself.`,
      { url },
    );
  }
  return entries.flatMap((entry: unknown) => readEntry(entry, hub.kind === 'modelscope'));
}

/** Parses one row of a listing; returns [] for folders and invalid rows. */
function readEntry(entry: unknown, isModelScope: boolean): HubFile[] {
  const name = field(entry, isModelScope ? 'Path' : 'path');
  const type = field(entry, isModelScope ? 'Type' : 'type');
  const bytes = field(entry, isModelScope ? 'Size' : 'size');
  const digest = isModelScope ? field(entry, 'Sha256') : field(field(entry, 'lfs'), 'oid');
  if (typeof name !== 'string' || !name || name.split('/').includes('..')) return [];
  if (type === 'tree' || type === 'directory') return [];
  if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes < 0) return [];
  const sha256 = typeof digest === 'string' && /^[\da-f]{64}$/i.test(digest) ? digest.toLowerCase() : '';
  return [{ name, bytes, sha256 }];
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

/** A file as the engine fetches it; unknown sizes and digests are omitted. */
export function remoteFile(hub: Hub, repo: string, file: HubFile | string, revision?: string): RemoteFile {
  const { name, bytes, sha256 } = typeof file === 'string' ? { name: file, bytes: 0, sha256: '' } : file;
  return {
    url: fileUrl(hub, repo, name, revision),
    name,
    ...(bytes > 0 && { bytes }),
    ...(sha256 && { sha256 }),
  };
}

export interface ResolveArgs {
  model: CatalogueModel;
  variant: ModelVariant;
  hub: Hub;
  fetchJson: FetchJson;
  /** Access token for this hub, sent to the servers of the files. */
  token?: string;
}

/**
 * The files to load, with URLs, and with published sizes and digests where the hub lists them. If the listing cannot be
 * read (mirrors without the API, CORS), the catalogue's file names are used.
 * @throws AppError not-on-hub, not-found (a file of the variant is missing), pin-mismatch (the hub lists another digest
 *   than the catalogue's), access-denied; an abort passes through.
 */
export async function resolveModel(args: ResolveArgs): Promise<RemoteSource> {
  const { model, variant, hub, fetchJson, token } = args;
  const repo = repoOn(variant, hub);
  if (!repo) {
    throw new AppError(
      'not-on-hub',
      `${hub.baseUrl} does not carry ${model.name} ${variant.label}. Choose another source or another variant.`,
      { model: model.name, variant: variant.label, hub: hub.baseUrl },
    );
  }
  let listing: HubFile[] | undefined;
  try {
    listing = await listFiles(hub, repo, fetchJson);
  } catch (error) {
    const code = error instanceof AppError ? error.code : '';
    const meansMissing = code === 'not-found' && hub.kind !== 'mirror';
    if (isAbort(error) || meansMissing || code === 'access-denied') throw error;
  }
  const files = listing ? listedFiles(variant, hub, repo, listing) : variant.files;
  return {
    kind: 'remote',
    origin: originOfVariant(model, variant),
    name: model.name,
    files: files.map((file) => pinned(variant, remoteFile(hub, repo, file))),
    ...(token && { token }),
  };
}

/** The file with the size and digest that the catalogue knows. @throws AppError pin-mismatch */
function pinned(variant: ModelVariant, file: RemoteFile): RemoteFile {
  const pin = variant.pins?.[file.name];
  if (!pin) return file;
  const { url, sha256 = pin.sha256 } = file;
  if (sha256 !== pin.sha256) {
    const message =
      `${url} is not the file that the catalogue knows: SHA-256 ${sha256} instead of ${pin.sha256}. Nothing was ` +
      'downloaded. Choose another source, or give this address as a model of your own.';
    throw new AppError('pin-mismatch', message, { url, expected: pin.sha256, found: sha256 });
  }
  return { ...file, bytes: pin.bytes, sha256 };
}

/** The variant's files in the listing; for an original repository, the shards that are listed. */
function listedFiles(variant: ModelVariant, hub: Hub, repo: string, listing: HubFile[]): HubFile[] {
  if (variant.kind === 'safetensors') {
    const files = originalFiles(listing);
    if (files.length > 0) return files;
  }
  return variant.files.map((name) => {
    const file = listing.find((listed) => listed.name === name);
    if (file) return file;
    const url = fileUrl(hub, repo, name);
    throw new AppError(
      'not-found',
      `${repoPage(hub, repo)} has no file ${name} any more. Choose another source or another variant.`,
      { url },
    );
  });
}

/** Files of an original repository: configuration, tokenizer, index and shards; [] when it has no weights. */
export function originalFiles(listing: readonly HubFile[]): HubFile[] {
  const shards = listing.filter(({ name }) => /^model(-\d{5}-of-\d{5})?\.safetensors$/.test(name));
  if (shards.length === 0) return [];
  const has = (name: string) => listing.some((file) => file.name === name);
  const names = new Set([
    'config.json',
    'generation_config.json',
    'tokenizer_config.json',
    'model.safetensors.index.json',
    has('tokenizer.model') ? 'tokenizer.model' : 'tokenizer.json', // both files hold the same vocabulary
  ]);
  const byName = (a: HubFile, b: HubFile) => (a.name < b.name ? -1 : 1);
  return [...listing.filter(({ name }) => names.has(name)).sort(byName), ...shards.sort(byName)];
}
