// Records of one kind in a database of their own, each under a key. Tabs share them: each hears when another has written.
import { openSimpleDatabase } from './database';

/** Where records are kept. Every method may reject when the browser refuses IndexedDB. */
export interface RecordDb<T> {
  list(): Promise<T[]>;
  save(record: T): Promise<void>;
  remove(key: string): Promise<void>;
  clear(): Promise<void>;
  /** Calls the listener when another tab has written. */
  onChange?(listener: () => void): void;
}

export interface Records<T> extends Required<RecordDb<T>> {
  read(key: string): Promise<T | undefined>;
  /** All in one transaction. */
  saveAll(records: readonly T[]): Promise<void>;
}

export function openRecords<T>(name: string, store: string, keyOf: (record: T) => string): Records<T> {
  const database = openSimpleDatabase(name, store);
  let opened: BroadcastChannel | undefined;
  const channel = () => (opened ??= new BroadcastChannel(name));
  const change = async (run: (records: IDBObjectStore) => void) => {
    await database.write([store], (transaction) => run(transaction.objectStore(store)));
    channel().postMessage('written');
  };
  const saveAll = (records: readonly T[]) =>
    change((all) => records.forEach((record) => all.put(record, keyOf(record))));
  return {
    list: () => database.read(store, (all) => all.getAll() as IDBRequest<T[]>),
    read: (key) => database.read(store, (all) => all.get(key) as IDBRequest<T | undefined>),
    save: (record) => saveAll([record]),
    saveAll,
    remove: (key) => change((all) => void all.delete(key)),
    clear: () => change((all) => void all.clear()),
    onChange: (listener) => channel().addEventListener('message', () => listener()),
  };
}
