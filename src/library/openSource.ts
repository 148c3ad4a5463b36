// Opens the model that the user chose: GGUF parts, an original repository, or a model exported by this app.
import type { ModelSource } from '../protocol/models';
import { AppError } from '../shared/errors';
import { mergesAreRedundant } from '../tokenizer/tokenizer';
import { downloadPool, downloadSource, fileKeyOf, type ChunkStaging } from '../weights/download';
import { digestHex } from '../weights/digest';
import { openGguf, splitUrls, type GgufFile } from '../weights/file/gguf';
import type { Pack } from '../weights/pack/importPack';
import { isPack } from '../weights/pack/packHeader';
import { isOfficialModel } from '../weights/file/official/isOfficialModel';
import { bytesSource, fileSource, httpSource, WHOLE_BYTES } from '../weights/file/sources';
import type { Metadata, ModelManifest, SourceFile, SourceRecord, WeightSource } from '../weights/types';
import type { ProgressMeter } from './progressMeter';
import { fetchPart } from '../shared/missingPart';

/** A source that can be imported. */
export type UncachedSource = Exclude<ModelSource, { kind: 'cached' | 'disk' }>;

export interface OpenOptions {
  signal: AbortSignal;
  /** Durable store for downloads; without it only headers are read, and nothing is stored. */
  staging?: ChunkStaging;
  /** Receives byte counts and retry notices. */
  meter?: ProgressMeter;
}

/** A model opened by its headers. */
export interface OpenedModel {
  model: { kind: 'gguf'; gguf: GgufFile } | { kind: 'pack'; pack: Pack };
  /** In the order of `record`. */
  sources: WeightSource[];
  /** Where the model can be fetched again; null for local files. */
  record: SourceRecord | null;
  /** Bytes on disk, from this session and earlier ones. */
  stagedBytes(): number;
  /** Aborts every request; staged chunks stay. */
  close(): void;
}

/** The origin of a model, for display and for finding it offline. */
export function originOf(source: Exclude<ModelSource, { kind: 'cached' }>): string {
  const origin =
    source.kind === 'url'
      ? source.url
      : source.kind === 'remote'
        ? source.origin
        : (source.files[0]?.name ?? '');
  return 'part' in source && source.part === 'eyes' ? `${origin} (eyes)` : origin;
}

/** Metadata without the merge list if the ranks imply it: it is most of the header and would be read at every start. */
export function withoutMerges(metadata: Metadata): Metadata {
  if (!mergesAreRedundant(metadata)) return metadata;
  const { 'tokenizer.ggml.merges': _, ...rest } = metadata;
  return rest;
}

/** The storable part of a source, without the token. */
function recordOf(source: UncachedSource): SourceRecord | null {
  if (source.kind === 'files') return null;
  const part = source.part && { part: source.part };
  if (source.kind === 'url') return { kind: 'url', url: source.url, ...part };
  const files = source.files.map(({ url, name, bytes, sha256 }) => ({ url, name, bytes, sha256 }));
  return { kind: 'remote', origin: source.origin, name: source.name, files, ...part };
}

/** Origin of a stored model; manifests written by older versions have only the URL. */
export function knownSource({ source, origin }: ModelManifest): SourceRecord | null {
  if (source !== undefined) return source;
  return /^https?:/.test(origin) ? { kind: 'url', url: origin } : null;
}

/** The files of a record, in the order of its `sources`. */
export function filesOf(record: SourceRecord): SourceFile[] {
  if (record.kind === 'remote') return record.files;
  return splitUrls(record.url).map((url) => ({ url, name: /([^/?#]*)(?:[?#]|$)/.exec(url)?.[1] ?? url }));
}

/** @throws AppError from reading the headers */
export async function openSource(source: UncachedSource, options: OpenOptions): Promise<OpenedModel> {
  const record = recordOf(source);
  const stop = new AbortController(); // a separate controller: a download prefetches until it is closed
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const close = (): void => stop.abort(new DOMException('The download was closed.', 'AbortError'));
  try {
    const names = source.kind === 'files' ? source.files : filesOf(record as SourceRecord);
    const sources =
      source.kind === 'files'
        ? source.files.map((file) => fileSource(file))
        : await openRemote(filesOf(record as SourceRecord), source, { ...options, signal });
    const stagedBytes = (): number => sources.reduce((sum, opened) => sum + stagedOf(opened), 0);
    if (options.meter) options.meter.ahead = stagedBytes;
    const model = await openModel(
      sources.map((opened, i) => ({ name: names[i].name, source: opened })),
      source,
      signal,
    );
    return { model, sources, record, stagedBytes, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Opens large files as resumable downloads, small ones directly. */
async function openRemote(
  files: SourceFile[],
  source: UncachedSource,
  { signal, staging, meter }: OpenOptions,
): Promise<WeightSource[]> {
  const token = source.kind === 'remote' ? source.token : undefined;
  const pool = downloadPool();
  const open = async (file: SourceFile): Promise<WeightSource> => {
    const direct = httpSource(file.url, { token });
    if (!staging) return direct;
    const isBegun = (await staging.record(await fileKeyOf(file))) !== undefined;
    if (!isBegun && (file.bytes ?? (await direct.byteLength(signal))) <= WHOLE_BYTES)
      return file.sha256 === undefined ? direct : checkedWhole(direct, file.sha256, signal);
    return downloadSource(file, {
      ...{ token, staging, signal, pool },
      onRetry: (notice) => meter?.retry(notice),
      onBytes: (bytes) => meter?.received(bytes),
    });
  };
  return Promise.all(files.map(open));
}

/** A small file, read whole and held against its published digest. @throws AppError 'hash-mismatch' */
async function checkedWhole(
  direct: WeightSource,
  sha256: string,
  signal?: AbortSignal,
): Promise<WeightSource> {
  const bytes = await direct.read(0, await direct.byteLength(signal), signal);
  const found = await digestHex(bytes);
  if (found === sha256.toLowerCase()) return bytesSource(bytes, direct.name);
  const message = `${direct.name} has the SHA-256 ${found} instead of ${sha256}. Choose another source.`;
  throw new AppError('hash-mismatch', message, { url: direct.name, expected: sha256, found });
}

function stagedOf(source: WeightSource): number {
  return 'stats' in source ? (source as ReturnType<typeof downloadSource>).stats().stagedBytes : 0;
}

async function openModel(
  files: { name: string; source: WeightSource }[],
  source: UncachedSource,
  signal: AbortSignal,
): Promise<OpenedModel['model']> {
  if (isOfficialModel(files)) {
    const { openOfficialModel } = await fetchPart(() => import('../weights/file/official/openOfficialModel'));
    const { part } = source;
    return { kind: 'gguf', gguf: await openOfficialModel(files, { name: nameOf(source), part }, signal) };
  }
  // a hub lists GGUF files: a pack in the place of one is refused as what it is not
  if (files.length === 1 && source.kind !== 'remote' && (await isPack(files[0].source, signal))) {
    const { openPack } = await fetchPart(() => import('../weights/pack/importPack'));
    const pack = await openPack(files[0].source, signal);
    if (pack) return { kind: 'pack', pack };
  }
  return { kind: 'gguf', gguf: await openGguf(files.map(({ source }) => source), signal) }; // prettier-ignore
}

/** Display name: the catalogue's name, or the repository's folder. */
function nameOf(source: UncachedSource): string {
  if (source.kind === 'remote') return source.name;
  if (source.kind === 'url') return source.url;
  const [folder, ...inside] = source.files[0]?.webkitRelativePath?.split('/') ?? [];
  return inside.length > 0 ? folder : (source.files[0]?.name ?? '');
}
