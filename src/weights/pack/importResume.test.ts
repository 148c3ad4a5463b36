// An interrupted import resumes where it stopped, for any cause, and gives the same result as an uninterrupted one.
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AppError } from '../../shared/errors';
import { tensorBytes, writeGguf, type GgmlType } from '../../testing/gguf';
import { seeded } from '../../testing/random';
import { randomBlocks } from '../../testing/randomWeights';
import { memoryCache, openCache } from '../stored/cache';
import { openGguf } from '../file/gguf';
import { importModel, type ImportRequest } from './importer';
import { bytesSource } from '../file/sources';
import { fakeLocks, failureOf, readImage } from '../testKit';
import type {
  ByteRange,
  ModelCache,
  ModelManifest,
  TensorPlan,
  WeightProgress,
  WeightSource,
} from '../types';

const random = seeded(5);
const SHARD = 1 << 16; // instead of 16 MiB, so that a small model has many

function tensor(name: string, type: GgmlType, shape: number[]) {
  const count = tensorBytes(type, shape) / tensorBytes(type, [32]);
  const blocks = type.startsWith('F') ? count * 32 : count;
  return { name, type, shape, data: randomBlocks(type, blocks, 0.02, random) };
}

// every kind of tensor, in an order other than the plan's: 20 shards
const file = writeGguf({
  metadata: { 'general.name': 'Resumed' },
  tensors: [
    tensor('up', 'Q4_0', [1000, 512]),
    tensor('norm', 'F32', [96]),
    tensor('v', 'Q8_0', [64, 512]),
    tensor('k', 'Q8_0', [64, 512]),
    tensor('unused', 'F32', [5000]),
    tensor('q', 'Q4_0', [500, 512]),
    tensor('down', 'F16', [333, 512]),
    tensor('bias', 'F32', [40]),
  ],
});
const plan: TensorPlan[] = [
  { name: 'norm', kind: 'vector', shape: [96] },
  { name: 'qkv', kind: 'matrix', shape: [628, 512], parts: ['q', 'k', 'v'] },
  { name: 'up', kind: 'matrix', shape: [1000, 512], interleaved: true },
  { name: 'down', kind: 'matrix', shape: [333, 512] },
  { name: 'bias', kind: 'vector', shape: [40] },
];

interface Watched extends WeightSource {
  reads: ByteRange[];
  retained: ByteRange[];
  forgotten: number;
}

function watched(source: WeightSource = bytesSource(file)): Watched {
  const self: Watched = {
    ...source,
    reads: [],
    retained: [],
    forgotten: 0,
    read(offset, length, signal) {
      self.reads.push({ offset, length });
      return source.read(offset, length, signal);
    },
    retain: async (ranges) => void (self.retained = ranges),
    forget: async () => void self.forgotten++,
  };
  return self;
}

async function start(
  cache: ModelCache,
  source: WeightSource = bytesSource(file),
  extra: Partial<ImportRequest> = {},
): Promise<ModelManifest> {
  const gguf = await openGguf([source]);
  if ('reads' in source) (source as Watched).reads.length = 0; // reads of the header
  return importModel({
    ...{ id: 'm', name: 'Resumed', origin: 'https://h/m.gguf', gguf, plan, cache, shardBytes: SHARD },
    ...{ source: { kind: 'url', url: 'https://h/m.gguf' }, sources: [source], ...extra },
  });
}

const want = (async () => {
  const cache = memoryCache();
  const manifest = await start(cache);
  return { manifest, image: await readImage(manifest, cache) };
})();

async function expectSame(manifest: ModelManifest, cache: ModelCache): Promise<void> {
  const { manifest: wanted, image } = await want;
  expect({ ...manifest, importedAt: 0 }).toEqual({ ...wanted, importedAt: 0 });
  expect(Buffer.compare(await readImage(manifest, cache), image)).toBe(0);
  expect(await cache.journals()).toEqual([]);
}

const quota = new AppError('storage-quota', 'full', { neededBytes: SHARD, availableBytes: 0 });

/** Forwards every call, and dies at the n-th call of one method: before or after it took effect. */
function dying(
  cache: ModelCache,
  method: 'writeShard' | 'writeJournal' | 'writeManifest',
  at: number,
  after: boolean,
) {
  let calls = 0;
  let dead = false;
  const alive =
    <A extends unknown[], R>(run: (...args: A) => Promise<R>, counts: boolean) =>
    async (...args: A): Promise<R> => {
      if (dead) return new Promise<never>(() => undefined); // a killed tab never responds
      const dies = counts && calls++ === at;
      if (dies && !after) {
        dead = true;
        throw new Error('killed');
      }
      const result = await run(...args);
      if (dies) {
        dead = true;
        throw new Error('killed');
      }
      return result;
    };
  return {
    ...cache,
    writeShard: alive(cache.writeShard, method === 'writeShard'),
    writeJournal: alive(cache.writeJournal, method === 'writeJournal'),
    writeManifest: alive(cache.writeManifest, method === 'writeManifest'),
  };
}

afterEach(() => vi.unstubAllGlobals());

describe('an interrupted import', () => {
  test.each([
    ['writeShard', false],
    ['writeShard', true],
    ['writeJournal', false],
    ['writeJournal', true],
    ['writeManifest', false],
  ] as const)('by kills around %s (after: %s) ends like an uninterrupted one', async (method, after) => {
    const cache = memoryCache();
    const count = (await want).manifest.shardDigests.length;
    for (let at = 0; at < (method === 'writeManifest' ? 1 : count); at += 1 + (at % 3)) {
      expect(String(await failureOf(() => start(dying(cache, method, at, after))))).toContain('killed');
      await cache.sweep();
      await expectSame(await start(cache), cache);
      await cache.deleteModel('m');
    }
  });

  test('by kills and pauses at random moments ends in IndexedDB like an uninterrupted one', async () => {
    const moments = seeded(3);
    let manifest: ModelManifest | undefined;
    let sessions = 0;
    let fetched = 0;
    for (; !manifest; sessions++) {
      const cache = await openCache(); // sweeps, as at a start
      const source = watched();
      const stop = new AbortController();
      const method = moments.uniform() < 0.5 ? 'writeShard' : 'writeJournal';
      const tab = dying(cache, method, 2 + moments.int(3), moments.uniform() < 0.5);
      let shards = moments.int(4);
      const writeShard: ModelCache['writeShard'] = async (id, index, shard) => {
        if (shards-- === 0) stop.abort(); // the tab may live long enough to handle the abort
        await tab.writeShard(id, index, shard);
      };
      manifest = await start({ ...tab, writeShard }, source, { signal: stop.signal }).catch(() => undefined);
      fetched += source.reads.reduce((sum, { length }) => sum + length, 0);
    }
    expect(sessions).toBeGreaterThan(4);
    await expectSame(manifest, await openCache());
    expect(fetched).toBeLessThan(0.7 * sessions * file.length); // no session started over
    await (await openCache()).deleteModel('m');
  });

  test('rereads nothing that is stored, and reports where it resumes', async () => {
    const cache = memoryCache();
    await failureOf(() => start(dying(cache, 'writeShard', 12, false)));
    const journal = await cache.journal('m');
    expect(journal).toMatchObject({ name: 'Resumed', source: { kind: 'url', url: 'https://h/m.gguf' } });
    expect(journal?.shardDigests.length).toBe(12);
    const source = watched();
    const progress: WeightProgress[] = [];
    await expectSame(await start(cache, source, { onProgress: (report) => progress.push(report) }), cache);
    const read = source.reads.reduce((sum, { length }) => sum + length, 0);
    expect(progress[0]).toEqual({
      phase: 'import',
      doneBytes: journal?.doneBytes,
      totalBytes: journal?.totalBytes,
    });
    expect(read).toBe(journal!.totalBytes - journal!.doneBytes);
    expect(journal!.doneBytes).toBeGreaterThan(journal!.totalBytes / 2);
    expect(source.forgotten).toBe(1);
  });

  test('passes the still needed ranges to the sources, shard by shard', async () => {
    const source = watched();
    const sizes: number[] = [];
    const retain = async (ranges: ByteRange[]): Promise<void> => {
      expect(
        ranges.every(
          ({ offset, length }, i) =>
            i === 0 || ranges[i - 1].offset + ranges[i - 1].length < offset + 1 + 0 * length,
        ),
      ).toBe(true);
      sizes.push(ranges.reduce((sum, { length }) => sum + length, 0));
    };
    const { manifest } = await want;
    await start(memoryCache(), { ...source, retain }, {});
    expect(sizes[0]).toBe(file.length - 20_000); // everything but the unused tensor
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    expect(sizes.length).toBe(manifest.shardDigests.length + 1);
    expect(sizes.at(-1)).toBeLessThan(66_000); // header and end, with which the next session opens the file
  });

  test('rewrites a tail that the disk lost', async () => {
    const cache = memoryCache();
    await failureOf(() => start(dying(cache, 'writeShard', 8, false)));
    await cache.writeShard('m', 7, new Blob(['torn']));
    await cache.writeShard('m', 6, new Blob([new Uint8Array(SHARD)]));
    const source = watched();
    await expectSame(await start(cache, source), cache);
    expect(source.reads.length).toBeGreaterThan(0);
  });

  test('starts over for another plan, or another file under the same id', async () => {
    const cache = memoryCache();
    await failureOf(() => start(dying(cache, 'writeShard', 8, false)));
    const gguf = await openGguf([bytesSource(file)]);
    const manifest = await importModel({
      ...{ id: 'm', name: 'x', origin: 'o', gguf, plan: plan.slice(0, 2), cache, shardBytes: SHARD },
    });
    expect(manifest.tensors.map(({ name }) => name)).toEqual(['norm', 'qkv']);
    expect((await cache.storedShards('m')).size).toBe(manifest.shardDigests.length);
  });

  test.each(['hash-mismatch', 'source-changed'] as const)(
    '%s deletes it: its bytes do not belong to the file',
    async (code) => {
      const cache = memoryCache();
      const source = watched();
      const verify = () => Promise.reject(new AppError(code, 'other bytes', { url: 'u' }));
      expect((await failureOf(() => start(cache, { ...source, verify }))).code).toBe(code);
      expect(await cache.journals()).toEqual([]);
      expect((await cache.storedShards('m')).size).toBe(0);
      expect(source.forgotten).toBe(1);
    },
  );

  test('verifies the download before the model exists', async () => {
    const cache = memoryCache();
    const progress: WeightProgress[] = [];
    const verify = async (): Promise<void> => expect(await cache.manifest('m')).toBeUndefined();
    const source = { ...bytesSource(file), verify };
    await expectSame(await start(cache, source, { onProgress: (report) => progress.push(report) }), cache);
    expect(progress.at(-1)?.phase).toBe('verify');
  });

  test('keeps every shard on a full disk, and with more room completes without rereading them', async () => {
    const cache = memoryCache();
    const full: ModelCache = {
      ...cache,
      writeShard: async (id, index, shard) => {
        if (index === 9) throw quota;
        return cache.writeShard(id, index, shard);
      },
    };
    const { manifest } = await want;
    expect(await failureOf(() => start(full))).toMatchObject({
      code: 'storage-quota',
      details: { neededBytes: manifest.packedBytes - 9 * SHARD, availableBytes: 0 },
    });
    const asked: number[] = [];
    const room: ModelCache = { ...cache, ensureRoom: async (bytes) => void asked.push(bytes) };
    const source = watched();
    await expectSame(await start(room, source), cache);
    expect(asked).toEqual([2 * (manifest.packedBytes - 9 * SHARD)]); // the remaining bytes, twice: the second half for chunks in flight
    expect(source.reads.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(file.length * 0.6);
  });

  test('checks the quota before writing', async () => {
    const cache: ModelCache = {
      ...memoryCache(),
      ensureRoom: (neededBytes) =>
        Promise.reject(new AppError('storage-quota', 'no', { neededBytes, availableBytes: 0 })),
    };
    const { packedBytes } = (await want).manifest;
    const failure = await failureOf(() => start(cache));
    expect(failure).toMatchObject({ code: 'storage-quota', details: { neededBytes: packedBytes } });
    expect((await cache.storedShards('m')).size).toBe(0);
  });

  test('reports the source’s own error', async () => {
    const cut = new AppError('connection-lost', 'cut', { url: 'u', receivedBytes: 1, totalBytes: 2 });
    let left = 4; // reads of the header
    const source = bytesSource(file);
    const read: WeightSource['read'] = (at, n) => (left-- > 0 ? source.read(at, n) : Promise.reject(cut));
    expect(await failureOf(() => start(memoryCache(), { ...source, read }))).toBe(cut);
  });
});

describe('two tabs', () => {
  beforeEach(() => vi.stubGlobal('navigator', { locks: fakeLocks() }));

  /** Wraps a cache: runs `begin` to its end before the first shard is stored. */
  function beginning(cache: ModelCache, begin: () => Promise<unknown>): ModelCache {
    const writeShard: ModelCache['writeShard'] = async (id, index, shard) => {
      if (index === 0) await begin();
      await cache.writeShard(id, index, shard);
    };
    return { ...cache, writeShard };
  }

  test('the second waits, shows the progress of the first and finds the stored model', async () => {
    const cache = memoryCache();
    const [first, second] = [watched(), watched()];
    let waiting: Promise<ModelManifest> | undefined;
    const begin = () =>
      new Promise((heard) => (waiting = start(cache, second, { onElsewhere: heard }))).then((report) =>
        expect(report).toMatchObject({ phase: 'import' }),
      );
    const a = await start(beginning(cache, begin), first);
    expect(await waiting).toEqual(a);
    expect([first.reads.length > 0, second.reads.length]).toEqual([true, 0]);
    await expectSame(a, cache);
  });

  test('the second takes over from the journal when the first ends early', async () => {
    const cache = memoryCache();
    const second = watched();
    let waiting: Promise<ModelManifest> | undefined;
    const begin = () => new Promise((heard) => (waiting = start(cache, second, { onElsewhere: heard })));
    const tab = beginning(dying(cache, 'writeShard', 12, false), begin);
    expect(String(await failureOf(() => start(tab)))).toContain('killed');
    await expectSame(await waiting!, cache);
    expect(second.reads.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(file.length / 2);
  });

  test('waiting can be aborted', async () => {
    const cache = memoryCache();
    const stop = new AbortController();
    const waiting = () =>
      failureOf(() => start(cache, watched(), { signal: stop.signal, onElsewhere: () => stop.abort() })).then(
        (failure) => expect((failure as Error).name).toBe('AbortError'),
      );
    const manifest = await start(beginning(cache, waiting));
    await expectSame(manifest, cache);
  });
});
