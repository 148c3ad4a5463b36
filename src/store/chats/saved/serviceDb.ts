// What tools need of the outside, in a database of its own: secrets, MCP servers, endpoints that draw. One record each;
// none of it is part of an export.
import { openRecords, type RecordDb } from '../../../shared/records';
import type { DrawSettings } from '../../../tools/draw/settings';
import type { StoredMcp } from '../types';
import type { Secret } from '../../../tools/http/secrets';

export type StoredService =
  ({ kind: 'secret' } & Secret) | ({ kind: 'drawing' } & DrawSettings) | ({ kind: 'mcp' } & StoredMcp);

export function keyOf(service: StoredService): string {
  if (service.kind === 'drawing') return 'drawing';
  return service.kind === 'secret' ? `secret ${service.name}` : `mcp ${service.id}`;
}

export type ServiceDb = RecordDb<StoredService>;

export const openServiceDb = (): ServiceDb => openRecords('glm-services', 'services', keyOf);
