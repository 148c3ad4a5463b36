// Key-value stores under the cache: IndexedDB in a browser, a Map elsewhere; and the browser's storage estimate.
import { openSimpleDatabase, type Database } from '../../shared/database';
import { AppError } from '../../shared/errors';

/** Keys are strings or [id, index]. */
export type StoreKey = string | [id: string, index: number];

export interface KeyValueStore<K extends StoreKey, V> {
  get(key: K): Promise<V | undefined>;
  set(key: K, value: V): Promise<void>;
  keys(): Promise<K[]>;
  delMany(keys: K[]): Promise<void>;
}

/**
 * An IndexedDB database with one store, in the default bucket unless `place` names another.
 * @throws AppError 'storage-unavailable', 'storage-quota' from every method.
 */
export function databaseStore<K extends StoreKey, V>(
  database: string,
  place?: () => Promise<IDBFactory>,
): KeyValueStore<K, V> {
  return tableStore(openSimpleDatabase(database, 'entries', place), 'entries');
}

/** One of the stores of a database. @throws as {@link databaseStore} */
export function tableStore<K extends StoreKey, V>(database: Database, table: string): KeyValueStore<K, V> {
  const change = (run: (all: IDBObjectStore) => void) =>
    database.write([table], (transaction) => run(transaction.objectStore(table)));
  return {
    get: (key) => translate(() => database.read(table, (all) => all.get(key) as IDBRequest<V | undefined>)),
    set: (key, value) =>
      translate(() => change((all) => void all.put(value, key)), value instanceof Blob ? value.size : 0),
    keys: () =>
      translate(() =>
        database.read(table, (all) => all.getAllKeys() as IDBRequest<unknown[]> as IDBRequest<K[]>),
      ),
    delMany: (list) => translate(() => change((all) => list.forEach((key) => all.delete(key)))),
  };
}

/** A store in memory, lost with the page. */
export function memoryStore<K extends StoreKey, V>(): KeyValueStore<K, V> {
  const entries = new Map<string, { key: K; value: V }>();
  return {
    get: (key) => Promise.resolve(entries.get(String(key))?.value),
    set: async (key, value) => void entries.set(String(key), { key, value }),
    keys: () => Promise.resolve([...entries.values()].map(({ key }) => key)),
    delMany: async (list) => list.forEach((key) => entries.delete(String(key))),
  };
}

/** @throws AppError 'storage-quota' when `neededBytes` more exceed the browser's estimate. */
export async function ensureRoom(neededBytes: number): Promise<void> {
  const availableBytes = await roomBytes();
  if (availableBytes !== undefined && neededBytes > availableBytes)
    throw quotaError(neededBytes, availableBytes);
}

/** Timeout: some browsers never answer while their storage is busy. */
const ESTIMATE_MS = 3000;

/**
 * Bytes that this origin may still store, by the browser's estimate; a write may fail even so. Undefined where the
 * browser gives no estimate. A quota of 0 (private windows) counts as unknown: only a write shows.
 */
async function roomBytes(): Promise<number | undefined> {
  const { quota = NaN, usage = 0 } = await estimate();
  return quota > 0 ? Math.max(0, quota - usage) : undefined;
}

/** Bytes that the browser grants this origin; infinite where it does not say. */
export async function quotaBytes(): Promise<number> {
  const { quota = NaN } = await estimate();
  return quota > 0 ? quota : Infinity;
}

async function estimate(): Promise<StorageEstimate> {
  const { navigator } = globalThis as { navigator?: { storage?: StorageManager } };
  const answer = navigator?.storage?.estimate?.().catch(() => undefined);
  const silence = new Promise<undefined>((resolve) => setTimeout(resolve, ESTIMATE_MS));
  return (await (answer && Promise.race([answer, silence]))) ?? {};
}

/** 'storage-quota' for a refused write, which overrides the estimate. */
export async function refusedWrite(neededBytes: number, cause: unknown): Promise<AppError> {
  const availableBytes = (await roomBytes()) ?? 0;
  return quotaError(neededBytes, availableBytes < neededBytes ? availableBytes : 0, cause);
}

/** Runs an operation on the browser's storage. @throws AppError 'storage-quota', 'storage-unavailable' */
export async function translate<T>(run: () => Promise<T>, neededBytes = 0): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Error && error.name === 'QuotaExceededError') {
      throw await refusedWrite(neededBytes, error);
    }
    const message =
      'The browser refuses to store models (IndexedDB): private window, blocked site data or a full disk. ' +
      `Change that and reload. ${String(error)}`;
    throw new AppError('storage-unavailable', message, {}, error);
  }
}

/** AppError 'storage-quota'. */
export function quotaError(neededBytes: number, availableBytes: number, cause?: unknown): AppError {
  const message =
    `The model needs ${neededBytes} more bytes of browser storage, ${availableBytes} are left. ` +
    'Delete another model or free disk space.';
  return new AppError('storage-quota', message, { neededBytes, availableBytes }, cause);
}
