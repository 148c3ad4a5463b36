// Chats that were damaged: by a write that was refused, by an older version of the page, by hand. What can be read is
// shown; nothing is refused for the sake of its neighbour.
import { messageFromVersion2 } from './chatSchema';
import { readNames } from '../answerSettings';
import { byCreation } from './tree';
import type { AssistantMessage, Chat, ChatRow, Message, Part } from './types';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : otherwise;

/** A row as it should be; values that are missing or of another kind get the neutral one. */
export function mendedRow(row: unknown): ChatRow {
  const { id, title, titleBy, createdAt, updatedAt, pinned, systemPrompt, chosen, allowedTools, ...rest } =
    isRecord(row) ? row : {};
  const choices = isRecord(chosen) ? Object.entries(chosen) : [];
  const created = number(createdAt, 0);
  return {
    ...rest,
    id: text(id),
    title: text(title),
    titleBy: titleBy === 'user' || titleBy === 'model' ? titleBy : 'start',
    createdAt: created,
    updatedAt: number(updatedAt, created),
    pinned: pinned === true,
    systemPrompt: text(systemPrompt),
    ...readNames('allowedTools', allowedTools),
    chosen: Object.fromEntries(
      choices.filter((choice): choice is [string, string] => typeof choice[1] === 'string'),
    ),
  };
}

function mendedMessage(message: Message): Message {
  const { parts, parentId, createdAt, role } = message;
  const isWhole =
    Array.isArray(parts) &&
    parts.every((part) => isRecord(part) && typeof part.type === 'string') &&
    (parentId === null || typeof parentId === 'string') &&
    Number.isFinite(createdAt) &&
    (role === 'user' || (role === 'assistant' && typeof message.end === 'string'));
  if (isWhole) return message;
  const old = Array.isArray(parts) ? undefined : messageFromVersion2(message);
  const base = {
    ...message,
    ...old,
    parts: ((old?.parts ?? parts) as Part[]).filter((part) => isRecord(part) && text(part.type) !== ''),
    parentId: typeof parentId === 'string' ? parentId : null,
    createdAt: number(createdAt, 0),
  };
  if (role === 'user') return { ...base, role };
  const { end, seed, modelName } = message as Partial<AssistantMessage>;
  return {
    ...base,
    role: 'assistant',
    end: end ?? 'interrupted',
    seed: number(seed, 0),
    modelName: text(modelName),
  };
}

/**
 * Messages in the order of their creation, each reached from the start of the chat. One that hangs on nothing, or on
 * itself, follows the newest message before it. The same in every tab, so that nothing need be stored.
 */
export function mendedTree(messages: Message[]): Message[] {
  const ordered = [...messages].sort(byCreation);
  const children = new Map<string | null, string[]>();
  for (const { id, parentId } of ordered) {
    const siblings = children.get(parentId);
    if (siblings) siblings.push(id);
    else children.set(parentId, [id]);
  }
  const reached = new Set<string>();
  const reach = (ids: string[]) => {
    const queue = [...ids];
    for (const id of queue) {
      if (reached.has(id)) continue;
      reached.add(id);
      queue.push(...(children.get(id) ?? []));
    }
  };
  reach(children.get(null) ?? []);
  if (reached.size === ordered.length) return ordered;
  let before: string | null = null;
  return ordered.map((message) => {
    const found = reached.has(message.id);
    const mended = found ? message : { ...message, parentId: before };
    if (!found) reach([message.id]);
    before = message.id;
    return mended;
  });
}

export const mendedChat = (chat: Chat): Chat => ({
  ...chat,
  messages: mendedTree(chat.messages.map(mendedMessage)),
});
