// Servers in a database of their own, one record each, with their keys.
import { clear, createStore, del, get, set, values } from 'idb-keyval';
import type { ServerKind, ServerModel } from '../../servers/models';

export interface StoredServer {
  id: string;
  name: string;
  baseUrl: string;
  /** '' for none. */
  key: string;
  kind: ServerKind;
  models: ServerModel[];
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
  const store = createStore('glm-servers', 'servers');
  return {
    list: () => values<StoredServer>(store),
    read: (id) => get<StoredServer>(id, store),
    save: (server) => set(server.id, server, store),
    remove: (id) => del(id, store),
    clear: () => clear(store),
  };
}
