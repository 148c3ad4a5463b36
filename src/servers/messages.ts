// Converts turns to OpenAI chat messages: calls and results in separate fields, no thoughts.
import type { ImagePart, Part, ResultPart, Turn } from '../protocol/chat';
import { toServerArgs } from './tools';

interface ServerMessage {
  role: 'system' | 'user' | 'assistant' | 'tool';
  content: string;
  tool_calls?: { id: string; type: 'function'; function: { name: string; arguments: string } }[];
  tool_call_id?: string;
}

type ContentPart = { type: 'text'; text: string } | { type: 'image_url'; image_url: { url: string } };

/** A question with pictures. */
interface SeenMessage {
  role: 'user';
  content: ContentPart[];
}

/** Pictures as data: addresses. */
export type PictureUrls = ReadonlyMap<ImagePart, string>;

const STEP = 0x8000; // arguments of one call of fromCharCode

/** The pictures in people's messages, for a server that takes them. */
export async function pictureUrls(turns: readonly Turn[]): Promise<PictureUrls> {
  const urls = new Map<ImagePart, string>();
  for (const part of turns.filter(({ role }) => role === 'user').flatMap(({ parts }) => parts)) {
    if (part.type !== 'image') continue;
    const bytes = new Uint8Array(await part.blob.arrayBuffer());
    let binary = '';
    for (let at = 0; at < bytes.length; at += STEP)
      binary += String.fromCharCode(...bytes.subarray(at, at + STEP));
    urls.set(part, `data:${part.blob.type || 'image/png'};base64,${btoa(binary)}`);
  }
  return urls;
}

function contentOf(parts: readonly Part[], pictures: PictureUrls): ContentPart[] {
  return parts.map((part): ContentPart => {
    const url = part.type === 'image' ? pictures.get(part) : undefined;
    return url ? { type: 'image_url', image_url: { url } } : { type: 'text', text: wordsOf(part) };
  });
}

/**
 * The messages of a request. Thoughts of earlier answers are omitted, as the models' own templates do. Only the partial
 * answer to be continued keeps them, in tags.
 */
export function toMessages(
  turns: readonly Turn[],
  { continueLast = false, pictures }: { continueLast?: boolean; pictures?: PictureUrls } = {},
): (ServerMessage | SeenMessage)[] {
  return turns.flatMap(({ role, parts }, index): (ServerMessage | SeenMessage)[] => {
    if (role === 'user' && pictures && parts.some(({ type }) => type === 'image'))
      return [{ role, content: contentOf(parts, pictures) }];
    if (role !== 'assistant') return [{ role, content: parts.map(wordsOf).join('') }];
    return assistantMessages(parts, continueLast && index === turns.length - 1);
  });
}

function assistantMessages(parts: readonly Part[], begun: boolean): ServerMessage[] {
  const messages: ServerMessage[] = [{ role: 'assistant', content: '' }];
  for (const part of parts) {
    const last = messages[messages.length - 1];
    if (part.type === 'result') {
      messages.push({ role: 'tool', content: observationOf(part), tool_call_id: part.callId });
      continue;
    }
    const message: ServerMessage = last.role === 'tool' ? { role: 'assistant', content: '' } : last;
    if (message !== last) messages.push(message);
    if (part.type === 'call') {
      const call = {
        id: part.id,
        type: 'function' as const,
        function: { name: part.tool, arguments: toServerArgs(part.tool, part.args) },
      };
      (message.tool_calls ??= []).push(call);
    } else if (part.type === 'thought') message.content += begun ? tagged(part.text, part.unfinished) : '';
    else message.content += wordsOf(part);
  }
  return messages;
}

/** What the model reads of a result; some servers refuse an empty one. */
const observationOf = ({ observation, parts }: ResultPart): string =>
  (observation ?? parts.map(wordsOf).join('')) || '(no output)';

const tagged = (text: string, unfinished = false) => `<think>${text}${unfinished ? '' : '</think>\n\n'}`;

/** A part as text. */
function wordsOf(part: Part): string {
  if (part.type === 'text') return part.text;
  if (part.type === 'image') return part.alt;
  if (part.type === 'audio') return part.transcript ?? '';
  return part.type === 'citation' ? `【${part.source}†source】` : '';
}
