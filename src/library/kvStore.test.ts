// Stored KV: lookup, eviction order, and making room for weights.
import { afterEach, expect, test, vi } from 'vitest';
import { AppError } from '../shared/errors';
import { memoryCache } from '../weights/stored/cache';
import { quotaError } from '../weights/stored/storage';
import { BLOCK_TOKENS, blockDigests, cacheBefore, KvStore } from './kvStore';

const key = (digest: string, modelId = 'm') => ({ modelId, variant: 'f16', digest });
const block = (value: number, bytes = 100) => new Uint8Array(bytes).fill(value).buffer;

test('chats with the same beginning share its blocks, and none after the first difference', async () => {
  const ids = Array.from({ length: 3 * BLOCK_TOKENS + 5 }, (_, i) => i);
  const other = ids.with(BLOCK_TOKENS + 3, 0);
  const [a, b] = [await blockDigests(ids), await blockDigests(other)];
  expect([a.length, new Set([...a, ...b]).size]).toEqual([3, 5]);
  expect(b[0]).toBe(a[0]);
});

test('a block is returned byte for byte, for its model, variant and size only', async () => {
  const store = KvStore.inMemory();
  await store.write(key('a'), block(7));
  expect(await store.read(key('a'), 100)).toEqual(block(7));
  expect(await store.read(key('a'), 96)).toBeUndefined();
  expect(await store.read(key('a', 'n'), 100)).toBeUndefined();
  await store.clear('n');
  expect(await store.has(key('a'))).toBe(true);
  await store.clear('m');
  expect(await store.has(key('a'))).toBe(false);
});

test('the least recently used block is evicted when over budget', async () => {
  const store = KvStore.inMemory(300);
  for (const [i, digest] of ['a', 'b', 'c'].entries()) {
    await store.write(key(digest), block(i));
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  await store.read(key('a'), 100);
  await store.write(key('d'), block(4));
  const there = await Promise.all(['a', 'b', 'c', 'd'].map((digest) => store.has(key(digest))));
  expect(there).toEqual([true, false, true, true]);
});

test('a tenth of the quota is enough, and what was of no use for 30 days goes', async () => {
  vi.stubGlobal('navigator', { storage: { estimate: () => Promise.resolve({ quota: 3000, usage: 0 }) } });
  const store = KvStore.inMemory();
  const there = async () => Promise.all(['a', 'b', 'c', 'd'].map((digest) => store.has(key(digest))));
  vi.useFakeTimers({ toFake: ['Date'] });
  for (const [i, digest] of ['a', 'b', 'c', 'd'].entries()) {
    vi.setSystemTime(i);
    await store.write(key(digest), block(i));
  }
  expect(await there()).toEqual([false, true, true, true]);
  vi.setSystemTime(29 * 24 * 3600_000);
  await store.read(key('b'), 100);
  vi.setSystemTime(31 * 24 * 3600_000);
  await store.write(key('a'), block(5));
  expect(await there()).toEqual([true, true, false, false]);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('an import evicts stored KV when it lacks room, and fails only if that is not enough', async () => {
  const store = KvStore.inMemory();
  let free = 50;
  const cache = cacheBefore(store, {
    ...memoryCache(),
    async ensureRoom(needed) {
      const kept = (await Promise.all(['a', 'b', 'c'].map((digest) => store.has(key(digest))))).filter(
        Boolean,
      );
      free = 50 + 100 * (3 - kept.length);
      if (needed > free) throw quotaError(needed, free);
    },
  });
  for (const digest of ['a', 'b', 'c']) await store.write(key(digest), block(1));
  await cache.ensureRoom(40);
  expect(await store.has(key('a'))).toBe(true);
  await cache.ensureRoom(180);
  expect(free).toBe(250);
  await expect(cache.ensureRoom(1000)).rejects.toBeInstanceOf(AppError);
});
