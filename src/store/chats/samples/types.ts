// Several answers beside each other, as the page sees them.
import type { WireError } from '../../../shared/errors';
import type { AssistantMessage, Grade } from '../types';

export interface SamplesState {
  chatId: string;
  /** The question; '' before a comparison. */
  parentId: string;
  /** Answers that are compared, in the order in which they were written. */
  ids: string[];
  phase: 'idle' | 'writing' | 'grading' | 'done';
  /** Answers to be written or graded in this phase, and how many are. */
  done: number;
  total: number;
  /** By message; null: the model gave none. */
  grades: Record<string, Grade | null>;
  error: WireError | null;
}

export interface SamplesDesk {
  readonly state: SamplesState;
  /** @returns a function that ends the subscription */
  subscribe(listener: () => void): () => void;
  /** The answers that are compared. */
  readonly answers: AssistantMessage[];
  /** How many answers come to the same result, by answer; empty where they name none. */
  readonly votes: Record<string, { result?: string; votes: number }>;
  /** Begins with the answers of the current chat that stand beside this one. */
  open(answerId: string): void;
  /** Writes answers until there are so many. */
  write(count: number): Promise<void>;
  /** Has the model grade every answer that has no grade. */
  grade(): Promise<void>;
  /** What is written so far stays. */
  stop(): void;
  /** Shows this answer in the chat. */
  choose(id: string): void;
  /** Ends the comparison: the chosen answer is shown, or the one that was shown before. */
  close(): void;
}
