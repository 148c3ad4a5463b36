// Servers in a database of their own, one record each, with their keys.
import { openRecords, type RecordDb } from '../../shared/records';
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

export interface ServerDb extends RecordDb<StoredServer> {
  read(id: string): Promise<StoredServer | undefined>;
}

export const openServerDb = (): ServerDb => openRecords('glm-servers', 'servers', ({ id }) => id);
