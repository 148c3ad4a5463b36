// Agents in memory, for tests.
import type { StoredAgent } from '../../../agents/agent';
import type { AgentDb } from './agentDb';

export function memoryAgents(): AgentDb {
  const kept = new Map<string, StoredAgent>();
  return {
    list: async () => [...kept.values()],
    save: async (agent) => void kept.set(agent.id, agent),
    remove: async (id) => void kept.delete(id),
    clear: async () => kept.clear(),
  };
}
