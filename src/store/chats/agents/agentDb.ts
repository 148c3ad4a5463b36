// Agents in a database of their own, one record each, with what each knows as one Blob.
import type { StoredAgent } from '../../../agents/agent';
import { openSimpleDatabase } from '../../../shared/database';

/** Where agents are kept. Every method may reject when the browser refuses IndexedDB. */
export interface AgentDb {
  list(): Promise<StoredAgent[]>;
  save(agent: StoredAgent): Promise<void>;
  remove(id: string): Promise<void>;
  clear(): Promise<void>;
}

export function openAgentDb(): AgentDb {
  const database = openSimpleDatabase('glm-agents', 'agents');
  const change = (run: (agents: IDBObjectStore) => void) =>
    database.write(['agents'], (transaction) => run(transaction.objectStore('agents')));
  return {
    list: () => database.read('agents', (agents) => agents.getAll() as IDBRequest<StoredAgent[]>),
    save: (agent) => change((agents) => void agents.put(agent, agent.id)),
    remove: (id) => change((agents) => void agents.delete(id)),
    clear: () => change((agents) => void agents.clear()),
  };
}
