// Saved prompts in a database of their own, one record each.
import { openRecords, type RecordDb } from '../../../shared/records';

export interface SavedPrompt {
  id: string;
  title: string;
  /** With `{{names}}` for what changes from use to use. */
  text: string;
  updatedAt: number;
}

export type PromptDb = RecordDb<SavedPrompt>;

export const openPromptDb = (): PromptDb => openRecords('glm-prompts', 'prompts', ({ id }) => id);
