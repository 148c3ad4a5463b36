// Whether a call runs at once or a person is asked: permissions by tool and chat, and what outside text may not do.
import type { Part, Turn } from '../protocol/chat';
import type { ToolReach } from './tool';

export type ToolPermission = 'ask' | 'always';

/** What a person has allowed so far. */
export interface Permissions {
  /** By the tool's key, for all chats. Missing: the tool's own. */
  everywhere: Readonly<Record<string, ToolPermission>>;
  /** Keys of tools allowed in this chat. */
  inChat: readonly string[];
}

export interface PermissionRequest {
  /** Identifies the tool: its name; for a function, its name and the hash of its text. */
  key: string;
  reach: ToolReach;
  /** The tool's permission until a person chooses another. */
  usual: ToolPermission;
  /** Text from outside is in the context. */
  tainted: boolean;
  /** Every call asks. */
  each?: true;
}

/**
 * The one place that decides. A call that sends data out asks again as soon as outside text is in the context, whatever
 * was allowed before: that text may have written the call. An address that the model wrote asks every time: it may hold
 * words of the chat.
 */
export function decide(
  { key, reach, usual, tainted, each }: PermissionRequest,
  { everywhere, inChat }: Permissions,
): 'run' | 'ask' {
  if (reach === 'follows') return 'run'; // the search that returned the address was allowed
  if (each || reach === 'elsewhere' || (reach === 'sends' && tainted)) return 'ask';
  if (inChat.includes(key)) return 'run';
  const permission = Object.hasOwn(everywhere, key) ? everywhere[key] : usual;
  return permission === 'always' ? 'run' : 'ask';
}

/**
 * Whether text that neither the user typed nor the model wrote is in the context: files, pasted texts, and results of
 * calls that were not refused.
 */
export function isTainted(turns: readonly Pick<Turn, 'parts'>[]): boolean {
  return turns.some(({ parts }) => parts.some((part) => isFromOutside(part, parts)));
}

function isFromOutside(part: Part, parts: readonly Part[]): boolean {
  if (part.type === 'file') return part.document !== undefined;
  if (part.type !== 'result') return ['image', 'audio', 'citation', 'table'].includes(part.type);
  const call = parts.find((one) => one.type === 'call' && one.id === part.callId);
  return call?.type !== 'call' || call.state !== 'refused';
}
