// Raw IndexedDB speed in the same browser and profile: the baseline for import and warm start.
import type { Page } from 'playwright';

const SHARD_BYTES = 16 * 1024 * 1024;

/**
 * MB/s of writing `totalBytes` in Blobs of 16 MiB, one transaction each, into a separate database, which is deleted
 * afterwards.
 */
export async function rawWriteMBps(page: Page, totalBytes: number): Promise<number> {
  return page.evaluate(timeWrites, { count: Math.ceil(totalBytes / SHARD_BYTES), shardBytes: SHARD_BYTES });
}

/**
 * MB/s of reading the stored model's Blobs one after another and discarding them: by arrayBuffer() or by stream into
 * reused memory, whichever is faster here.
 */
export async function rawReadMBps(page: Page): Promise<number> {
  return page.evaluate(timeReads);
}

/** Runs in the page. */
async function timeWrites({ count, shardBytes }: { count: number; shardBytes: number }): Promise<number> {
  const done = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error as Error);
    });
  const opening = indexedDB.open('raw-speed', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('entries');
  const database = await done(opening);
  const bytes = new Uint8Array(shardBytes);
  for (let at = 0; at < shardBytes; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
  const blob = new Blob([bytes]); // a single Blob: new ones would fill the browser's Blob storage before they are collected
  const began = performance.now();
  for (let i = 0; i < count; i++) {
    const transaction = database.transaction('entries', 'readwrite');
    transaction.objectStore('entries').put(blob, i);
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error as Error);
    });
  }
  const ms = performance.now() - began;
  database.close();
  await done(indexedDB.deleteDatabase('raw-speed'));
  return (count * shardBytes) / 1e3 / ms;
}

/** Runs in the page; reads the database of src/weights/stored/cache.ts, where src/weights/stored/places.ts puts it. */
async function timeReads(): Promise<number> {
  const done = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error as Error);
    });
  const { storageBuckets } = navigator as {
    storageBuckets?: { open(name: string): Promise<{ indexedDB: IDBFactory }> };
  };
  const place = (await storageBuckets?.open('glm-weights'))?.indexedDB ?? indexedDB;
  const database = await done(place.open('glm-shards'));
  const entries = () => database.transaction('entries').objectStore('entries');
  const keys = await done(entries().getAllKeys());
  const blobs = (key: IDBValidKey): Promise<Blob> => done(entries().get(key) as IDBRequest<Blob>);
  let memory = new ArrayBuffer(16 * 1024 * 1024);
  const ways: ((blob: Blob) => Promise<unknown>)[] = [
    (blob) => blob.arrayBuffer(),
    async (blob) => {
      const reader = blob.stream().getReader({ mode: 'byob' });
      Object.assign(window, { rawReader: reader }); // keeps the Blob alive while it is read: see src/weights/file/readBlob.ts
      for (let at = 0; at < blob.size;) {
        const { value } = await reader.read(new Uint8Array(memory, at, blob.size - at));
        if (!value?.byteLength) throw new Error('A stored Blob ends early');
        memory = value.buffer;
        at += value.byteLength;
      }
    },
  ];
  const speeds: number[] = [];
  for (const read of ways) {
    let bytes = 0;
    const began = performance.now();
    for (const key of keys) {
      const blob = await blobs(key);
      await read(blob);
      bytes += blob.size;
    }
    speeds.push(bytes / 1e3 / (performance.now() - began));
  }
  database.close();
  return Math.max(...speeds);
}
