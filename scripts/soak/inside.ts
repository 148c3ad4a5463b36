// What a page's heap and the origin's databases consist of, for the beginning and the end of a soak run.
import type { CDPSession, Page } from 'playwright';

/** Bytes of a page's heap by kind, after a garbage collection. */
export interface HeapParts {
  /** Compiled code and what belongs to it: grows until everything that is used has been compiled. */
  code: number;
  /** Objects, arrays and closures. */
  objects: number;
  strings: number;
  /** Elements, styles and layout. */
  dom: number;
  /** Elements outside of every document, as a count. */
  detached: number;
}

interface HeapSnapshot {
  snapshot: { meta: { node_fields: string[]; node_types: [string[], ...unknown[]] } };
  nodes: number[];
}

/** V8's kinds of nodes, by what they count as here; all others are objects. */
const KINDS: Record<string, 'code' | 'strings' | 'dom' | undefined> = {
  code: 'code',
  'object shape': 'code',
  string: 'strings',
  'concatenated string': 'strings',
  'sliced string': 'strings',
  native: 'dom',
};
const DETACHED = 2;

export async function heapParts(session: CDPSession): Promise<HeapParts> {
  const chunks: string[] = [];
  const take = ({ chunk }: { chunk: string }) => void chunks.push(chunk);
  session.on('HeapProfiler.addHeapSnapshotChunk', take);
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  session.off('HeapProfiler.addHeapSnapshotChunk', take);
  const { snapshot, nodes } = JSON.parse(chunks.join('')) as HeapSnapshot;
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, size, detachedness] = ['type', 'self_size', 'detachedness'].map((name) =>
    fields.indexOf(name),
  );
  const parts: HeapParts = { code: 0, objects: 0, strings: 0, dom: 0, detached: 0 };
  for (let at = 0; at < nodes.length; at += fields.length) {
    parts[KINDS[types[0][nodes[at + type]]] ?? 'objects'] += nodes[at + size];
    if (nodes[at + detachedness] === DETACHED) parts.detached++;
  }
  return parts;
}

/** Bytes of all records by database, without what the browser's files hold beyond them (logs, indices, old values). */
export function recordBytes(page: Page): Promise<Record<string, number>> {
  return page.evaluate(async () => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error as Error);
      });
    const bytesOf = (value: unknown): number => {
      if (value instanceof Blob) return value.size;
      if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return value.byteLength;
      if (typeof value === 'string') return value.length;
      if (!value || typeof value !== 'object') return 8;
      return Object.entries(value).reduce((sum, [key, one]) => sum + key.length + bytesOf(one), 0);
    };
    const found: Record<string, number> = {};
    const addAll = async (factory: IDBFactory) => {
      for (const { name = '' } of await factory.databases()) {
        const database = await settled(factory.open(name));
        for (const store of database.objectStoreNames) {
          const records = await settled(database.transaction(store).objectStore(store).getAll());
          found[name] = (found[name] ?? 0) + records.reduce((sum: number, one) => sum + bytesOf(one), 0);
        }
        database.close();
      }
    };
    await addAll(indexedDB);
    const { storageBuckets } = navigator as Navigator & {
      storageBuckets?: {
        keys(): Promise<string[]>;
        open(name: string): Promise<{ indexedDB: IDBFactory }>;
      };
    };
    for (const name of (await storageBuckets?.keys()) ?? [])
      await addAll((await storageBuckets!.open(name)).indexedDB);
    return found;
  });
}
