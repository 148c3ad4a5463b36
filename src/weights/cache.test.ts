import 'fake-indexeddb/auto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { writeGguf } from '../testing/gguf';
import { encodeWeights } from '../testing/randomWeights';
import { memoryCache, openCache } from './cache';
import { LAYOUT_VERSION } from './layoutVersion';
import { databaseStore, ensureRoom } from './storage';
import { failureOf, importBytes, readImage, unpack } from './testKit';
import type { ModelManifest } from './types';

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

  test('lists the newest first, and no other layout', async () => {
    const cache = await open();
    await cache.writeManifest(manifestOf('old', { importedAt: 1 }));
    await cache.writeManifest(manifestOf('new', { importedAt: 2 }));
    await cache.writeManifest(manifestOf('other', { layoutVersion: LAYOUT_VERSION + 1 }));
    expect((await cache.list()).map(({ id }) => id)).toEqual(['new', 'old']);
    expect(await cache.manifest('other')).toBeUndefined();
    for (const id of ['old', 'new', 'other']) await cache.deleteModel(id);
  });

  test('sweeps shards without a manifest and manifests of another layout', async () => {
    const cache = await open();
    await cache.writeShard('orphan', 0, new Blob(['x']));
    await cache.writeShard('orphan', 1, new Blob(['x']));
    await cache.writeShard('alien', 0, new Blob(['x']));
    await cache.writeManifest(manifestOf('alien', { layoutVersion: 0 }));
    await cache.writeShard('kept', 0, new Blob(['x']));
    await cache.writeManifest(manifestOf('kept'));
    expect(await cache.sweep()).toBe(3);
    expect((await failureOf(() => cache.readShard('orphan', 1))).code).toBe('cache-damaged');
    expect((await cache.readShard('kept', 0)).size).toBe(1);
    await cache.deleteModel('kept');
  });
});

describe('when storage refuses', () => {
  test('a full disk is storage-quota with what is left', async () => {
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
    expect(failure).toMatchObject({ code: 'storage-quota', details: { neededBytes: 3, availableBytes: 30 } });
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

  test('an import in another tab is left alone', async () => {
    const held = new Set(['weights-import busy', 'weights-import test']);
    const request = (name: string, _: object, run: (lock: object | null) => unknown): unknown =>
      run(held.has(name) ? null : {});
    vi.stubGlobal('navigator', { locks: { request } });
    const cache = memoryCache();
    await cache.writeShard('busy', 0, new Blob(['x']));
    expect(await cache.sweep()).toBe(0);
    expect((await cache.readShard('busy', 0)).size).toBe(1);
    expect(await failureOf(() => importBytes(file, plan, { cache }))).toMatchObject({
      code: 'model-in-use',
      details: { id: 'test' },
    });
  });
});
