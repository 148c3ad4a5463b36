// Weights of an earlier version move into the storage bucket of a real browser; without buckets they stay.
import { deleteDB } from 'idb';
import { afterEach, expect, test } from 'vitest';
import { weightsPlace } from './places';
import { databaseStore } from './storage';
import { weightsStore } from './weightsStore';

const NAME = 'glm-moving-test';
const SHARD_BYTES = 1024 * 1024;
const KEYS = [0, 1, 2, 3].map((index): [string, number] => ['model', index]);

afterEach(async () => {
  await deleteDB(NAME);
  (await weightsPlace()).deleteDatabase(NAME);
});

const earlier = databaseStore<[string, number], Blob>(NAME);
/** A reader may make the emptied database anew; the next start removes it. */
const isInDefaultBucket = async () =>
  (await indexedDB.databases()).some(({ name }) => name === NAME) && (await earlier.keys()).length > 0;
const shard = (index: number) => new Blob([new Uint8Array(SHARD_BYTES).fill(index + 1)]);
/** Whether a shard holds its bytes and no other. */
async function isRight(found: Blob | undefined, index: number): Promise<boolean> {
  const bytes = new Uint8Array((await found?.arrayBuffer()) ?? []);
  return bytes.length === SHARD_BYTES && bytes.every((byte) => byte === index + 1);
}

test('shards move one by one; two readers find each of them at any moment', async () => {
  for (const key of KEYS) await earlier.set(key, shard(key[1]));
  const hasBuckets = (await weightsPlace()) !== indexedDB;

  const stores = [0, 1].map(() =>
    weightsStore<[string, number], Blob>(NAME, { moveAfterMs: 0, pauseMs: 200 }),
  );
  let rounds = 0;
  const began = performance.now();
  do {
    for (const store of stores) {
      expect(await store.keys()).toHaveLength(KEYS.length);
      for (const key of KEYS) expect(await isRight(await store.get(key), key[1])).toBe(true);
    }
    rounds++;
  } while (hasBuckets ? (await isInDefaultBucket()) && performance.now() - began < 60_000 : rounds < 3);

  const here = databaseStore<[string, number], Blob>(NAME, weightsPlace);
  for (const key of KEYS) expect(await isRight(await here.get(key), key[1])).toBe(true);
  expect(await isInDefaultBucket()).toBe(!hasBuckets);
  expect(rounds).toBeGreaterThan(1); // reads and the move overlapped
});
