// Profiles of earlier versions, with and without storage buckets: nothing is lost, and nothing is downloaded again.
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { databaseStaging } from '../download';
import { databaseStore } from './storage';
import { openCache } from './cache';
import { LAYOUT_VERSION } from './layoutVersion';
import { weightsStore } from './weightsStore';

let bucket: IDBFactory;
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  bucket = new IDBFactory();
});
afterEach(() => vi.unstubAllGlobals());

const withBuckets = () =>
  vi.stubGlobal('navigator', { storageBuckets: { open: () => Promise.resolve({ indexedDB: bucket }) } });
const names = async (place: IDBFactory) => (await place.databases()).map(({ name }) => name).sort();
const entry = (id: string) => ({
  layoutVersion: LAYOUT_VERSION,
  id,
  origin: `https://h/${id}`,
  importedAt: 1,
});

/** A profile as version 0.1 left it: a stored model, an unfinished import, an unfinished download. */
async function earlierProfile(): Promise<void> {
  await databaseStore('glm-manifests').set('whole', entry('whole'));
  await databaseStore('glm-origins').set('https://h/whole', 'whole');
  await databaseStore('glm-imports').set('begun', { ...entry('begun'), updatedAt: 1 });
  const shards = databaseStore<[string, number], Blob>('glm-shards');
  for (const index of [0, 1, 2]) await shards.set(['whole', index], new Blob([`whole ${index}`]));
  await shards.set(['begun', 0], new Blob(['begun 0']));
  await databaseStore('glm-downloads').set('file', { fileKey: 'file', chunkBytes: 4, totalBytes: 8 });
  await databaseStore<[string, number], unknown>('glm-chunks').set(['file', 0], { blob: new Blob(['part']) });
}

async function expectWhole(): Promise<void> {
  const cache = await openCache();
  expect((await cache.list()).map(({ id }) => id)).toEqual(['whole']);
  expect(await cache.idOfOrigin('https://h/whole')).toBe('whole');
  expect((await cache.journals()).map(({ id }) => id)).toEqual(['begun']);
  for (const index of [0, 1, 2])
    expect(await (await cache.readShard('whole', index)).text()).toBe(`whole ${index}`);
  expect([...(await cache.storedShards('begun'))]).toEqual([0]);
  const staging = databaseStaging();
  expect(await staging.chunkIndices('file')).toEqual([0]);
  expect(await (await staging.chunk('file', 0))?.blob.text()).toBe('part');
}

describe.each([
  ['without buckets', () => undefined],
  ['with buckets', withBuckets],
])('a profile of an earlier version, %s', (_, prepare) => {
  test('keeps its models, imports and downloads, at every start', async () => {
    await earlierProfile();
    prepare();
    await expectWhole();
    await expectWhole();
    const left = await names(globalThis.indexedDB);
    expect(left).not.toContain('glm-imports');
    expect(left).not.toContain('glm-origins');
  });

  test('is closed to the earlier version, whose sweep would delete the shards', async () => {
    await earlierProfile();
    prepare();
    await openCache();
    await expect(databaseStore('glm-manifests').keys()).rejects.toMatchObject({
      code: 'storage-unavailable',
    });
  });

  test('does not bring a deleted model back', async () => {
    await earlierProfile();
    prepare();
    await (await openCache()).deleteModel('whole');
    const cache = await openCache();
    expect(await cache.list()).toEqual([]);
    expect((await cache.storedShards('whole')).size).toBe(0);
  });

  test('is taken over again after a crash half-way', async () => {
    await earlierProfile();
    prepare();
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('crash', 'UnknownError');
    });
    await expect(openCache()).rejects.toMatchObject({ code: 'storage-unavailable' });
    put.mockRestore();
    await expectWhole();
  });
});

test('a new profile has one database for manifests, journals and origins, in the weights’ bucket', async () => {
  withBuckets();
  const cache = await openCache();
  await cache.writeShard('x', 0, new Blob(['x']));
  expect(await names(bucket)).toEqual(['glm-models', 'glm-shards']);
  expect(await names(globalThis.indexedDB)).toEqual([]);
});

test('weights move into the bucket one by one; every read finds them meanwhile', async () => {
  await earlierProfile();
  withBuckets();
  const shards = weightsStore<[string, number], Blob>('glm-shards', { moveAfterMs: 0, pauseMs: 0 });
  do {
    for (const index of [0, 1, 2])
      expect(await (await shards.get(['whole', index]))?.text()).toBe(`whole ${index}`);
    expect(await shards.keys()).toHaveLength(4);
  } while ((await names(globalThis.indexedDB)).includes('glm-shards'));
  const moved = weightsStore<[string, number], Blob>('glm-shards');
  expect(await moved.keys()).toHaveLength(4);
  await expectWhole();
});

test('a full disk stops the move; the weights stay where they are', async () => {
  await earlierProfile();
  withBuckets();
  const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  const shards = weightsStore<[string, number], Blob>('glm-shards', { moveAfterMs: 0, pauseMs: 0 });
  await shards.keys();
  await vi.waitFor(() => expect(put).toHaveBeenCalled());
  put.mockRestore();
  expect(await (await shards.get(['whole', 1]))?.text()).toBe('whole 1');
});

test('a browser that gains buckets takes its models along', async () => {
  const cache = await openCache();
  await cache.writeShard('kept', 0, new Blob(['x']));
  await cache.writeManifest(entry('kept') as never);
  withBuckets();
  const later = await openCache();
  expect((await later.list()).map(({ id }) => id)).toEqual(['kept']);
  expect((await later.readShard('kept', 0)).size).toBe(1);
  expect(await names(globalThis.indexedDB)).not.toContain('glm-models');
});
