// Character cards V2 (and V1): JSON, often base64 in the text chunk `chara` of a PNG.
// https://github.com/malfoyslastname/character-card-spec-v2
import { emptyCard, type AgentCard } from '../knowledge/agentFile/card';
import { damaged } from '../knowledge/agentFile/zip';

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const CHARA = 'chara';

export const isPng = (bytes: Uint8Array): boolean => PNG.every((byte, i) => bytes[i] === byte);

const latin1 = new TextDecoder('latin1');

/**
 * The JSON in a PNG's text chunk `chara`; undefined where it has none.
 * @throws AppError agent-damaged for a chunk that is cut or no base64
 */
export function charaOfPng(bytes: Uint8Array, name: string): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = PNG.length; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const data = at + 8;
    if (data + length + 4 > bytes.length) throw damaged(name, 'the PNG', 'it is cut');
    if (latin1.decode(bytes.subarray(at + 4, data)) === 'tEXt') {
      const text = latin1.decode(bytes.subarray(data, data + length));
      const [key, value] = [text.slice(0, CHARA.length + 1), text.slice(CHARA.length + 1)];
      if (key === `${CHARA}\0`) return utf8OfBase64(value, name);
    }
    at = data + length + 4; // and its CRC
  }
  return undefined;
}

function utf8OfBase64(base64: string, name: string): string {
  try {
    const bytes = Uint8Array.from(atob(base64.trim()), (char) => char.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw damaged(name, CHARA, 'base64 of UTF-8 was expected', error);
  }
}

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a parsed JSON is a character card of version 1 or 2. */
export const isCharacter = (json: unknown): json is Json =>
  isObject(json) &&
  ((json.spec === 'chara_card_v2' && isObject(json.data)) ||
    (typeof json.name === 'string' && typeof json.first_mes === 'string'));

/**
 * The agent that a character card describes. `creator`, `creator_notes`, tags and extensions are words about the card, which do
 * not reach the prompt. `{{char}}` and `{{user}}` become names.
 * @throws AppError agent-damaged
 */
export function agentOfCharacter(json: Json, name: string): AgentCard {
  const data = isObject(json.data) ? json.data : json;
  const text = (field: string): string => {
    const value = data[field];
    if (value === undefined || value === null) return '';
    if (typeof value !== 'string') throw damaged(name, field, 'a text was expected');
    return value.trim();
  };
  const called = text('name');
  if (!called) throw damaged(name, 'name', 'a name was expected');
  const named = (words: string): string =>
    words
      .replace(/\{\{original\}\}/gi, '')
      .replace(/\{\{char\}\}|<BOT>/gi, called)
      .replace(/\{\{user\}\}|<USER>/gi, /\p{Script=Han}/u.test(words) ? '用户' : 'the user')
      .trim();
  const zh = /\p{Script=Han}/u.test(text('description') + text('first_mes'));
  const role = zh
    ? `你扮演${called}。始终以这个角色的口吻回答。`
    : `You play ${called}. Always answer in this role.`;
  const section = (heading: string, words: string): string => (words ? `# ${heading}\n${words}` : '');
  const instructions = [
    text('system_prompt') || role,
    section(called, text('description')),
    section(zh ? '性格' : 'Personality', text('personality')),
    section(zh ? '场景' : 'Scenario', text('scenario')),
    section(
      zh ? '对话示例' : 'Examples',
      text('mes_example')
        .replace(/<START>/g, '')
        .trim(),
    ),
    text('post_history_instructions'),
  ].map(named);
  return {
    ...emptyCard(called),
    description: text('creator_notes').slice(0, 200),
    language: zh ? 'zh' : 'en',
    instructions: instructions.filter(Boolean).join('\n\n'),
    opening: named(text('first_mes')),
  };
}
