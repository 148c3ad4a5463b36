// Notes that the user wants remembered, in a database of their own, one record each.
import { openRecords, type RecordDb } from '../../../shared/records';

export interface MemoryNote {
  id: string;
  text: string;
  /** The agent whose chats it is for; missing: all chats. */
  agentId?: string;
  createdAt: number;
}

export type NoteDb = RecordDb<MemoryNote>;

export const openNoteDb = (): NoteDb => openRecords('glm-memory', 'notes', ({ id }) => id);
