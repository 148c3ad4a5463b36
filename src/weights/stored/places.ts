// Where models are stored. A browser that runs short of disk space evicts whole buckets, never persisted ones: with
// weights in a bucket of their own (Chromium 122+), it takes them before the chats, which are in the default bucket.
// Other browsers keep everything in the default one.

/** Never persisted, unlike the default bucket. */
const BUCKET = 'glm-weights';

/** The part of https://wicg.github.io/storage-buckets/ that is used here. */
interface StorageBuckets {
  open(name: string, options: { persisted: boolean }): Promise<{ indexedDB: IDBFactory }>;
}

/** The databases of the default bucket. */
export const defaultPlace = (): IDBFactory => globalThis.indexedDB;

/**
 * The databases of the weights' bucket, or of the default one. Asked for with every connection: an evicted bucket is
 * made anew.
 */
export async function weightsPlace(): Promise<IDBFactory> {
  const { navigator } = globalThis as { navigator?: { storageBuckets?: StorageBuckets } };
  const bucket = await navigator?.storageBuckets?.open(BUCKET, { persisted: false }).catch(() => undefined); // a browser may refuse buckets in private windows
  return bucket?.indexedDB ?? defaultPlace();
}

/** Whether the default bucket has a database of this name; true where the browser does not tell (Firefox before 126). */
export async function isInDefaultPlace(name: string): Promise<boolean> {
  const place = defaultPlace();
  if (!place.databases) return true;
  return (await place.databases()).some((database) => database.name === name);
}
