// Notes that the user wants remembered, in a database of their own, one record each.
import { openSimpleDatabase } from '../../../shared/database';

export interface MemoryNote {
  id: string;
  text: string;
  /** The agent whose chats it is for; missing: all chats. */
  agentId?: string;
  createdAt: number;
}

/** Where notes are kept. Every method may reject when the browser refuses IndexedDB. */
export interface NoteDb {
  list(): Promise<MemoryNote[]>;
  save(note: MemoryNote): Promise<void>;
  remove(id: string): Promise<void>;
  clear(): Promise<void>;
}

export function openNoteDb(): NoteDb {
  const database = openSimpleDatabase('glm-memory', 'notes');
  const change = (run: (notes: IDBObjectStore) => void) =>
    database.write(['notes'], (transaction) => run(transaction.objectStore('notes')));
  return {
    list: () => database.read('notes', (notes) => notes.getAll() as IDBRequest<MemoryNote[]>),
    save: (note) => change((notes) => void notes.put(note, note.id)),
    remove: (id) => change((notes) => void notes.delete(id)),
    clear: () => change((notes) => void notes.clear()),
  };
}
