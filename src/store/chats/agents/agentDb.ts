// Agents in a database of their own: a record each, and what each knows in another store, which is read when it is asked.
import type { StoredAgent } from '../../../agents/agent';
import type { KnowledgeBase } from '../../../knowledge/base';
import { Database } from '../../../shared/database';

/** Where agents are kept. Every method may reject when the browser refuses IndexedDB. */
export interface AgentDb {
  list(): Promise<StoredAgent[]>;
  /** @param knowledge undefined: it stays as it is; null: there is none any more */
  save(agent: StoredAgent, knowledge?: KnowledgeBase | null): Promise<void>;
  knowledge(id: string): Promise<KnowledgeBase | undefined>;
  remove(id: string): Promise<void>;
  clear(): Promise<void>;
}

const STORES = ['agents', 'knowledge'] as const;

export function openAgentDb(): AgentDb {
  const database = new Database('glm-agents', 1, {
    upgrade: (opened) => STORES.forEach((store) => opened.createObjectStore(store)),
  });
  return {
    list: () => database.read('agents', (agents) => agents.getAll() as IDBRequest<StoredAgent[]>),
    save: (agent, knowledge) =>
      database.write(STORES, (transaction) => {
        transaction.objectStore('agents').put(agent, agent.id);
        const bases = transaction.objectStore('knowledge');
        if (knowledge) bases.put(knowledge, agent.id);
        if (knowledge === null) bases.delete(agent.id);
      }),
    knowledge: (id) =>
      database.read('knowledge', (bases) => bases.get(id) as IDBRequest<KnowledgeBase | undefined>),
    remove: (id) =>
      database.write(STORES, (transaction) =>
        STORES.forEach((name) => transaction.objectStore(name).delete(id)),
      ),
    clear: () =>
      database.write(STORES, (transaction) =>
        STORES.forEach((name) => transaction.objectStore(name).clear()),
      ),
  };
}
