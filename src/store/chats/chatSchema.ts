// The forms that chats were stored in, from the first to the present one. Exports carry the same number.
//
//   1  database version 1: store `chats`, key `index` for the list and `chat:<id>` for each chat with its messages
//      in a row, one after the other
//   2  database version 2: stores `rows` (a chat without messages), `messages` (one record each, with its parent),
//      `drafts` (unsent text and files by chat). A message is a text, with `thinkingMs` and `attachments` beside it
//   3  the same stores; a message is a list of parts (src/protocol/chat.ts)
import type { FilePart, FileText, Part } from '../../protocol/chat';
import { partsOfAnswer } from './oldText';
import type { AnswerEnd, Chat, GenerateSummary, Message } from './types';

export const SCHEMA_VERSION = 3;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const time = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : otherwise;

/** A file of a question in version 2. */
export interface AttachmentVersion2 {
  id: string;
  name: string;
  mediaType: string;
  bytes: Blob;
  document?: FileText;
}

/** What a message of version 2 holds in place of parts. */
export interface MessageTextVersion2 {
  role: Message['role'];
  content: string;
  end?: string;
  thinkingMs?: number;
  attachments?: AttachmentVersion2[];
}

const fileOf = ({ id, name, mediaType, bytes, document }: AttachmentVersion2): FilePart => ({
  type: 'file',
  id,
  name,
  mediaType,
  blob: bytes,
  ...(document && { document }),
});

/** The parts of a message of version 1 or 2. */
export function partsOfVersion2({
  role,
  content,
  end,
  thinkingMs,
  attachments = [],
}: MessageTextVersion2): Part[] {
  if (role === 'assistant') return partsOfAnswer({ content, end, thinkingMs });
  const files = attachments.map(fileOf);
  return content ? [...files, { type: 'text', text: content }] : files;
}

/** A message record of version 2 in the present form; undefined when it is none, or already in that form. */
export function messageFromVersion2(record: unknown): Record<string, unknown> | undefined {
  if (!isRecord(record) || Array.isArray(record.parts)) return undefined;
  const { content, thinkingMs, attachments, ...rest } = record;
  const parts = partsOfVersion2({
    role: record.role === 'user' ? 'user' : 'assistant',
    content: text(content),
    end: text(record.end),
    thinkingMs: typeof thinkingMs === 'number' ? thinkingMs : undefined,
    attachments: Array.isArray(attachments) ? (attachments as AttachmentVersion2[]) : undefined,
  });
  return { ...rest, parts };
}

/** A chat of version 1 in the present form; null when the record is none. Nothing that can be read is dropped. */
export function chatFromVersion1(record: unknown): Chat | null {
  if (!isRecord(record) || typeof record.id !== 'string' || !Array.isArray(record.messages)) return null;
  const createdAt = time(record.createdAt, 0);
  const messages: Message[] = [];
  for (const old of record.messages as unknown[]) {
    if (!isRecord(old)) continue;
    const parent = messages.at(-1);
    const role = old.role === 'user' ? 'user' : 'assistant';
    const base = {
      id: text(old.id) || `${record.id}-${messages.length}`,
      parentId: parent?.id ?? null,
      parts: partsOfVersion2({ role, content: text(old.content), end: text(old.end) }),
      // A child is never older than its parent: the order in time is the order in the chat.
      createdAt: Math.max(time(old.createdAt, createdAt), (parent?.createdAt ?? -1) + 1),
    };
    if (role === 'user') messages.push({ ...base, role });
    else {
      const { end, summary, seed, modelName } = old;
      messages.push({
        ...base,
        role,
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
