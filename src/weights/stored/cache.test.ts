import 'fake-indexeddb/auto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { writeGguf } from '../../testing/gguf';
import { encodeWeights } from '../../testing/randomWeights';
import { memoryCache, openCache } from './cache';
import { LAYOUT_VERSION } from './layoutVersion';
import { withImportLock } from './locks';
import { databaseStore, ensureRoom } from './storage';
import { failureOf, fakeLocks, importBytes, readImage, unpack } from '../testKit';
import type { ImportJournal, ModelManifest } from '../types';

const values = new Float32Array(64).map((_, i) => i);
const file = writeGguf({
  metadata: {},
  tensors: [{ name: 'v', type: 'F32', shape: [64], data: encodeWeights('F32', values) }],
});
const plan = [{ name: 'v', kind: 'vector' as const, shape: [64] }];

function manifestOf(id: string, change: Partial<ModelManifest> = {}): ModelManifest {
  return {
    ...{
      layoutVersion: LAYOUT_VERSION,
      id,
      name: id,
      origin: `https://h/${id}`,
      sourceBytes: 1,
      packedBytes: 1,
      shardBytes: 1,
    },
    ...{ shardDigests: [''], tensors: [], metadata: {}, importedAt: 1, ...change },
  };
}

function journalOf(id: string, change: Partial<ImportJournal> = {}): ImportJournal {
  return {
    ...{ layoutVersion: LAYOUT_VERSION, id, name: id, origin: `https://h/${id}`, source: null, planKey: '' },
    ...{
      shardBytes: 1,
      packedBytes: 2,
      shardDigests: [''],
      doneBytes: 1,
      totalBytes: 2,
      updatedAt: 1,
      ...change,
    },
  };
}

afterEach(() => vi.unstubAllGlobals());

describe.each([
  ['IndexedDB', openCache],
  ['memory', async () => memoryCache()],
])('the cache in %s', (_, open) => {
  test('keeps a model until it is deleted', async () => {
    const cache = await open();
    const { manifest } = await importBytes(file, plan, { cache });
    const again = _ === 'memory' ? cache : await open();
    expect(await again.manifest('test')).toEqual(manifest);
    expect(unpack(manifest, await readImage(manifest, again), 'v')).toEqual(values);
    expect(await again.idOfOrigin('test.gguf')).toBe('test');
    await again.rememberOrigin('https://mirror/test.gguf', 'test');
    expect(await again.idOfOrigin('https://mirror/test.gguf')).toBe('test');
    await again.deleteModel('test');
    expect(await again.manifest('test')).toBeUndefined();
    expect(await again.idOfOrigin('https://mirror/test.gguf')).toBeUndefined();
    expect((await failureOf(() => again.readShard('test', 0))).code).toBe('cache-damaged');
  });

  test('lists the newest first, including other layout versions, which cannot be loaded', async () => {
    const cache = await open();
    await cache.writeManifest(manifestOf('old', { importedAt: 1 }));
    await cache.writeManifest(manifestOf('new', { importedAt: 2 }));
    await cache.writeManifest(manifestOf('other', { layoutVersion: LAYOUT_VERSION + 1, importedAt: 3 }));
    expect((await cache.list()).map(({ id }) => id)).toEqual(['other', 'new', 'old']);
    expect(await cache.manifest('other')).toBeUndefined();
    expect(await cache.idOfOrigin('https://h/other')).toBeUndefined();
    for (const id of ['old', 'new', 'other']) await cache.deleteModel(id);
    expect(await cache.list()).toEqual([]);
  });

  test('sweeps data without a model or a resumable import', async () => {
    const cache = await open();
    for (const id of ['orphan', 'alien', 'kept', 'begun', 'begun-before']) {
      await cache.writeShard(id, 0, new Blob(['x']));
    }
    await cache.writeShard('orphan', 1, new Blob(['x']));
    await cache.writeManifest(manifestOf('alien', { layoutVersion: 0 })); // listed until the user deletes it
    await cache.writeManifest(manifestOf('kept'));
    await cache.writeJournal(journalOf('begun'));
    await cache.writeJournal(journalOf('begun-before', { layoutVersion: 0 }));
    expect(await cache.sweep()).toBe(3);
    expect([...(await cache.storedShards('orphan')), ...(await cache.storedShards('begun-before'))]).toEqual(
      [],
    );
    for (const id of ['alien', 'kept', 'begun']) expect((await cache.readShard(id, 0)).size).toBe(1);
    expect((await cache.journals()).map(({ id }) => id)).toEqual(['begun']);
    for (const id of ['alien', 'kept', 'begun']) await cache.deleteModel(id);
    expect(await cache.journals()).toEqual([]);
  });

  test('deletes a journal with its manifest, even after a crash between the two writes', async () => {
    const cache = await open();
    await cache.writeJournal(journalOf('done'));
    await cache.writeManifest(manifestOf('done'));
    expect(await cache.journal('done')).toBeUndefined();
    await cache.writeJournal(journalOf('done'));
    expect(await cache.sweep()).toBe(0);
    expect(await cache.journals()).toEqual([]);
    await cache.deleteModel('done');
  });
});

describe('when storage refuses', () => {
  test('a full disk is storage-quota with the remaining bytes', async () => {
    vi.stubGlobal('navigator', { storage: { estimate: () => Promise.resolve({ quota: 100, usage: 70 }) } });
    expect(await failureOf(() => ensureRoom(31))).toMatchObject({
      code: 'storage-quota',
      details: { neededBytes: 31, availableBytes: 30 },
    });
    await ensureRoom(30);
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    const cache = await openCache();
    const failure = await failureOf(() => cache.writeShard('x', 0, new Blob(['abc'])));
    put.mockRestore();
    expect(failure).toMatchObject({ code: 'storage-quota', details: { neededBytes: 3, availableBytes: 0 } });
  });

  test('one unreadable record is damage, not storage-unavailable', async () => {
    const cache = await openCache();
    await cache.writeShard('lost', 0, new Blob(['x']));
    const get = vi.spyOn(IDBObjectStore.prototype, 'get').mockImplementationOnce(() => {
      throw new DOMException('Data lost due to missing file.', 'NotReadableError');
    });
    expect(await failureOf(() => cache.readShard('lost', 0))).toMatchObject({
      code: 'cache-damaged',
      details: { id: 'lost', shard: 0 },
    });
    get.mockRestore();
    await cache.deleteModel('lost');
  });

  test('no IndexedDB is storage-unavailable', async () => {
    vi.stubGlobal('indexedDB', {
      open: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    });
    expect((await failureOf(() => databaseStore('refused').get('x'))).code).toBe('storage-unavailable');
    expect((await failureOf(openCache)).code).toBe('storage-unavailable');
  });

  test('a missing, pending or empty estimate does not block an import', async () => {
    const estimates = [
      undefined,
      () => Promise.reject(new Error('no')),
      () => Promise.resolve({}),
      () => Promise.resolve({ quota: 0, usage: 0 }),
    ];
    for (const estimate of estimates) {
      vi.stubGlobal('navigator', { storage: { estimate } });
      await ensureRoom(5e9);
    }
    vi.stubGlobal('navigator', { storage: { estimate: () => Promise.resolve({ quota: 10, usage: 20 }) } });
    expect(await failureOf(() => ensureRoom(1))).toMatchObject({ details: { availableBytes: 0 } });
  });

  test('an import in another tab is not swept', async () => {
    vi.stubGlobal('navigator', { locks: fakeLocks() });
    const cache = memoryCache();
    await cache.writeShard('busy', 0, new Blob(['x']));
    await withImportLock('busy', {}, async () => expect(await cache.sweep()).toBe(0));
    expect((await cache.readShard('busy', 0)).size).toBe(1);
    expect(await cache.sweep()).toBe(1);
  });
});
