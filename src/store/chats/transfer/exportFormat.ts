// Exports: chats as JSON, which imports without loss, and as Markdown, which is for reading.
import type { AudioPart, FilePart, ImagePart, Part, ResultPart } from '../../../protocol/chat';
import { SCHEMA_VERSION } from '../chatSchema';
import { shownPath } from '../tree';
import { markdownText } from '../partText';
import type { Chat, Message } from '../types';

/** First field of an export; the version is that of the schema (chatSchema.ts). */
export const EXPORT_FORMAT = 'glm-in-a-tab/chats';

const STEP = 0x8000; // arguments of one call of fromCharCode

async function toBase64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let binary = '';
  for (let at = 0; at < bytes.length; at += STEP) {
    binary += String.fromCharCode(...bytes.subarray(at, at + STEP));
  }
  return btoa(binary);
}

/** A part in JSON: the bytes of files, pictures and sounds in base64. */
export type PartJson =
  | Exclude<Part, { blob: Blob } | ResultPart>
  | (Omit<ResultPart, 'parts'> & { parts: PartJson[] })
  | ((Omit<FilePart, 'blob'> | Omit<ImagePart, 'blob'> | Omit<AudioPart, 'blob'>) & BlobJson);

interface BlobJson {
  base64: string;
  /** Media type of the bytes; a file part has its own. */
  mediaType: string;
}

async function partJson(part: Part): Promise<PartJson> {
  if (part.type === 'result') return { ...part, parts: await Promise.all(part.parts.map(partJson)) };
  if (!('blob' in part)) return part;
  const { blob, ...rest } = part;
  return { mediaType: blob.type, ...rest, base64: await toBase64(blob) };
}

const messageJson = async (message: Message): Promise<unknown> => ({
  ...message,
  parts: await Promise.all(message.parts.map(partJson)),
});

/**
 * One chat after the other, so that the text of all of them never is one string.
 * @param notes of the memory; they stand in the first line, where its import looks for them
 */
export async function chatsToJson(
  chats: AsyncIterable<Chat> | Iterable<Chat>,
  notes: unknown[] = [],
): Promise<Blob> {
  const exportedAt = new Date().toISOString();
  const head = {
    ...{ format: EXPORT_FORMAT, version: SCHEMA_VERSION, exportedAt },
    ...(notes.length > 0 && { notes }),
  };
  const parts = [`${JSON.stringify(head).slice(0, -1)},"chats":[`];
  let first = true;
  for await (const chat of chats) {
    const { allowedTools: _, notes: __, ...row } = chat; // these hold where they were given
    const messages = await Promise.all(chat.messages.map(messageJson));
    parts.push(`${first ? '' : ','}\n${JSON.stringify({ ...row, messages })}`);
    first = false;
  }
  parts.push('\n]}\n');
  return new Blob(parts, { type: 'application/json' });
}

/** The shown branch of a chat. @param you how the reader is called in it */
export function chatToMarkdown(chat: Chat, you: string): string {
  const system = chat.systemPrompt.trim();
  const parts = [`# ${chat.title.replace(/\s+/g, ' ')}`];
  if (system) parts.push(system.replace(/^/gm, '> '));
  for (const message of shownPath(chat)) {
    parts.push(`## ${message.role === 'user' ? you : message.modelName || 'GLM'}`);
    const text = markdownText(message.parts);
    if (text) parts.push(text);
  }
  return `${parts.join('\n\n')}\n`;
}

/** A name that every file system takes. */
export function exportName(title: string, extension: string): string {
  const clean = title
    .replace(/[\p{Cc}\p{Cs}\\/:*?"<>|]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[ .]+|[ .]+$/g, '')
    .slice(0, 60)
    .replace(/\p{Cs}$/u, '') // the half of an emoji
    .replace(/[ .]+$/, '');
  return `${clean || 'chat'}.${extension}`;
}
