// Agents in memory, for tests.
import type { StoredAgent } from '../../../agents/agent';
import type { KnowledgeBase } from '../../../knowledge/base';
import type { AgentDb } from './agentDb';

export function memoryAgents(): AgentDb & { kept: Map<string, StoredAgent> } {
  const kept = new Map<string, StoredAgent>();
  const bases = new Map<string, KnowledgeBase>();
  return {
    kept,
    list: async () => [...kept.values()],
    async save(agent, knowledge) {
      kept.set(agent.id, structuredClone(agent));
      if (knowledge) bases.set(agent.id, structuredClone(knowledge));
      if (knowledge === null) bases.delete(agent.id);
    },
    knowledge: async (id) => bases.get(id),
    async remove(id) {
      kept.delete(id);
      bases.delete(id);
    },
    async clear() {
      kept.clear();
      bases.clear();
    },
  };
}
