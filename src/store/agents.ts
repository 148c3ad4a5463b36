// What the pages of agents need besides the state, in their chunk: the first load has none of it.
export { AGENT_FILES } from '../agents/readAgentFile';
export { cardFault, LIMITS, type CardField, type StoredAgent } from '../agents/agent';
export { galleryAgents } from '../agents/gallery/gallery';
export { isPicture, MOST_PICTURE_CHARS } from '../agents/picture';
export { emptyCard, type AgentCard } from '../knowledge/agentFile/card';
export type { Passage } from '../knowledge/types';
export type { FileProgress } from '../agents/indexing';
export type { AgentReview, Indexing, ShownChunk, TrialTurn } from './chats/agents/types';
