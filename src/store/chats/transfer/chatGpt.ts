// ChatGPT's export: conversations.json, a list of trees of nodes. Kept are the words of both sides, spoken ones too, with
// all branches, their files, and the pictures that ChatGPT drew; other tool calls, hidden nodes and system texts are not
// part of the talk and are stepped over.
import { branchKey, byCreation, choicesFor, pathTo } from '../tree';
import type { FilePart, ImagePart, Part } from '../../../protocol/chat';
import { askedText } from '../partText';
import { wordsOf } from '../pictures/pictureWords';
import type { Chat, Message } from '../types';
import { MOST_CHATS, MOST_MESSAGES } from './readExport';
import { asList, asObject, damaged, field, type Found, type Report } from './shape';

/** Files of the export's zip by their id, where there are any. */
export type FindFile = (id: string) => { name: string; bytes: Uint8Array } | undefined;

type Json = Record<string, unknown>;
const objectOr = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const textOr = (value: unknown, otherwise = ''): string => (typeof value === 'string' ? value : otherwise);
const listOr = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
/** Their times are seconds. */
const timeOr = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.round(value * 1000) : otherwise;

interface Words {
  role: 'user' | 'assistant';
  parts: Part[];
  createdAt: unknown;
  model: string;
}

/** Ids as they stand in file names: file-abc of file-service://file-abc, file_abc of sediment://file_abc. */
const fileId = (pointer: string) => /(file[-_][\w-]+)/.exec(pointer)?.[1] ?? '';

/** Pictures that browsers draw, and their media types. */
const PICTURES: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
};
const pictureType = (name: string): string => PICTURES[name.split('.').pop()?.toLowerCase() ?? ''] ?? '';

function filesIn(metadata: Json, parts: unknown[], findFile: FindFile): (FilePart | ImagePart)[] {
  const named = listOr(metadata.attachments).map(objectOr);
  const wanted = [
    ...named.map(({ id, name, mime_type: type, mimeType }) => ({
      id: textOr(id),
      name: textOr(name),
      mediaType: textOr(type) || textOr(mimeType),
    })),
    ...parts
      .map((part) => fileId(textOr(objectOr(part).asset_pointer)))
      .filter((id) => id && !named.some((file) => file.id === id))
      .map((id) => ({ id, name: '', mediaType: '' })),
  ];
  return wanted.flatMap(({ id, name, mediaType }): (FilePart | ImagePart)[] => {
    const file = id ? findFile(id) : undefined;
    if (!file) return [];
    const type = mediaType || pictureType(name || file.name);
    const blob = new Blob([Uint8Array.from(file.bytes)], { type });
    if (Object.values(PICTURES).includes(type)) return [{ type: 'image', blob, alt: wordsOf(name) }];
    return [{ type: 'file', id, name: name || file.name, mediaType: type, blob }];
  });
}

/** Pictures that ChatGPT drew; the words that they were drawn from describe them. */
function drawnIn(parts: unknown[], findFile: FindFile): ImagePart[] {
  return parts.map(objectOr).flatMap((part): ImagePart[] => {
    const made = objectOr(part.metadata);
    if (!made.dalle && !made.generation) return []; // a page or a picture that a tool looked at
    const id = fileId(textOr(part.asset_pointer));
    const file = id ? findFile(id) : undefined;
    if (!file) return [];
    const type = pictureType(file.name) || 'image/png';
    const alt = textOr(objectOr(made.dalle).prompt).trim();
    return [{ type: 'image', blob: new Blob([Uint8Array.from(file.bytes)], { type }), alt }];
  });
}

/** A text, or the words of something spoken, beside which its recording stands. */
const wordsIn = (part: unknown): string => {
  const { content_type: type, text } = objectOr(part);
  return type === 'audio_transcription' ? textOr(text) : textOr(part);
};

/** Marks of citations in private-use characters: \ue200cite\ue202turn0search0\ue201. */
const CITATION_MARK = /\s?\ue200[^\ue201]*\ue201/g;

/** The text with its citation marks replaced by the links that ChatGPT shows, or left out where it has none. */
function withLinks(text: string, metadata: Json): string {
  let linked = text;
  for (const reference of listOr(metadata.content_references).map(objectOr)) {
    const [mark, link] = [textOr(reference.matched_text), textOr(reference.alt)];
    if (mark.includes('\ue200') && link) linked = linked.replaceAll(mark, () => link);
  }
  return linked.replace(CITATION_MARK, '');
}

/** What the assistant wrote into a document of the canvas, under its name; '' for other tools. */
function canvasText(recipient: string, text: string): string {
  if (!recipient.startsWith('canmore.')) return '';
  let args: Json;
  try {
    args = objectOr(JSON.parse(text));
  } catch {
    return '';
  }
  const [name, type] = [textOr(args.name), textOr(args.type)];
  const replaced = listOr(args.updates).map((update) => textOr(objectOr(update).replacement));
  const content = textOr(args.content) || replaced.filter(Boolean).join('\n\n');
  if (!content) return '';
  const language = /^code\/(\w+)/.exec(type)?.[1];
  const body = language ? `\`\`\`\`${language}\n${content}\n\`\`\`\`` : content;
  return name ? `**${name}**\n\n${body}` : body;
}

/** What a node says; null when it is not part of the talk. */
function saidIn(node: Json, findFile: FindFile): Words | null {
  const message = objectOr(node.message);
  const { role } = objectOr(message.author);
  const metadata = objectOr(message.metadata);
  const content = objectOr(message.content);
  if (role !== 'user' && role !== 'assistant' && role !== 'tool') return null;
  if (metadata.is_visually_hidden_from_conversation === true) return null;
  if (!['text', 'multimodal_text', 'code'].includes(textOr(content.content_type))) return null;
  const recipient = textOr(message.recipient, 'all');
  const parts = listOr(content.parts);
  const { create_time: createdAt } = message;
  const model = textOr(metadata.model_slug);
  if (role === 'tool') {
    const drawn = drawnIn(parts, findFile);
    return drawn.length > 0 ? { role: 'assistant', parts: drawn, createdAt, model } : null;
  }
  const written = [...parts.map(wordsIn), textOr(content.text)].filter(Boolean).join('\n\n');
  const text = recipient === 'all' ? withLinks(written, metadata) : canvasText(recipient, written);
  const files = role === 'user' ? filesIn(metadata, parts, findFile) : [];
  if (!text.trim() && files.length === 0) return null;
  return {
    role,
    parts: text.trim() ? [...files, { type: 'text', text }] : files,
    createdAt,
    model,
  };
}

/** Children of every node, by its id. Exports since 2026 name parents only. */
function childrenIn(mapping: Json): Map<string, string[]> {
  const children = new Map<string, string[]>();
  const has = (id: unknown): id is string => typeof id === 'string' && Object.hasOwn(mapping, id);
  for (const id of Object.keys(mapping)) children.set(id, listOr(objectOr(mapping[id]).children).filter(has));
  for (const id of Object.keys(mapping)) {
    const { parent } = objectOr(mapping[id]);
    const siblings = has(parent) ? children.get(parent) : undefined;
    if (siblings && !siblings.includes(id)) siblings.push(id);
  }
  return children;
}

/** Text after text is one part. */
function joinParts(before: Part[], next: Part[]): Part[] {
  const [last, first] = [before.at(-1), next[0]];
  if (last?.type !== 'text' || first?.type !== 'text') return [...before, ...next];
  return [...before.slice(0, -1), { type: 'text', text: `${last.text}\n\n${first.text}` }, ...next.slice(1)];
}

const safeId = (id: string) => id.replace(/[^\w-]/g, '_').slice(0, 100);

function readConversation(found: Found, findFile: FindFile): Chat | null {
  const object = asObject(found);
  const mappingFound = field(object, 'mapping', found);
  const mapping = asObject(mappingFound);
  const ids = Object.keys(mapping);
  if (ids.length > MOST_MESSAGES) {
    throw damaged(mappingFound, `${ids.length} messages, the limit is ${MOST_MESSAGES}`);
  }
  const id = safeId(textOr(object.conversation_id) || textOr(object.id));
  if (!id) throw damaged(field(object, 'id', found), 'no id');
  const createdAt = timeOr(object.create_time, 0);
  const messages = new Map<string, Message>();
  /** The message that a node became, or was joined to, or follows. */
  const messageOf = new Map<string, string | null>();
  const starts = ids.filter((nodeId) => {
    const parent = objectOr(mapping[nodeId]).parent;
    return typeof parent !== 'string' || !Object.hasOwn(mapping, parent);
  });
  const childrenOf = childrenIn(mapping);
  const queue = starts.map((nodeId) => ({ nodeId, parentId: null as string | null, alone: true }));
  for (const { nodeId, parentId, alone } of queue) {
    if (messageOf.has(nodeId)) {
      found.report.mend(`${mappingFound.where}.${nodeId}`, 'it has two parents');
      continue;
    }
    const node = objectOr(mapping[nodeId]);
    const words = saidIn(node, findFile);
    const parent = parentId === null ? undefined : messages.get(parentId);
    let here = parentId;
    if (words && parent?.role === 'assistant' && words.role === 'assistant' && alone) {
      parent.parts = joinParts(parent.parts, words.parts); // it went on after using a tool
    } else if (words) {
      here = safeId(nodeId);
      const base = {
        id: here,
        parentId,
        parts: words.parts,
        createdAt: Math.max(timeOr(words.createdAt, createdAt), (parent?.createdAt ?? -1) + 1),
      };
      messages.set(
        here,
        words.role === 'user'
          ? { ...base, role: 'user' }
          : { ...base, role: 'assistant', end: 'stop', seed: 0, modelName: words.model || 'ChatGPT' },
      );
    }
    messageOf.set(nodeId, here);
    const children = childrenOf.get(nodeId) ?? [];
    // Nothing branches between an answer and what goes on with it, over all nodes that are stepped over.
    const goesOn = (alone || here !== parentId) && children.length === 1;
    for (const child of children) queue.push({ nodeId: child, parentId: here, alone: goesOn });
  }
  if (messages.size === 0) return null;
  const all = [...messages.values()].sort(byCreation);
  const current = messageOf.get(textOr(object.current_node));
  const tree = { messages: all, chosen: {} };
  return {
    id: `chatgpt-${id}`,
    title: textOr(object.title).slice(0, 200) || askedText(all[0].parts).slice(0, 60),
    titleBy: 'user',
    createdAt,
    updatedAt: timeOr(object.update_time, createdAt),
    pinned: object.is_starred === true,
    systemPrompt: '',
    chosen:
      current && pathTo(tree, current).length > 0
        ? choicesFor(tree, current)
        : { [branchKey(null)]: all[0].id },
    messages: all,
  };
}

/** Conversations that cannot be read are left out, and reported. @throws AppError import-damaged when it is no list */
export function readChatGpt(
  value: unknown,
  name: string,
  report: Report,
  findFile: FindFile = () => undefined,
): Chat[] {
  const conversations = asList({ value, where: '', name, report }, MOST_CHATS);
  return conversations.flatMap((found) => report.attempt(() => readConversation(found, findFile)) ?? []);
}

/** A list of conversations as ChatGPT writes them, and nothing of ours. */
export const looksLikeChatGpt = (value: unknown): boolean =>
  Array.isArray(value) && value.some((one) => Object.hasOwn(objectOr(one), 'mapping'));
