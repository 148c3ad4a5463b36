// What the book of chats needs, and what it tells.
import type { ChatDb } from './chatDb';
import type { Rescue } from './rescue';
import type { Message } from './types';

export type BookEvent =
  /**
   * A chat, or a message with everything that follows it, is about to be deleted; null: all chats. An answer being
   * written into it ends now, so that undo brings it back too.
   */
  | { kind: 'deleting'; chatId: string | null; messageId?: string }
  /** Messages were put into a chat or taken out of it, here or in another tab. */
  | { kind: 'written'; chatId: string; messages: Message[]; removed: string[] }
  /** A chat is gone, here or in another tab. */
  | { kind: 'gone'; chatId: string }
  /** A chat that was deleted is here again: its draft and files are stored no more. */
  | { kind: 'back'; chatId: string }
  /** Many chats may have changed: everything derived from all of them is out of date. */
  | { kind: 'reread' }
  /** All chats were deleted. */
  | { kind: 'cleared' };

export interface BookOptions {
  chatDb: ChatDb;
  /** System prompt of new chats. */
  systemPrompt: () => string;
  /** Where words wait that the database refuses. */
  rescue: Rescue;
  /** A chat was deleted in another tab while it was shown or written here. */
  onGone: () => void;
  /** The browser has no room for chats: frees what can be computed again. */
  makeRoom?: () => Promise<unknown>;
}
