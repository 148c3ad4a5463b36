// Packed models in browser storage. The manifest is written last and deleted first: without it a model does not exist.
import { AppError } from '../../shared/errors';
import { LAYOUT_VERSION } from './layoutVersion';
import { unlessImporting } from './locks';
import { adoptEarlierModels, modelsDatabase } from './modelsDatabase';
import { ensureRoom, memoryStore, tableStore, translate, type KeyValueStore } from './storage';
import { weightsStore } from './weightsStore';
import type { ImportJournal, ModelCache, ModelManifest } from '../types';

interface Stores {
  manifests: KeyValueStore<string, ModelManifest>;
  shards: KeyValueStore<[id: string, index: number], Blob>;
  /** URL or file name → id. */
  origins: KeyValueStore<string, string>;
  journals: KeyValueStore<string, ImportJournal>;
  ensureRoom(neededBytes: number): Promise<void>;
}

/**
 * The cache of this browser profile. Data that belongs to no model and no import is deleted.
 * @throws AppError 'storage-unavailable' when IndexedDB refuses.
 */
export async function openCache(): Promise<ModelCache> {
  const models = modelsDatabase();
  await translate(() => adoptEarlierModels(models));
  const cache = createCache({
    manifests: tableStore(models, 'manifests'),
    origins: tableStore(models, 'origins'),
    journals: tableStore(models, 'journals'),
    shards: weightsStore('glm-shards'),
    ensureRoom,
  });
  await cache.sweep();
  return cache;
}

/** A cache in memory, for Node and tests. */
export function memoryCache(): ModelCache {
  return createCache({
    manifests: memoryStore(),
    shards: memoryStore(),
    origins: memoryStore(),
    journals: memoryStore(),
    ensureRoom: () => Promise.resolve(),
  });
}

function createCache({ manifests, shards, origins, journals, ensureRoom }: Stores): ModelCache {
  async function manifest(id: string): Promise<ModelManifest | undefined> {
    const found = await manifests.get(id);
    return found?.layoutVersion === LAYOUT_VERSION ? found : undefined;
  }

  async function journal(id: string): Promise<ImportJournal | undefined> {
    const found = await journals.get(id);
    return found?.layoutVersion === LAYOUT_VERSION ? found : undefined;
  }

  async function deleteModel(id: string): Promise<void> {
    await manifests.delMany([id]);
    await journals.delMany([id]);
    await shards.delMany((await shards.keys()).filter(([owner]) => owner === id));
    const names = await origins.keys();
    const owners = await Promise.all(names.map((name) => origins.get(name)));
    await origins.delMany(names.filter((_, i) => owners[i] === id));
  }

  return {
    manifest,
    journal,
    deleteModel,
    ensureRoom,

    async list() {
      const found = await Promise.all((await manifests.keys()).map((id) => manifests.get(id)));
      return found.filter((entry) => entry !== undefined).toSorted((a, b) => b.importedAt - a.importedAt);
    },

    async readShard(id, index) {
      const shard = await shards.get([id, index]).catch(async (error: unknown) => {
        await manifests.get(id); // the database works, so the file behind this Blob is missing
        throw damagedShard(id, index, 'cannot be read', error);
      });
      if (!shard) throw damagedShard(id, index, 'is missing');
      return shard;
    },

    writeShard: (id, index, shard) => shards.set([id, index], shard),

    async storedShards(id) {
      const keys = await shards.keys();
      return new Set(keys.filter(([owner]) => owner === id).map(([, index]) => index));
    },

    async writeManifest(entry) {
      await manifests.set(entry.id, entry);
      await origins.set(entry.origin, entry.id);
      await journals.delMany([entry.id]);
    },

    async journals() {
      const found = await Promise.all((await journals.keys()).map(journal));
      return found.filter((entry) => entry !== undefined).toSorted((a, b) => b.updatedAt - a.updatedAt);
    },

    writeJournal: (entry) => journals.set(entry.id, entry),

    async idOfOrigin(origin) {
      const id = await origins.get(origin);
      return id !== undefined && (await manifest(id)) ? id : undefined;
    },

    rememberOrigin: (origin, id) => origins.set(origin, id),

    async sweep() {
      const keys = await shards.keys();
      const ids = new Set([...keys.map(([id]) => id), ...(await journals.keys())]);
      let deleted = 0;
      for (const id of ids) {
        await unlessImporting(id, async () => {
          if (await manifests.get(id)) return journals.delMany([id]); // a complete model: the tab closed before the journal was deleted
          if (await journal(id)) return;
          await deleteModel(id);
          deleted += keys.filter(([owner]) => owner === id).length;
        });
      }
      return deleted;
    },
  };
}

/** AppError 'cache-damaged'. */
export function damagedShard(id: string, shard: number, why: string, cause?: unknown): AppError {
  const message = `The stored model is damaged: part ${shard} ${why}. Delete the model and load it again.`;
  return new AppError('cache-damaged', message, { id, shard }, cause);
}
