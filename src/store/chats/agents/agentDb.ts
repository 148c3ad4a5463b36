// Agents in a database of their own, one record each, with what each knows as one Blob.
import type { StoredAgent } from '../../../agents/agent';
import { openRecords, type RecordDb } from '../../../shared/records';

export type AgentDb = RecordDb<StoredAgent>;

export const openAgentDb = (): AgentDb => openRecords('glm-agents', 'agents', ({ id }) => id);
