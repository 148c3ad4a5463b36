// Models on this machine: bringing them into the cache, keeping them whole, listing, exporting and deleting them.
import { architectureOf } from '../model/architecture';
import type { EngineCalls } from '../protocol/calls';
import type { CachedModel, ModelSource, PartialImport } from '../protocol/models';
import { AppError, isAbort, toWireError } from '../shared/errors';
import { openCache } from '../weights/stored/cache';
import { databaseStaging, fileKeyOf, memoryStaging, type ChunkStaging } from '../weights/download';
import { exportModel } from '../weights/pack/exportModel';
import { modelId } from '../weights/file/gguf';
import { importModel } from '../weights/pack/importer';
import { importPack } from '../weights/pack/importPack';
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
import { findOtherBytes, openDiskModel, type DiskModel } from './diskModel';
import type { KvStore } from './kvStore';
import { cacheBefore } from './kvStore';
import type { ProgressMeter } from './progressMeter';
import { Repairer } from './repairer';

/** Downloads that were begun this long ago and led to no import are given up. */
const STALE_MS = 60 * 60 * 1000;

type Announce = (progress: WeightProgress) => void;

export interface StoreEnvironment {
  /** Default: the browser's IndexedDB. */
  cache?: ModelCache;
  /** KV of long chats: it is given up when a model needs the room. */
  kvStore?: KvStore;
  /** Default: beside the cache. */
  staging?: ChunkStaging;
}

/** A model whose weights can be read: from the cache, or from its files on disk. */
export type ReadyModel = { manifest: ModelManifest } & Partial<DiskModel>;

export class ModelStore {
  private opened: { cache: ModelCache; staging: ChunkStaging } | undefined;

  constructor(private readonly environment: StoreEnvironment) {}

  /** The cache, swept. @throws AppError 'storage-unavailable' */
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

  /** A model to be loaded, imported first if need be. @throws as {@link ensureCached}, and file-changed, file-unreadable */
  async ready(source: ModelSource, meter: ProgressMeter, signal: AbortSignal): Promise<ReadyModel> {
    if (source.kind === 'disk') return openDiskModel(source, { cache: await this.cache(), signal, meter });
    return { manifest: await this.ensureCached(source, meter, signal) };
  }

  /**
   * The manifest of a model, which is imported when the cache has none: in this tab, or in another one that is waited
   * for. An import that was interrupted goes on where it stopped.
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
    // from the first request on, so that two tabs do not even read the header twice
    return withImportLock(originOf(importable), { signal, onElsewhere }, async (announce) => {
      const imported = await findCached(cache, importable); // by the tab that was waited for
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
      await cache.rememberOrigin(originOf(source), manifest.id); // the next start finds it with the network off
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
    if (model.kind === 'pack') return importPack({ ...common, pack: model.pack });
    const { gguf } = model;
    const id = await modelId(gguf);
    const stored = await cache.manifest(id);
    if (stored) return stored;
    const architecture = architectureOf(gguf.metadata);
    const config = architecture.readConfig(gguf.metadata, gguf.tensors);
    architecture.createTokenizer(gguf.metadata); // a vocabulary that cannot be used fails before the import
    const begun = await cache.journal(id); // perhaps from another address, or from a file
    const manifest = await importModel({
      ...{ ...common, id, gguf, sources, stagedBytes, metadata: withoutMerges(gguf.metadata) },
      name: source.kind === 'remote' ? source.name : config.name,
      plan: architecture.planTensors(config, gguf.tensors),
    });
    if (begun) {
      await cache.rememberOrigin(begun.origin, id);
      for (const key of await downloadKeys(begun.source)) await staging.deleteDownload(key);
    }
    return manifest;
  }

  /** The file behind an import is another one now: what was packed of the old one cannot be continued. */
  private async dropChanged(origin: string): Promise<void> {
    const { cache } = await this.open();
    for (const journal of await cache.journals()) {
      if (journal.origin === origin) await unlessImporting(journal.id, () => cache.deleteModel(journal.id));
    }
  }

  /** Makes damaged shards anew while a model is loaded: from what the user chose, or from where it was imported. */
  async repairer(
    manifest: ModelManifest,
    source: ModelSource,
    signal: AbortSignal,
    meter?: ProgressMeter,
  ): Promise<Repairer> {
    return new Repairer({ cache: await this.cache(), manifest, source, signal, meter });
  }

  /** Models in the cache, newest first, those of another byte layout too. @throws AppError storage-unavailable */
  async list(): Promise<CachedModel[]> {
    const manifests = await (await this.cache()).list();
    return manifests.map(
      ({ id, name, origin, packedBytes, sourceBytes, importedAt, layoutVersion, disk }) => ({
        ...{ id, name, origin, packedBytes, sourceBytes, importedAt },
        // what is packed at every load has no old layout
        ...(layoutVersion !== LAYOUT_VERSION && !disk && { outdated: true }),
        ...(disk && { disk: disk.map(({ name: file, bytes }) => ({ name: file, bytes })) }),
      }),
    );
  }

  /** Imports under way or interrupted, newest first. */
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

  /** Gives an interrupted import up. @throws AppError 'model-in-use' while it runs, in whatever tab. */
  async deletePartial(id: string): Promise<void> {
    const { cache, staging } = await this.open();
    const isIdle = await unlessImporting(id, async () => {
      const journal = await cache.journal(id);
      if (await cache.manifest(id)) return; // it was finished meanwhile
      for (const key of await downloadKeys(journal?.source ?? null)) await staging.deleteDownload(key);
      await cache.deleteModel(id);
    });
    if (!isIdle) throw importUnderWay(id);
  }

  /**
   * Reads a model back and compares every digest; damaged parts are fetched again where their source is known.
   * @param files of a model on disk.
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

  /** The model as one file. @throws AppError cache-damaged, model-outdated */
  async export(id: string): Promise<{ blob: Blob; fileName: string }> {
    const cache = await this.cache();
    const manifest = await cache.manifest(id);
    if (manifest?.disk) throw onDisk(manifest);
    if (manifest) return exportModel(cache, manifest);
    const outdated = (await cache.list()).find((stored) => stored.id === id);
    throw outdated ? outdatedModel(outdated) : notStored(id);
  }

  async delete(id: string): Promise<void> {
    await (await this.cache()).deleteModel(id);
  }
}

/** Found without a request: by its id, or by where it came from. A file name proves nothing, so its header is read. */
async function findCached(cache: ModelCache, source: ModelSource): Promise<ModelManifest | undefined> {
  if (source.kind === 'files') return undefined;
  const id = source.kind === 'cached' ? source.id : await cache.idOfOrigin(originOf(source));
  return id === undefined ? undefined : cache.manifest(id);
}

/** Where a model can be imported from that is stored in another layout, or in part. */
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

/** The page has its files, and gives them along: this one was not asked the way it should be. */
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

/** Deletes staged chunks that no import will ask for again. */
async function sweepDownloads(cache: ModelCache, staging: ChunkStaging): Promise<void> {
  const wanted = await Promise.all((await cache.journals()).map(({ source }) => downloadKeys(source)));
  for (const { fileKey, updatedAt } of await staging.orphans(wanted.flat())) {
    if (Date.now() - updatedAt > STALE_MS) await staging.deleteDownload(fileKey);
  }
}
