// The forms that chats were stored in, from the first to the present one.
//
//   1  database version 1: store `chats`, key `index` for the list and `chat:<id>` for each chat with its messages
//      in a row, one after the other
//   2  database version 2: stores `rows` (a chat without messages), `messages` (one record each, with its parent),
//      `drafts` (unsent text by chat)
import type { AnswerEnd, Chat, GenerateSummary, Message } from './types';

export const SCHEMA_VERSION = 2;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const time = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : otherwise;

/** A chat of version 1 in the present form; null when the record is none. Nothing that can be read is dropped. */
export function chatFromVersion1(record: unknown): Chat | null {
  if (!isRecord(record) || typeof record.id !== 'string' || !Array.isArray(record.messages)) return null;
  const createdAt = time(record.createdAt, 0);
  const messages: Message[] = [];
  for (const old of record.messages as unknown[]) {
    if (!isRecord(old)) continue;
    const parent = messages.at(-1);
    const base = {
      id: text(old.id) || `${record.id}-${messages.length}`,
      parentId: parent?.id ?? null,
      content: text(old.content),
      // A child is never older than its parent: the order in time is the order in the chat.
      createdAt: Math.max(time(old.createdAt, createdAt), (parent?.createdAt ?? -1) + 1),
    };
    if (old.role === 'user') messages.push({ ...base, role: 'user' });
    else {
      const { end, summary, seed, modelName } = old;
      messages.push({
        ...base,
        role: 'assistant',
        end: (text(end) || 'interrupted') as AnswerEnd,
        ...(isRecord(summary) && { summary: summary as unknown as GenerateSummary }),
        seed: time(seed, 0),
        modelName: text(modelName),
      });
    }
  }
  return {
    id: record.id,
    title: text(record.title),
    titleBy: 'start',
    createdAt,
    updatedAt: time(record.updatedAt, createdAt),
    pinned: false,
    systemPrompt: text(record.systemPrompt),
    chosen: {},
    messages,
  };
}
