// Saved prompts in a database of their own, one record each.
import { createStore, del, set, values } from 'idb-keyval';

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
}

export function openPromptDb(): PromptDb {
  const store = createStore('glm-prompts', 'prompts');
  return {
    list: () => values<SavedPrompt>(store),
    save: (prompt) => set(prompt.id, prompt, store),
    remove: (id) => del(id, store),
  };
}
