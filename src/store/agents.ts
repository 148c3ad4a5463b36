// What the pages of agents need besides the state, in their chunk: the first load has none of it.
export { AGENT_FILES } from '../agents/readAgentFile';
export { cardFault, LIMITS, type CardField, type StoredAgent } from '../agents/agent';
export { galleryAgents } from '../agents/gallery/gallery';
export { isPicture, MOST_PICTURE_CHARS } from '../agents/picture';
export { emptyCard, type AgentCard, type StarterTime } from '../knowledge/agentFile/card';
export type { NamedChunk } from '../knowledge/worker/calls';
export type { Passage } from '../knowledge/types';
export { dueStarters, type DueStarter } from '../agents/schedule';
export { answeredIn } from './chats/agents/offers';
export { E5_SMALL } from '../catalogue/embedders';
export type { AgentReview, Embedding, FileProgress, Indexing, TrialTurn } from './chats/agents/types';
