// Saved prompts in a database of their own, one record each.
import { openSimpleDatabase } from '../../../shared/database';

export interface SavedPrompt {
  id: string;
  title: string;
  /** With `{{names}}` for what changes from use to use. */
  text: string;
  updatedAt: number;
}

/** Where prompts are kept. Every method may reject when the browser refuses IndexedDB. */
export interface PromptDb {
  list(): Promise<SavedPrompt[]>;
  save(prompt: SavedPrompt): Promise<void>;
  remove(id: string): Promise<void>;
  clear(): Promise<void>;
}

export function openPromptDb(): PromptDb {
  const database = openSimpleDatabase('glm-prompts', 'prompts');
  const change = (run: (prompts: IDBObjectStore) => void) =>
    database.write(['prompts'], (transaction) => run(transaction.objectStore('prompts')));
  return {
    list: () => database.read('prompts', (prompts) => prompts.getAll() as IDBRequest<SavedPrompt[]>),
    save: (prompt) => change((prompts) => void prompts.put(prompt, prompt.id)),
    remove: (id) => change((prompts) => void prompts.delete(id)),
    clear: () => change((prompts) => void prompts.clear()),
  };
}
