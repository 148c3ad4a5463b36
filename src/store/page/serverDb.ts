// Servers in a database of their own, one record each, with their keys.
import { openSimpleDatabase } from '../../shared/database';
import type { ServerKind, ServerModel } from '../../servers/models';

export interface StoredServer {
  id: string;
  name: string;
  baseUrl: string;
  /** '' for none. */
  key: string;
  kind: ServerKind;
  models: ServerModel[];
  /** Its models take pictures. */
  pictures?: boolean;
}

/** Where servers are kept. Every method may reject when the browser refuses IndexedDB. */
export interface ServerDb {
  list(): Promise<StoredServer[]>;
  read(id: string): Promise<StoredServer | undefined>;
  save(server: StoredServer): Promise<void>;
  remove(id: string): Promise<void>;
  clear(): Promise<void>;
}

export function openServerDb(): ServerDb {
  const database = openSimpleDatabase('glm-servers', 'servers');
  const change = (run: (servers: IDBObjectStore) => void) =>
    database.write(['servers'], (transaction) => run(transaction.objectStore('servers')));
  return {
    list: () => database.read('servers', (servers) => servers.getAll() as IDBRequest<StoredServer[]>),
    read: (id) =>
      database.read('servers', (servers) => servers.get(id) as IDBRequest<StoredServer | undefined>),
    save: (server) => change((servers) => void servers.put(server, server.id)),
    remove: (id) => change((servers) => void servers.delete(id)),
    clear: () => change((servers) => void servers.clear()),
  };
}
