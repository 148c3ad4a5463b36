// What the app stores, seen from a page of its origin.
import type { Page } from '@playwright/test';

/** Keys of all stored model parts; empty if none lie in the weights' bucket. */
export const storedParts = (page: Page) =>
  page.evaluate(async () => {
    const { storageBuckets } = navigator as unknown as {
      storageBuckets: { open(name: string): Promise<{ indexedDB: IDBFactory }> };
    };
    const opening = (await storageBuckets.open('glm-weights')).indexedDB.open('glm-shards');
    return new Promise<string[]>((resolve, reject) => {
      opening.onerror = () => reject(opening.error ?? new Error('glm-shards'));
      opening.onsuccess = () => {
        const keys = opening.result.transaction('entries').objectStore('entries').getAllKeys();
        keys.onsuccess = () => resolve(keys.result.map(String));
      };
    });
  });

/**
 * Rewrites the profile as versions before the weights' bucket left it: four databases in the default bucket. Call it
 * on a page of the origin that does not run the app.
 */
export const toEarlierProfile = (page: Page) =>
  page.evaluate(async () => {
    type Row = [key: IDBValidKey, value: unknown];
    const { storageBuckets } = navigator as unknown as {
      storageBuckets: {
        open(name: string): Promise<{ indexedDB: IDBFactory }>;
        delete(name: string): Promise<void>;
      };
    };
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
      });
    const bucket = (await storageBuckets.open('glm-weights')).indexedDB;
    const rowsOf = async (name: string, store: string): Promise<Row[]> => {
      const database = await done(bucket.open(name));
      const all = () => database.transaction(store).objectStore(store);
      const [keys, values] = [await done(all().getAllKeys()), await done(all().getAll())];
      database.close();
      return keys.map((key, i) => [key, values[i]]);
    };
    const earlier: [name: string, rows: Row[]][] = [
      ['glm-manifests', await rowsOf('glm-models', 'manifests')],
      ['glm-imports', await rowsOf('glm-models', 'journals')],
      ['glm-origins', await rowsOf('glm-models', 'origins')],
      ['glm-shards', await rowsOf('glm-shards', 'entries')],
    ];
    for (const [name, rows] of earlier) {
      const opening = indexedDB.open(name, 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore('entries');
      const database = await done(opening);
      const writing = database.transaction('entries', 'readwrite');
      for (const [key, value] of rows) writing.objectStore('entries').put(value, key);
      await new Promise((resolve) => (writing.oncomplete = resolve));
      database.close();
    }
    await storageBuckets.delete('glm-weights');
  });
