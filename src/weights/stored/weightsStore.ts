// Stores of large data, in the weights' bucket. What an earlier version left in the default bucket is read from there and
// moves over in the background, one entry at a time.
import { deleteDB } from 'idb';
import { ifFree } from './locks';
import { defaultPlace, isInDefaultPlace, weightsPlace } from './places';
import { databaseStore, translate, type KeyValueStore, type StoreKey } from './storage';

/** The first minute belongs to the model that loads. */
const MOVE_AFTER_MS = 60_000;
/** Between two entries, each up to 16 MiB: the disk stays free for others. */
const PAUSE_MS = 250;

interface MoveOptions {
  moveAfterMs?: number;
  pauseMs?: number;
}

/** @throws AppError 'storage-unavailable', 'storage-quota' from every method. */
export function weightsStore<K extends StoreKey, V>(
  name: string,
  { moveAfterMs = MOVE_AFTER_MS, pauseMs = PAUSE_MS }: MoveOptions = {},
): KeyValueStore<K, V> {
  const here = databaseStore<K, V>(name, weightsPlace);
  /** The default bucket, as long as it holds entries. */
  let earlier: KeyValueStore<K, V> | undefined;
  let looked: Promise<void> | undefined;

  async function look(): Promise<void> {
    if ((await weightsPlace()) === defaultPlace() || !(await isInDefaultPlace(name))) return;
    earlier = databaseStore<K, V>(name);
    const timer: unknown = setTimeout(() => void move().catch(() => undefined), moveAfterMs); // the next start tries again
    if (typeof timer === 'object') (timer as { unref(): void }).unref(); // Node: a pending move keeps no process alive
  }

  async function ready(): Promise<void> {
    looked ??= translate(look);
    await looked.catch((error: unknown) => {
      looked = undefined;
      throw error;
    });
  }

  /** What is left in the default bucket. After another tab has moved the last entry, opening it would make it anew. */
  async function rest(): Promise<KeyValueStore<K, V> | undefined> {
    if (earlier && !(await isInDefaultPlace(name))) earlier = undefined;
    return earlier;
  }

  async function move(): Promise<void> {
    await ifFree(`glm-move ${name}`, async () => {
      for (const key of (await earlier?.keys()) ?? []) {
        const value = await earlier?.get(key);
        if (value !== undefined && (await here.get(key)) === undefined) await here.set(key, value);
        await earlier?.delMany([key]);
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
      earlier = undefined;
      await deleteDB(name);
    });
  }

  return {
    async get(key) {
      await ready();
      const found = await here.get(key);
      const left = found === undefined && (await rest());
      if (!left) return found ?? here.get(key); // it may have moved in between
      return (await left.get(key)) ?? here.get(key);
    },
    async set(key, value) {
      await ready();
      await here.set(key, value);
      await (await rest())?.delMany([key]);
    },
    async keys() {
      await ready();
      const keys = [...((await (await rest())?.keys()) ?? []), ...(await here.keys())];
      return [...new Map(keys.map((key) => [String(key), key])).values()];
    },
    async delMany(keys) {
      await ready();
      await (await rest())?.delMany(keys);
      await here.delMany(keys);
    },
  };
}
