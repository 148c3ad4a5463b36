// From what the user chose to an opened model: GGUF parts, an original repository, or a model exported by this app.
import type { ModelSource } from '../protocol/models';
import { mergesAreRedundant } from '../tokenizer/tokenizer';
import { CHUNK_BYTES, downloadPool, downloadSource, fileKeyOf, type ChunkStaging } from '../weights/download';
import { openGguf, splitUrls, type GgufFile } from '../weights/file/gguf';
import { openPack, type Pack } from '../weights/pack/importPack';
import { isOfficialModel, openOfficialModel } from '../weights/file/official/openOfficialModel';
import { fileSource, httpSource } from '../weights/file/sources';
import type { Metadata, ModelManifest, SourceFile, SourceRecord, WeightSource } from '../weights/types';
import type { ProgressMeter } from './progressMeter';

/** What an import begins with. */
export type UncachedSource = Exclude<ModelSource, { kind: 'cached' | 'disk' }>;

export interface OpenOptions {
  signal: AbortSignal;
  /** Where downloads survive; without it only headers are read, and nothing is kept. */
  staging?: ChunkStaging;
  /** Hears of bytes that arrive and of servers that do not answer. */
  meter?: ProgressMeter;
}

/** Opened by its headers. */
export interface OpenedModel {
  model: { kind: 'gguf'; gguf: GgufFile } | { kind: 'pack'; pack: Pack };
  /** In the order of `record`. */
  sources: WeightSource[];
  /** Where it can be fetched again; null for local files. */
  record: SourceRecord | null;
  /** On disk, from this session and earlier ones. */
  stagedBytes(): number;
  /** Ends every request; what is staged stays. */
  close(): void;
}

/** Where the model comes from, for people and for finding it again with the network off. */
export function originOf(source: Exclude<ModelSource, { kind: 'cached' }>): string {
  if (source.kind === 'remote') return source.origin;
  return source.kind === 'url' ? source.url : (source.files[0]?.name ?? '');
}

/** Without the merge list when the ranks say the same: it is most of the header and would be read at every start. */
export function withoutMerges(metadata: Metadata): Metadata {
  if (!mergesAreRedundant(metadata)) return metadata;
  const { 'tokenizer.ggml.merges': _, ...rest } = metadata;
  return rest;
}

/** What may be stored of a source: no token. */
function recordOf(source: UncachedSource): SourceRecord | null {
  if (source.kind === 'files') return null;
  if (source.kind === 'url') return { kind: 'url', url: source.url };
  const files = source.files.map(({ url, name, bytes, sha256 }) => ({ url, name, bytes, sha256 }));
  return { kind: 'remote', origin: source.origin, name: source.name, files };
}

/** Where a stored model came from; manifests of older apps have only the address. */
export function knownSource({ source, origin }: ModelManifest): SourceRecord | null {
  if (source !== undefined) return source;
  return /^https?:/.test(origin) ? { kind: 'url', url: origin } : null;
}

/** The files of a record, in the order of its `sources`. */
export function filesOf(record: SourceRecord): SourceFile[] {
  if (record.kind === 'remote') return record.files;
  return splitUrls(record.url).map((url) => ({ url, name: /([^/?#]*)(?:[?#]|$)/.exec(url)?.[1] ?? url }));
}

/** @throws AppError whatever reading the headers meets */
export async function openSource(source: UncachedSource, options: OpenOptions): Promise<OpenedModel> {
  const record = recordOf(source);
  const stop = new AbortController(); // of its own: a download goes on fetching ahead until it is closed
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
      nameOf(source),
      signal,
    );
    return { model, sources, record, stagedBytes, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Large files through a download that can be continued, small ones directly. */
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
    if (!isBegun && (file.bytes ?? (await direct.byteLength(signal))) <= CHUNK_BYTES) return direct;
    return downloadSource(file, {
      ...{ token, staging, signal, pool },
      onRetry: (notice) => meter?.retry(notice),
      onBytes: (bytes) => meter?.received(bytes),
    });
  };
  return Promise.all(files.map(open));
}

function stagedOf(source: WeightSource): number {
  return 'stats' in source ? (source as ReturnType<typeof downloadSource>).stats().stagedBytes : 0;
}

async function openModel(
  files: { name: string; source: WeightSource }[],
  name: string,
  signal: AbortSignal,
): Promise<OpenedModel['model']> {
  if (isOfficialModel(files)) {
    return { kind: 'gguf', gguf: await openOfficialModel(files, { name }, signal) };
  }
  const pack = files.length === 1 ? await openPack(files[0].source, signal) : undefined;
  if (pack) return { kind: 'pack', pack };
  return { kind: 'gguf', gguf: await openGguf(files.map(({ source }) => source), signal) }; // prettier-ignore
}

/** What people call it: the catalogue's name, or the folder of a repository. */
function nameOf(source: UncachedSource): string {
  if (source.kind === 'remote') return source.name;
  if (source.kind === 'url') return source.url;
  const [folder, ...inside] = source.files[0]?.webkitRelativePath?.split('/') ?? [];
  return inside.length > 0 ? folder : (source.files[0]?.name ?? '');
}
