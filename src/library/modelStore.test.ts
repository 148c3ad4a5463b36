// Imports models into the cache and keeps them intact: over HTTP, across killed tabs, offline.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LoadProgress, ModelSource } from '../protocol/models';
import { isAbort } from '../shared/errors';
import { officialModel } from '../testing/officialModel';
import { tinyModel } from '../testing/tinyModel';
import { memoryCache } from '../weights/stored/cache';
import { CHUNK_BYTES, memoryStaging, type ChunkStaging } from '../weights/download';
import { fakeLocks, failureOf, readImage } from '../weights/testKit';
import type { ModelCache, ModelManifest } from '../weights/types';
import { ModelStore } from './modelStore';
import { progressMeter } from './progressMeter';

// 34 MB: five chunks over HTTP, three shards
const model = tinyModel({
  architecture: 'chatglm',
  type: 'F16',
  numLayers: 1,
  hiddenSize: 1024,
  ffnSize: 4800,
});
const file = model.bytes as Uint8Array<ArrayBuffer>;

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** Files served under names other than m.gguf. */
const repository = new Map<string, Uint8Array>();
let served: Uint8Array = file;
let requests: { from: number; to: number; token?: string }[] = [];
let isDown = false;
/** Index of the chunk that the server withholds. Not the last one, which identifies the model. */
let stalledChunk = -1;
/** Delays the response to chunk 3. */
let held: Promise<void> | undefined;
let onStall: () => void = () => undefined;
const server = createServer((request, response) => {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  const body = repository.get((request.url ?? '').slice(1)) ?? served;
  const [from, to] = [Number(first), Math.min(Number(last), body.length - 1)];
  requests.push({ from, to, token: request.headers.authorization });
  if (isDown) return response.destroy();
  if (Math.floor(from / CHUNK_BYTES) === stalledChunk) return onStall();
  const head = {
    'Content-Range': `bytes ${from}-${to}/${body.length}`,
    ETag: `"${body[body.length >> 1]}"`,
  };
  const answer = () => void response.writeHead(206, head).end(body.subarray(from, to + 1));
  if (held && Math.floor(from / CHUNK_BYTES) === 3) void held.then(answer);
  else answer();
});
server.keepAliveTimeout = 0; // a connection closed at the moment of its reuse would fail a test
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/m.gguf`;
});
afterAll(() => void server.close());

let cache: ModelCache;
let staging: ChunkStaging;
beforeEach(() => {
  [cache, staging, served, requests, isDown] = [memoryCache(), memoryStaging(), file, [], false];
  [stalledChunk, held, onStall] = [-1, undefined, () => undefined];
});
afterEach(() => vi.unstubAllGlobals());

/** Another tab, or the same tab after a reload. */
function tab(signal = new AbortController().signal) {
  const store = new ModelStore({ cache, staging });
  const reports: LoadProgress[] = [];
  const meter = progressMeter((progress) => reports.push(progress));
  const load = (source: ModelSource = { kind: 'url', url }): Promise<ModelManifest> =>
    store.ensureCached(source, meter, signal);
  return { store, reports, load };
}

const fetchedBytes = (): number => requests.reduce((sum, { from, to }) => sum + to - from + 1, 0);
const localFile = (): ModelSource => ({ kind: 'files', files: [new File([file], 'local.gguf')] });

/** An import paused after its first shard, while the server withholds a chunk. */
async function pauseHalfway(source?: ModelSource): Promise<void> {
  const pause = new AbortController();
  stalledChunk = 3;
  const writeJournal: ModelCache['writeJournal'] = async (journal) => {
    await cache.writeJournal(journal);
    if (journal.shardDigests.length === 1) pause.abort();
  };
  const store = new ModelStore({ cache: { ...cache, writeJournal }, staging });
  const loading = store.ensureCached(
    source ?? { kind: 'url', url },
    progressMeter(() => undefined),
    pause.signal,
  );
  expect(isAbort(await failureOf(() => loading))).toBe(true);
  stalledChunk = -1;
  expect((await cache.journals())[0]?.shardDigests).toHaveLength(1);
}

async function flip(id: string, index: number): Promise<void> {
  const bytes = new Uint8Array(await (await cache.readShard(id, index)).arrayBuffer());
  bytes[4321] ^= 1;
  await cache.writeShard(id, index, new Blob([bytes]));
}

describe('an import over HTTP', () => {
  test('is listed while paused, resumes in another session and refetches almost nothing', async () => {
    await pauseHalfway();
    const { store, load, reports } = tab();
    const [partial] = await store.listPartial();
    expect(partial).toMatchObject({
      name: model.file.metadata['general.name'],
      origin: url,
      source: { kind: 'url', url },
    });
    expect(partial.doneBytes).toBeGreaterThan(0);
    expect(partial.storedBytes).toBeGreaterThan(partial.doneBytes / 2);
    const manifest = await load();
    expect(fetchedBytes()).toBeLessThan(file.length + 4 * CHUNK_BYTES + 100); // chunks in flight at the pause
    expect(reports.find(({ phase }) => phase === 'import')?.doneBytes).toBe(partial.doneBytes);
    expect(await store.listPartial()).toEqual([]);
    expect(await staging.list()).toEqual([]);
    const direct = memoryCache();
    const local = await new ModelStore({ cache: direct }).ensureCached(
      localFile(),
      progressMeter(() => undefined),
      new AbortController().signal,
    );
    expect(manifest.id).toBe(local.id);
    expect(Buffer.compare(await readImage(manifest, cache), await readImage(local, direct))).toBe(0);
  });

  test('resumes from the file on disk, whatever its name', async () => {
    await pauseHalfway();
    requests = [];
    const { load, store } = tab();
    const manifest = await load(localFile());
    expect(requests).toEqual([]);
    expect(manifest.shardDigests).toHaveLength(3);
    expect(await store.listPartial()).toEqual([]);
    expect(await staging.list()).toEqual([]);
    isDown = true;
    expect(await tab().load()).toEqual(manifest); // the URL is an origin of the model too
    isDown = false;
    await flip(manifest.id, 1); // and serves for repairs
    const { store: later } = tab();
    const signal = new AbortController().signal;
    expect((await later.verify({ id: manifest.id }, () => undefined, signal)).repairedShards).toEqual([1]);
  });

  test('can be deleted with everything stored and staged', async () => {
    await pauseHalfway();
    const { store } = tab();
    const [{ id }] = await store.listPartial();
    await store.deletePartial(id);
    expect([await store.listPartial(), await staging.list()]).toEqual([[], []]);
    expect((await cache.storedShards(id)).size).toBe(0);
  });

  test('of a file that changed between sessions starts over, and reports it once', async () => {
    await pauseHalfway();
    served = file.slice();
    served[served.length >> 1] ^= 1;
    expect((await failureOf(() => tab().load())).code).toBe('source-changed');
    expect(await tab().store.listPartial()).toEqual([]);
    const manifest = await tab().load();
    expect(manifest.shardDigests).toHaveLength(3);
  });

  test('stores no token', async () => {
    const files = [{ url, name: 'm.gguf', bytes: file.length }];
    const source: ModelSource = {
      kind: 'remote',
      origin: 'hub/m',
      name: 'From the hub',
      files,
      token: 's3cret',
    };
    await pauseHalfway(source);
    expect(JSON.stringify([await tab().store.listPartial(), await cache.journals()])).not.toContain('s3cret');
    const manifest = await tab().load(source);
    expect(requests.every(({ token }) => token === 'Bearer s3cret')).toBe(true);
    expect(manifest).toMatchObject({ name: 'From the hub', origin: 'hub/m' });
    expect(JSON.stringify(manifest)).not.toContain('s3cret');
  });
});

test('an original repository is quantised during import, resumes after a pause and is repaired identically', async () => {
  const original = tinyModel({
    architecture: 'glm4',
    type: 'BF16',
    numLayers: 1,
    hiddenSize: 1024,
    ffnSize: 4800,
  });
  const files = officialModel(original, { layout: 'hf' });
  for (const { name, bytes } of files) repository.set(name, bytes);
  const remote = files.map(({ name, bytes }) => ({
    name,
    bytes: bytes.length,
    url: new URL(name, url).href,
  }));
  const source: ModelSource = {
    kind: 'remote',
    origin: 'hub/original',
    name: 'GLM-4-9B-0414',
    files: remote,
  };
  const pause = new AbortController();
  [stalledChunk, onStall] = [2, () => pause.abort()];
  expect(await failureOf(() => tab(pause.signal).load(source))).toMatchObject({ name: 'AbortError' });
  stalledChunk = -1;
  const [partial] = await tab().store.listPartial();
  expect(partial).toMatchObject({ name: 'GLM-4-9B-0414', source });
  const manifest = await tab().load({ kind: 'cached', id: partial.id });
  expect(manifest.tensors.some(({ format }) => format === 'q4')).toBe(true);
  await flip(manifest.id, 0);
  const signal = new AbortController().signal;
  const { repairedShards } = await tab().store.verify({ id: manifest.id }, () => undefined, signal);
  expect(repairedShards).toEqual([0]);
  const local = files.map(({ name, bytes }) => new File([bytes], name));
  const direct = await new ModelStore({ cache: memoryCache() }).ensureCached(
    { kind: 'files', files: local },
    progressMeter(() => undefined),
    signal,
  );
  expect([direct.id, direct.shardDigests]).toEqual([manifest.id, manifest.shardDigests]);
});

describe('two tabs', () => {
  beforeEach(() => vi.stubGlobal('navigator', { locks: fakeLocks() }));

  test('that start at the same moment fetch the file once', async () => {
    const [a, b] = [tab(), tab()];
    const [first, second] = await Promise.all([a.load(), b.load()]);
    expect(second).toEqual(first);
    expect(fetchedBytes()).toBeLessThan(file.length + CHUNK_BYTES);
    expect(b.reports.some(({ elsewhere }) => elsewhere)).toBe(true);
    expect(a.reports.some(({ elsewhere }) => elsewhere)).toBe(false);
  });

  test('the second takes over when the first is closed', async () => {
    const close = new AbortController();
    const first = failureOf(() => tab(close.signal).load());
    stalledChunk = 3;
    onStall = () => {
      stalledChunk = -1;
      close.abort();
    };
    const second = tab();
    const manifest = await second.load();
    expect(isAbort(await first)).toBe(true);
    expect(manifest.shardDigests).toHaveLength(3);
    expect(fetchedBytes()).toBeLessThan(file.length + 4 * CHUNK_BYTES + 100);
  });

  test('one cannot delete an import that runs in the other', async () => {
    let goOn = (): void => undefined;
    held = new Promise((resolve) => (goOn = resolve));
    const first = tab().load();
    const second = tab().store;
    await expect.poll(() => second.listPartial(), { interval: 5 }).toHaveLength(1);
    const [{ id }] = await second.listPartial();
    expect((await failureOf(() => second.deletePartial(id))).code).toBe('model-in-use');
    goOn();
    await first;
  });
});

describe('a damaged model', () => {
  let manifest: ModelManifest;
  beforeEach(async () => {
    manifest = await tab().load();
    await flip(manifest.id, 1);
    requests = [];
  });

  const repairer = (source: ModelSource = { kind: 'url', url }) =>
    tab().store.repairer(manifest, source, new AbortController().signal);

  test('is repaired by fetching only the damaged part', async () => {
    await (await repairer()).repairOrCount(1);
    expect(fetchedBytes()).toBeLessThan(manifest.shardBytes * 1.05);
    expect(
      await tab().store.verify({ id: manifest.id }, () => undefined, new AbortController().signal),
    ).toEqual({
      damagedShards: [],
      repairedShards: [],
    });
  });

  test('is verified and repaired on demand, with progress', async () => {
    const events: { doneBytes: number; totalBytes: number }[] = [];
    const verify = () =>
      tab().store.verify({ id: manifest.id }, (event) => events.push(event), new AbortController().signal);
    expect(await verify()).toEqual({ damagedShards: [1], repairedShards: [1] });
    expect(events.at(-1)?.doneBytes).toBe(events.at(-1)?.totalBytes);
    await flip(manifest.id, 0);
    isDown = true;
    expect(await verify()).toMatchObject({
      damagedShards: [0],
      repairedShards: [],
      failure: { code: 'network' },
    });
  });

  test('reports the extent of damage when offline; it is repaired from its local file', async () => {
    isDown = true;
    await cache.writeShard(manifest.id, 2, new Blob(['cut']));
    expect(await failureOf(async () => (await repairer()).repairOrCount(1))).toMatchObject({
      code: 'cache-damaged',
      details: { id: manifest.id, shard: 1, damaged: 2, parts: 3 },
    });
    const fromFile = await repairer(localFile());
    await fromFile.repairOrCount(1);
    await fromFile.repairOrCount(2);
    const { damagedShards } = await tab().store.verify(
      { id: manifest.id },
      () => undefined,
      new AbortController().signal,
    );
    expect(damagedShards).toEqual([]);
  });
});

describe('a stored model', () => {
  test('can be moved to another device as a file', async () => {
    const manifest = await tab().load();
    const { blob, fileName } = await tab().store.export(manifest.id);
    const other = memoryCache();
    const files = [new File([blob], fileName)];
    const back = await new ModelStore({ cache: other }).ensureCached(
      { kind: 'files', files },
      progressMeter(() => undefined),
      new AbortController().signal,
    );
    const { shardDigests, tensors, metadata, name } = manifest;
    expect(back).toMatchObject({ shardDigests, tensors, metadata, name, fromPack: true, origin: fileName });
    expect(Buffer.compare(await readImage(back, other), await readImage(manifest, cache))).toBe(0);
  });

  test('of another byte layout is listed, then imported again from its source or refused without one', async () => {
    const manifest = await tab().load();
    await cache.writeManifest({ ...manifest, layoutVersion: 0 });
    const { store, load } = tab();
    expect(await store.list()).toMatchObject([{ id: manifest.id, outdated: true }]);
    const again = await load({ kind: 'cached', id: manifest.id });
    expect(again).toEqual({ ...manifest, importedAt: again.importedAt });
    expect((await store.list())[0]).not.toHaveProperty('outdated');
    await cache.writeManifest({ ...manifest, layoutVersion: 0, source: null });
    expect(await failureOf(() => load({ kind: 'cached', id: manifest.id }))).toMatchObject({
      code: 'model-outdated',
      details: { name: manifest.name },
    });
    await store.delete(manifest.id);
    expect(await store.list()).toEqual([]);
  });
});
