// Models on this machine: importing, repairing, listing, exporting and deleting them.
import { architectureOf, areEyes, isEmbedder, planModel } from '../model/architecture';
import type { EngineCalls } from '../protocol/calls';
import type { CachedModel, ModelSource, PartialImport } from '../protocol/models';
import { AppError, isAbort, toWireError } from '../shared/errors';
import { openCache } from '../weights/stored/cache';
import { databaseStaging, fileKeyOf, memoryStaging, type ChunkStaging } from '../weights/download';
import { modelId } from '../weights/file/gguf';
import { importModel } from '../weights/pack/importer';
import { LAYOUT_VERSION } from '../weights/stored/layoutVersion';
import { importUnderWay, unlessImporting, withImportLock } from '../weights/stored/locks';
import type { ModelCache, ModelManifest, SourceRecord, WeightProgress } from '../weights/types';
import { findDamage } from '../weights/stored/verify';
import {
  filesOf,
  knownSource,
  openSource,
  originOf,
  withoutMerges,
  type OpenedModel,
  type UncachedSource,
} from './openSource';
import type { DiskModel } from './diskModel';
import type { KvStore } from './kvStore';
import { cacheBefore } from './kvStore';
import type { ProgressMeter } from './progressMeter';
import { idBeside } from './contentId';
import { Repairer } from './repairer';
import { fetchPart } from '../shared/missingPart';

/** Downloads started this long ago without an import are deleted. */
const STALE_MS = 60 * 60 * 1000;

type Announce = (progress: WeightProgress) => void;

export interface StoreEnvironment {
  /** Default: the browser's IndexedDB. */
  cache?: ModelCache;
  /** KV of long chats; evicted when a model needs the space. */
  kvStore?: KvStore;
  /** Default: in the same place as the cache. */
  staging?: ChunkStaging;
}

/** A model with readable weights: from the cache, or from its files on disk. */
export type ReadyModel = { manifest: ModelManifest } & Partial<DiskModel>;

export class ModelStore {
  private opened: { cache: ModelCache; staging: ChunkStaging } | undefined;

  constructor(private readonly environment: StoreEnvironment) {}

  /** Opens and sweeps the cache. @throws AppError 'storage-unavailable' */
  async cache(): Promise<ModelCache> {
    return (await this.open()).cache;
  }

  private async open(): Promise<{ cache: ModelCache; staging: ChunkStaging }> {
    if (this.opened) return this.opened;
    const { environment } = this;
    const opened = environment.cache ?? (await openCache());
    const cache = environment.kvStore ? cacheBefore(environment.kvStore, opened) : opened;
    const staging = environment.staging ?? (environment.cache ? memoryStaging() : databaseStaging());
    await sweepDownloads(cache, staging);
    return (this.opened = { cache, staging });
  }

  /** A model ready to load, imported if needed. @throws as {@link ensureCached}; file-changed, file-unreadable */
  async ready(source: ModelSource, meter: ProgressMeter, signal: AbortSignal): Promise<ReadyModel> {
    if (source.kind === 'disk') {
      const { openDiskModel } = await fetchPart(() => import('./diskModel'));
      return openDiskModel(source, { cache: await this.cache(), signal, meter });
    }
    return { manifest: await this.ensureCached(source, meter, signal) };
  }

  /**
   * The manifest of a model. A model missing from the cache is imported in this tab, or awaited if another tab is
   * importing it. An interrupted import resumes.
   * @throws AppError of nearly every code; an abort throws the signal's reason.
   */
  async ensureCached(source: ModelSource, meter: ProgressMeter, signal: AbortSignal): Promise<ModelManifest> {
    const { cache } = await this.open();
    const known = await findCached(cache, source);
    if (known?.disk || source.kind === 'disk') throw onDisk(known);
    if (known) return known;
    const importable = source.kind === 'cached' ? await sourceOfStored(cache, source.id) : source;
    if (importable.kind === 'files') return this.import(importable, meter, signal, () => undefined);
    const onElsewhere = elsewhere(meter);
    // lock before the first request, so that two tabs do not both read the header
    return withImportLock(originOf(importable), { signal, onElsewhere }, async (announce) => {
      const imported = await findCached(cache, importable); // imported by the other tab meanwhile
      return imported ?? this.import(importable, meter, signal, announce);
    });
  }

  private async import(
    source: UncachedSource,
    meter: ProgressMeter,
    signal: AbortSignal,
    announce: Announce,
  ): Promise<ModelManifest> {
    const { cache, staging } = await this.open();
    const opened = await openSource(source, { signal, staging, meter }).catch(async (error: unknown) => {
      if (error instanceof AppError && error.code === 'source-changed')
        await this.dropChanged(originOf(source));
      throw error;
    });
    try {
      const manifest = await this.importOpened(opened, source, meter, signal, announce);
      await cache.rememberOrigin(originOf(source), manifest.id); // the next start finds it offline
      await Promise.all(opened.sources.map((used) => used.forget?.().catch(() => undefined)));
      return manifest;
    } finally {
      opened.close();
    }
  }

  private async importOpened(
    { model, sources, record, stagedBytes }: OpenedModel,
    source: UncachedSource,
    meter: ProgressMeter,
    signal: AbortSignal,
    announce: Announce,
  ): Promise<ModelManifest> {
    const { cache, staging } = await this.open();
    const origin = originOf(source);
    const onProgress = (progress: WeightProgress): void => {
      meter.at(progress.phase, progress.doneBytes, progress.totalBytes);
      announce(progress);
    };
    const common = { cache, origin, source: record, signal, onProgress, onElsewhere: elsewhere(meter) };
    if (model.kind === 'pack') {
      const [{ importPack }, { assertLoadable }] = await Promise.all([
        fetchPart(() => import('../weights/pack/importPack')),
        fetchPart(() => import('./packedModel')),
      ]);
      await assertLoadable(model.pack.manifest, model.pack.source.name);
      return importPack({ ...common, pack: model.pack });
    }
    const { gguf } = model;
    const content = await modelId(gguf);
    const others = [await cache.manifest(content), await cache.journal(content)];
    const id = await idBeside(content, record, others);
    const stored = await cache.manifest(id);
    if (stored) return stored;
    const part = areEyes(gguf.metadata) ? 'eyes' : isEmbedder(gguf.metadata) ? 'embedder' : undefined;
    if (part && source.part !== part) architectureOf(gguf.metadata); // refuses what answers no chat
    const { name, plan } = await planModel(gguf.metadata, gguf.tensors);
    const begun = await cache.journal(id); // perhaps from another address, or from a file
    const manifest = await importModel({
      ...{ ...common, id, gguf, sources, stagedBytes, metadata: withoutMerges(gguf.metadata) },
      name: source.kind === 'remote' ? source.name : name,
      plan,
    });
    if (begun) {
      await cache.rememberOrigin(begun.origin, id);
      for (const key of await downloadKeys(begun.source)) await staging.deleteDownload(key);
    }
    return manifest;
  }

  /** Deletes an import whose source file changed: shards packed from the old file cannot be continued. */
  private async dropChanged(origin: string): Promise<void> {
    const { cache } = await this.open();
    for (const journal of await cache.journals()) {
      if (journal.origin === origin) await unlessImporting(journal.id, () => cache.deleteModel(journal.id));
    }
  }

  /** Repairs damaged shards during a load, from the user's choice of source or from the origin of the import. */
  async repairer(
    manifest: ModelManifest,
    source: ModelSource,
    signal: AbortSignal,
    meter?: ProgressMeter,
  ): Promise<Repairer> {
    return new Repairer({ cache: await this.cache(), manifest, source, signal, meter });
  }

  /** Models in the cache, newest first, including those of another byte layout. @throws AppError storage-unavailable */
  async list(): Promise<CachedModel[]> {
    const manifests = await (await this.cache()).list();
    return manifests.map(
      ({
        id,
        name,
        origin,
        packedBytes,
        sourceBytes,
        importedAt,
        layoutVersion,
        disk,
        fromPack,
        metadata,
      }) => ({
        ...{ id, name, origin, packedBytes, sourceBytes, importedAt },
        ...(fromPack && { fromPack }),
        ...(areEyes(metadata) && { eyes: true as const }),
        ...(isEmbedder(metadata) && { embedder: true as const }),
        // a model used in place is packed at every load, so its layout is never old
        ...(layoutVersion !== LAYOUT_VERSION && !disk && { outdated: true }),
        ...(disk && { disk: disk.map(({ name: file, bytes }) => ({ name: file, bytes })) }),
      }),
    );
  }

  /** Running and interrupted imports, newest first. */
  async listPartial(): Promise<PartialImport[]> {
    const { cache, staging } = await this.open();
    const staged = new Map((await staging.list()).map(({ fileKey, stagedBytes }) => [fileKey, stagedBytes]));
    return Promise.all(
      (await cache.journals()).map(async (journal) => {
        const { id, name, origin, source, doneBytes, totalBytes, packedBytes, updatedAt } = journal;
        const shards = (await cache.storedShards(id)).size;
        const keys = new Set(await downloadKeys(source));
        const stagedBytes = [...keys].reduce((sum, key) => sum + (staged.get(key) ?? 0), 0);
        const storedBytes = Math.min(packedBytes, shards * journal.shardBytes) + stagedBytes;
        return { id, name, origin, source, doneBytes, totalBytes, storedBytes, updatedAt };
      }),
    );
  }

  /** Deletes an interrupted import. @throws AppError 'model-in-use' while it runs in any tab. */
  async deletePartial(id: string): Promise<void> {
    const { cache, staging } = await this.open();
    const isIdle = await unlessImporting(id, async () => {
      const journal = await cache.journal(id);
      if (await cache.manifest(id)) return; // the import finished meanwhile
      for (const key of await downloadKeys(journal?.source ?? null)) await staging.deleteDownload(key);
      await cache.deleteModel(id);
    });
    if (!isIdle) throw importUnderWay(id);
  }

  /**
   * Reads a model back and compares every digest; damaged parts are fetched again if their source is known.
   * @param files files of a model used in place.
   */
  async verify(
    { id, files }: EngineCalls['verifyModel']['args'],
    onEvent: (event: EngineCalls['verifyModel']['event']) => void,
    signal: AbortSignal,
  ): Promise<EngineCalls['verifyModel']['result']> {
    const cache = await this.cache();
    const manifest = (await cache.list()).find((stored) => stored.id === id);
    if (!manifest) throw notStored(id);
    const onProgress = (doneBytes: number, totalBytes: number): void => onEvent({ doneBytes, totalBytes });
    if (manifest.disk) {
      if (!files) throw onDisk(manifest);
      const { findOtherBytes, openDiskModel } = await fetchPart(() => import('./diskModel'));
      const model = await openDiskModel({ kind: 'disk', id, files }, { cache, signal });
      return { damagedShards: await findOtherBytes(model, { signal, onProgress }), repairedShards: [] };
    }
    const damagedShards = await findDamage(cache, manifest, { signal, onProgress });
    const repairedShards: number[] = [];
    const repairer = await this.repairer(manifest, { kind: 'cached', id }, signal);
    const { packedBytes, shardBytes } = manifest;
    try {
      for (const index of damagedShards) {
        await repairer.repair(index);
        repairedShards.push(index);
        const doneBytes = packedBytes + repairedShards.length * shardBytes;
        onEvent({ doneBytes, totalBytes: packedBytes + damagedShards.length * shardBytes });
      }
    } catch (error) {
      if (isAbort(error)) throw error;
      return { damagedShards, repairedShards, failure: toWireError(error) };
    }
    return { damagedShards, repairedShards };
  }

  /** Exports the model as one file. @throws AppError cache-damaged, model-outdated */
  async export(id: string): Promise<{ blob: Blob; fileName: string }> {
    const cache = await this.cache();
    const manifest = await cache.manifest(id);
    if (manifest?.disk) throw onDisk(manifest);
    if (manifest) {
      const { exportModel } = await fetchPart(() => import('../weights/pack/exportModel'));
      return exportModel(cache, manifest);
    }
    const outdated = (await cache.list()).find((stored) => stored.id === id);
    throw outdated ? outdatedModel(outdated) : notStored(id);
  }

  async delete(id: string): Promise<void> {
    await (await this.cache()).deleteModel(id);
  }
}

/** Finds a model without a request: by id or by origin. A file name is ambiguous, so the file's header is read. */
async function findCached(cache: ModelCache, source: ModelSource): Promise<ModelManifest | undefined> {
  if (source.kind === 'files') return undefined;
  const id = source.kind === 'cached' ? source.id : await cache.idOfOrigin(originOf(source));
  return id === undefined ? undefined : cache.manifest(id);
}

/** Import source of a stored model with another layout, or of a partial import. */
async function sourceOfStored(cache: ModelCache, id: string): Promise<UncachedSource> {
  const outdated = (await cache.list()).find((stored) => stored.id === id);
  const source = outdated ? knownSource(outdated) : (await cache.journal(id))?.source;
  if (source) return source;
  throw outdated ? outdatedModel(outdated) : notStored(id);
}

function notStored(id: string): AppError {
  const message = 'This model is no longer stored here. Choose it again to download it.';
  return new AppError('cache-damaged', message, { id, shard: 'manifest' });
}

/** Error for a model used in place without its files: the page must pass them along. */
function onDisk(manifest?: ModelManifest): AppError {
  const name = manifest?.origin ?? 'The model';
  return new AppError('file-permission', `${name} is read from disk: open its file again.`, { name });
}

function outdatedModel({ id, name, origin, packedBytes }: ModelManifest): AppError {
  const message =
    `${name} was stored by another version of this app, in a layout that this one does not read, and where it came ` +
    `from is not known (${origin}). Choose its file again, or delete it to free ${packedBytes} bytes.`;
  return new AppError('model-outdated', message, { id, name, origin });
}

function elsewhere(meter: ProgressMeter): Announce {
  return ({ phase, doneBytes, totalBytes }) => meter.at(phase, doneBytes, totalBytes, true);
}

async function downloadKeys(source: SourceRecord | null): Promise<string[]> {
  return source ? Promise.all(filesOf(source).map(fileKeyOf)) : [];
}

/** Deletes staged chunks that no import will resume. */
async function sweepDownloads(cache: ModelCache, staging: ChunkStaging): Promise<void> {
  const wanted = await Promise.all((await cache.journals()).map(({ source }) => downloadKeys(source)));
  for (const { fileKey, updatedAt } of await staging.orphans(wanted.flat())) {
    if (Date.now() - updatedAt > STALE_MS) await staging.deleteDownload(fileKey);
  }
}
