// The memory for its settings: not part of index.ts, whose code comes with the page.
import { fitting, type Memory } from './chats/memory/memory';
import type { MemoryNote } from './chats/memory/noteDb';

export { MOST_NOTE, MOST_TOKENS } from './chats/memory/memory';
export type { Memory, MemoryNote };

/** Notes for all chats that new chats begin with. */
export const fittingNotes = (notes: readonly MemoryNote[]): MemoryNote[] =>
  fitting(notes, { isSmall: false });
