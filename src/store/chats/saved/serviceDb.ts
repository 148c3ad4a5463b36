// What tools need of the outside, in a database of its own: secrets, MCP servers, endpoints that draw. One record each;
// none of it is part of an export.
import { openSimpleDatabase } from '../../../shared/database';
import type { DrawSettings } from '../../../tools/draw/settings';
import type { StoredMcp } from '../types';
import type { Secret } from '../../../tools/http/secrets';

export type StoredService =
  ({ kind: 'secret' } & Secret) | ({ kind: 'drawing' } & DrawSettings) | ({ kind: 'mcp' } & StoredMcp);

export function keyOf(service: StoredService): string {
  if (service.kind === 'drawing') return 'drawing';
  return service.kind === 'secret' ? `secret ${service.name}` : `mcp ${service.id}`;
}

/** Where services are kept. Every method may reject when the browser refuses IndexedDB. */
export interface ServiceDb {
  list(): Promise<StoredService[]>;
  save(service: StoredService): Promise<void>;
  remove(key: string): Promise<void>;
  clear(): Promise<void>;
}

export function openServiceDb(): ServiceDb {
  const database = openSimpleDatabase('glm-services', 'services');
  const change = (run: (services: IDBObjectStore) => void) =>
    database.write(['services'], (transaction) => run(transaction.objectStore('services')));
  return {
    list: () => database.read('services', (services) => services.getAll() as IDBRequest<StoredService[]>),
    save: (service) => change((services) => void services.put(service, keyOf(service))),
    remove: (key) => change((services) => void services.delete(key)),
    clear: () => change((services) => void services.clear()),
  };
}
