import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  asked,
  body,
  CHUNK,
  everything,
  open,
  server,
  sha256,
  stagedIndices,
  TOTAL,
  soon,
  useDownloads,
} from '../../testing/downloadKit';
import { startFileServer } from '../../testing/fileServer';
import { seeded } from '../../testing/random';
import { failureOf } from '../testKit';
import type { ByteRange } from '../types';
import { databaseStaging, downloadPool } from './index';
import type { ChunkStaging, DownloadSource } from './types';

useDownloads();

/** Holds requests until `count` of them wait, and a moment longer. @returns the highest number held at once */
function gathered(count: number): () => number {
  let most = 0;
  const waiting: (() => void)[] = [];
  server.handle = ({ serve }) => {
    if (most >= count && waiting.length === 0) return serve(); // already released
    most = Math.max(most, waiting.push(serve));
    if (most === count) setTimeout(() => waiting.splice(0).forEach((go) => go()), 100);
  };
  return () => most;
}

describe('reading', () => {
  test('reads any ranges, in any order and concurrently, fetching each byte once', async () => {
    const source = open();
    expect(await source.byteLength()).toBe(TOTAL);
    const reads: ByteRange[] = [
      { offset: 38_500, length: 1200 },
      { offset: 5, length: 10 },
      { offset: 3990, length: 4020 },
      { offset: 0, length: 1000 },
      { offset: 700, length: 0 },
      { offset: 7000, length: 1000 },
    ];
    const found = await Promise.all(reads.map(({ offset, length }) => source.read(offset, length)));
    reads.forEach(({ offset, length }, i) => expect(found[i]).toEqual(body.slice(offset, offset + length)));
    expect(server.sentBytes).toBe(CHUNK * 9 - 300); // chunks 0, 3 to 8, 38 and 39
    expect((await failureOf(() => source.read(TOTAL - 1, 2))).code).toBe('file-truncated');
  });

  test('a read may be longer than the limit of bytes in flight', async () => {
    expect(await open().read(0, TOTAL)).toEqual(body);
    expect(server.sentBytes).toBe(TOTAL);
  });

  test('an empty file has no bytes', async () => {
    server.handle = ({ response }) => response.writeHead(416, { 'Content-Range': 'bytes */0' }).end();
    const source = open({ sha256: createHash('sha256').digest('hex') });
    expect(await source.byteLength()).toBe(0);
    await source.verify();
  });

  test('prefetches nothing before retain, then the retained ranges with 4 requests at once', async () => {
    const source = open();
    await source.read(0, 10);
    const atOnce = gathered(4);
    expect(asked()).toEqual(['0-999']);
    await source.retain([
      { offset: 10_000, length: 5000 },
      { offset: 20_500, length: 1 },
    ]);
    await soon(async () => expect(await stagedIndices()).toEqual([10, 11, 12, 13, 14, 20]));
    expect(atOnce()).toBe(4);
    expect(await source.read(10_000, 5000)).toEqual(body.slice(10_000, 15_000));
    expect(server.sentBytes).toBe(7000);
  });

  test('prefetches up to the pool’s limit, and serves a distant read at once', async () => {
    const source = open({}, { pool: downloadPool({ connections: 2, aheadBytes: 5 * CHUNK }) });
    await source.retain(everything);
    await soon(async () => expect(await stagedIndices()).toEqual([0, 1, 2, 3, 4]));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await stagedIndices()).toHaveLength(5);
    expect(await source.read(30_000, 10)).toEqual(body.slice(30_000, 30_010));
    expect(await source.read(2000, 10)).toEqual(body.slice(2000, 2010));
    const near = [0, 1, 2, 3, 4, 5, 6, 30];
    await soon(async () => expect(await stagedIndices()).toEqual(expect.arrayContaining(near)));
    expect((await stagedIndices()).every((index) => near.includes(index) || (index > 30 && index < 35))).toBe(
      true,
    );
  });

  test('files of one pool share its connections and its prefetch limit', async () => {
    const pool = downloadPool({ connections: 3, aheadBytes: 6 * CHUNK });
    const files = [0, 1, 2].map((i) => open({ url: `${server.url}?part=${i}` }, { pool }));
    await Promise.all(files.map((file) => file.byteLength()));
    const atOnce = gathered(3);
    await Promise.all(files.map((file) => file.retain(everything)));
    await soon(() => expect(files[0].stats().stagedBytes).toBe(6 * CHUNK));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(atOnce()).toBe(3);
    const staged = files.map((file) => file.stats().stagedBytes / CHUNK);
    expect(staged[0]).toBe(6);
    expect(staged[1] + staged[2]).toBeLessThanOrEqual(3); // in flight when the limit was reached
    expect(await files[2].read(0, TOTAL)).toEqual(body);
  });

  test('an abort ends the read and keeps staged chunks', async () => {
    const controller = new AbortController();
    const source = open({}, { signal: controller.signal });
    await source.read(0, 2000);
    server.handle = ({ first, serve }) => (first === 5000 ? controller.abort() : serve());
    const failure = await failureOf(() => source.read(4000, 3000));
    expect((failure as unknown as Error).name).toBe('AbortError');
    expect(((await failureOf(() => source.read(0, 1))) as unknown as Error).name).toBe('AbortError');
    expect(await stagedIndices()).toEqual(expect.arrayContaining([0, 1]));
  });
});

describe('retain', () => {
  test('drops unneeded chunks and never fetches them', async () => {
    const source = open();
    await source.read(0, 6000);
    await source.retain([{ offset: 2500, length: 1000 }]);
    expect(await stagedIndices()).toEqual([2, 3]);
    await source.retain([]);
    await soon(async () => expect(await stagedIndices()).toEqual([]));
    expect(server.sentBytes).toBe(6000);
  });

  test('with a published digest, chunks stay until hashed, and unneeded ones are hashed but not kept', async () => {
    const source = open({ sha256 }, { pool: downloadPool({ aheadBytes: 2 * CHUNK }) });
    expect(await source.read(5000, 1000)).toEqual(body.slice(5000, 6000));
    expect(await stagedIndices({ sha256 })).toEqual([5]);
    await source.retain([{ offset: 38_000, length: 1000 }]); // 5 waits for the hash of 0 to 4, which are fetched for it
    await soon(() => expect(source.stats()).toMatchObject({ hashedBytes: 7000, stagedBytes: 0 }));
    expect(await source.read(38_000, 1000)).toEqual(body.slice(38_000, 39_000));
    await source.retain([]);
    await source.verify();
    expect(await stagedIndices({ sha256 })).toEqual([]);
    expect(server.sentBytes).toBe(TOTAL);
  });
});

describe('after a kill', () => {
  /** Simulates a killed process: after `kill` nothing is written and no call returns. */
  function mortal(staging: ChunkStaging): ChunkStaging & { kill(): void } {
    let isDead = false;
    const guarded = Object.fromEntries(
      Object.entries(staging).map(([name, method]) => [
        name,
        (...args: unknown[]) =>
          isDead ? new Promise(() => undefined) : (method as (...a: unknown[]) => unknown)(...args),
      ]),
    );
    return { ...(guarded as unknown as ChunkStaging), kill: () => (isDead = true) };
  }

  /** Simulates an importer: reads 1.5 chunks at a time and stores every 4 KB in its own cache. */
  async function importFrom(source: DownloadSource, journal: { doneBytes: number }): Promise<void> {
    const rest = (): ByteRange[] => [{ offset: journal.doneBytes, length: TOTAL - journal.doneBytes }];
    await source.retain(rest());
    for (let at = journal.doneBytes; at < TOTAL; at += 1500) {
      const length = Math.min(1500, TOTAL - at);
      expect(await source.read(at, length)).toEqual(body.slice(at, at + length));
      if (at + length - journal.doneBytes < 4000) continue;
      journal.doneBytes = at + length;
      await source.retain(rest());
    }
    await source.verify();
  }

  test.each([1, 2, 3, 4, 5, 6])(
    'at any moment, each connection refetches at most one chunk (seed %i)',
    async (seed) => {
      const random = seeded(seed);
      const journal = { doneBytes: 0 };
      server.pieceBytes = 200;
      server.pauseMs = 1;
      const kills = 5;
      let durable: number[] = [];
      const nothingTwice = (): void => {
        const again = asked().map((range) => Math.floor(Number(range.split('-')[0]) / CHUNK));
        expect(again.filter((index) => durable.includes(index))).toEqual([]);
      };
      for (let kill = 0; kill < kills; kill++) {
        const staging = mortal(databaseStaging());
        const source = open({ sha256 }, { staging });
        const killAfter = server.sentBytes + Math.floor(random.uniform() * 12) * 1000 + 100;
        void importFrom(source, journal).catch(() => undefined);
        await soon(() => expect(server.sentBytes).toBeGreaterThanOrEqual(Math.min(killAfter, TOTAL)));
        staging.kill();
        source.close();
        nothingTwice();
        durable = await stagedIndices({ sha256 });
      }
      const last = open({ sha256 });
      await importFrom(last, journal);
      nothingTwice();
      expect(server.sentBytes - TOTAL).toBeLessThanOrEqual(kills * 4 * CHUNK);
      await last.forget();
      expect(await databaseStaging().list()).toEqual([]);
    },
  );

  test('a download reopens without the server and reads staged chunks', async () => {
    await open().read(0, 5000);
    await server.close();
    const again = open();
    expect(await again.byteLength()).toBe(TOTAL);
    expect(await again.read(500, 4000)).toEqual(body.slice(500, 4500));
  });

  test('the hash resumes from its saved state: dropped chunks are not refetched', async () => {
    const first = open({ sha256 });
    await first.read(0, 20_000);
    await first.retain([{ offset: 20_000, length: TOTAL - 20_000 }]);
    await soon(() => expect(first.stats().hashedBytes).toBeGreaterThanOrEqual(20_000));
    first.close();
    const before = asked().length;
    expect(before).toBeGreaterThanOrEqual(20);
    const second = open({ sha256 });
    await second.retain([]);
    await second.verify();
    expect(asked().every((range) => Number(range.split('-')[0]) >= 20_000)).toBe(true);
  });

  test('a mirror resumes the download of the same content', async () => {
    await open({ sha256 }).read(0, 5000);
    const mirror = await startFileServer(body, '/elsewhere/model.gguf');
    mirror.etag = '"another"';
    const source = open({ url: mirror.url, sha256 });
    expect(await source.read(0, TOTAL)).toEqual(body);
    expect(mirror.sentBytes).toBe(TOTAL - 5000);
    await source.verify();
    await mirror.close();
  });
});
