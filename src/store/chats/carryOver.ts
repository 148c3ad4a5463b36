// At the start: what earlier pages could not store goes into the database.
import { withBytes } from './bytes';
import type { ChatDb } from './chatDb';
import type { Outbox } from './outbox';
import { resultsOf, writtenText } from './partText';
import type { Rescue, WaitingChat } from './rescue';
import type { Chat, Message } from './types';

/** @returns the chats that were changed; rejects when the database cannot be read: the words then stay where they are. */
export async function carryOver(
  rescue: Rescue,
  chatDb: Pick<ChatDb, 'load'>,
  outbox: Outbox,
): Promise<string[]> {
  const changed: string[] = [];
  for (const [tab, { chats }] of rescue.left()) {
    for (const waiting of chats) {
      const { chatId } = waiting;
      if (waiting.deleted) await outbox.remove(chatId);
      else if (await carryChat(waiting, await chatDb.load(chatId), outbox)) changed.push(chatId);
    }
    rescue.forget(tab); // what is refused again waits in the outbox, which keeps a copy of its own
  }
  return changed;
}

async function carryChat(
  { chatId, row, messages }: WaitingChat,
  here: Chat | undefined,
  outbox: Outbox,
): Promise<boolean> {
  if (!here && !row) return false; // deleted since
  const kept = new Map(here?.messages.map((message) => [message.id, message]));
  const fresh = messages.flatMap(([id, message]): Message[] => {
    const stored = kept.get(id);
    if (!message || (stored && !isMore(message, stored))) return [];
    return [stored ? { ...message, parts: withBytes(message.parts, stored.parts) } : message];
  });
  const removed = messages.flatMap(([id, message]) => (message === null && kept.has(id) ? [id] : []));
  const newer = row && (!here || row.updatedAt > here.updatedAt) ? row : undefined;
  if (!newer && fresh.length + removed.length === 0) return false;
  await outbox.save({ chatId, ...(newer && { row: newer }), messages: fresh, removed });
  return true;
}

/** Whether a message holds more than the stored one: more words, more results of tools, or its end. */
function isMore(message: Message, stored: Message): boolean {
  const [next, now] = [writtenText(message.parts), writtenText(stored.parts)];
  if (next !== now) return next.length > now.length;
  const [told, known] = [resultsOf(message.parts), resultsOf(stored.parts)];
  if (told !== known) return told.length > known.length;
  return message.role === 'assistant' && stored.role === 'assistant' && stored.end === 'interrupted' && message.end !== 'interrupted'; // prettier-ignore
}
