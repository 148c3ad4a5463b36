// What leaves: chats as JSON, which comes back without loss, and as Markdown, which is for reading.
import { SCHEMA_VERSION } from '../chatSchema';
import { shownPath } from '../tree';
import type { Attachment, Chat, Message } from '../types';

/** First field of an export; the version is that of the schema (chatSchema.ts). */
export const EXPORT_FORMAT = 'glm-in-a-tab/chats';

/** An attachment in JSON: its bytes in base64. */
type AttachmentJson = Omit<Attachment, 'bytes'> & { base64: string };

const STEP = 0x8000; // arguments of one call of fromCharCode

async function toBase64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let binary = '';
  for (let at = 0; at < bytes.length; at += STEP) {
    binary += String.fromCharCode(...bytes.subarray(at, at + STEP));
  }
  return btoa(binary);
}

async function messageJson(message: Message): Promise<unknown> {
  if (message.role !== 'user' || !message.attachments) return message;
  const attachments = await Promise.all(
    message.attachments.map(async ({ bytes, ...rest }): Promise<AttachmentJson> => ({
      ...rest,
      base64: await toBase64(bytes),
    })),
  );
  return { ...message, attachments };
}

/** One chat after the other, so that the text of all of them never is one string. */
export async function chatsToJson(chats: AsyncIterable<Chat> | Iterable<Chat>): Promise<Blob> {
  const head = { format: EXPORT_FORMAT, version: SCHEMA_VERSION, exportedAt: new Date().toISOString() };
  const parts = [`${JSON.stringify(head).slice(0, -1)},"chats":[`];
  let first = true;
  for await (const chat of chats) {
    const messages = await Promise.all(chat.messages.map(messageJson));
    parts.push(`${first ? '' : ','}\n${JSON.stringify({ ...chat, messages })}`);
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
    const names = message.role === 'user' ? message.attachments?.map(({ name }) => `- ${name}`) : undefined;
    if (names) parts.push(names.join('\n'));
    parts.push(message.content);
  }
  return `${parts.join('\n\n')}\n`;
}

/** A name that every file system takes. */
export function exportName(title: string, extension: string): string {
  const clean = title
    .replace(/[\p{Cc}\\/:*?"<>|]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[ .]+|[ .]+$/g, '')
    .slice(0, 60)
    .trim();
  return `${clean || 'chat'}.${extension}`;
}
