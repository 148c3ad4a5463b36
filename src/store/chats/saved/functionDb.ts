// Functions of the user in a database of their own, one record each.
import { openSimpleDatabase } from '../../../shared/database';
import type { StoredFunction } from '../../../tools/functions/definition';

/** Where functions are kept. Every method may reject when the browser refuses IndexedDB. */
export interface FunctionDb {
  list(): Promise<StoredFunction[]>;
  save(functions: readonly StoredFunction[]): Promise<void>;
  remove(name: string): Promise<void>;
  clear(): Promise<void>;
}

export function openFunctionDb(): FunctionDb {
  const database = openSimpleDatabase('glm-functions', 'functions');
  const change = (run: (functions: IDBObjectStore) => void) =>
    database.write(['functions'], (transaction) => run(transaction.objectStore('functions')));
  return {
    list: () => database.read('functions', (functions) => functions.getAll() as IDBRequest<StoredFunction[]>),
    save: (list) => change((functions) => list.forEach((one) => functions.put(one, one.name))),
    remove: (name) => change((functions) => void functions.delete(name)),
    clear: () => change((functions) => void functions.clear()),
  };
}
