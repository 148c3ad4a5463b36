// What the page reads of the chats: plain functions of the state.
import type { BookState, ChatsState } from './state';
import { picturesOf } from './partText';
import { nearestAnswer, pathTo, shownPath } from './tree';
import type { AssistantMessage, Chat, DraftAttachment, ImagePart, Message } from './types';

type Current = Pick<BookState, 'chats' | 'currentId'>;

export const currentChat = (state: Current): Chat => state.chats[state.currentId];

/** The messages of the current chat that are shown. */
export const shownMessages = (state: Current): Message[] => shownPath(currentChat(state));

/** Chats without messages are not stored, so they share one draft. */
const NEW_CHAT = 'new';
const NO_FILES: DraftAttachment[] = [];

/** Key of a chat's draft and of its files. */
export const draftKeyOf = ({ id, messages }: Chat): string => (messages.length > 0 ? id : NEW_CHAT);

export const currentDraft = (state: Current & Pick<ChatsState, 'drafts'>): string =>
  state.drafts[draftKeyOf(currentChat(state))] ?? '';

export const currentAttachments = (state: Current & Pick<ChatsState, 'attachments'>): DraftAttachment[] =>
  state.attachments[draftKeyOf(currentChat(state))] ?? NO_FILES;

/** The answer that the dialog "about this answer" is about. */
export function aboutMessage({ about, chats }: Pick<ChatsState, 'about' | 'chats'>): AssistantMessage | null {
  const message = about && chats[about.chatId]?.messages.find(({ id }) => id === about.messageId);
  return message?.role === 'assistant' ? message : null;
}

/** The pictures that an answer is about: those of the nearest question that has any. */
export function picturesAbove(chat: Chat, messageId: string): ImagePart[] {
  for (const { role, parts } of pathTo(chat, messageId).toReversed()) {
    const pictures = role === 'user' ? picturesOf(parts) : [];
    if (pictures.length > 0) return pictures;
  }
  return [];
}

/** Turns that were left out of the answer before this one. */
export function droppedBefore(state: Current, { parentId }: AssistantMessage): number {
  return nearestAnswer(currentChat(state), parentId)?.summary?.droppedTurns ?? 0;
}
