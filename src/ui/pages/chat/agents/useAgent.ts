import { useEffect } from 'react';
import { galleryAgents, type AgentCard } from '../../../../store/agents';
import { useApp } from '../../../useApp';

/** The card of an agent of the user's or of the gallery; undefined while they are read, and for one that is gone. */
export function useAgent(id: string): AgentCard | undefined {
  const open = useApp((s) => s.agentDesk.open);
  useEffect(() => void open(), [open]);
  const own = useApp((s) => s.agents.agents?.find((agent) => agent.id === id)?.card);
  return own ?? [...galleryAgents('zh'), ...galleryAgents('en')].find((agent) => agent.id === id)?.card;
}
