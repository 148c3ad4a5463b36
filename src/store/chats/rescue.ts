// Words that are not in the database yet, in localStorage: written in one stroke when the page is left, and on every
// change while the database refuses. The next page that opens carries them over. Files are too large for it: of a
// question's file the name and the text that was read remain.
import type { SmallStorage } from '../ports';
import { withEmptyBytes, withoutBytes } from './bytes';
import type { ChatRow, Message, Part } from './types';

/** Records of a chat that wait to be stored; null in place of a message: it is to be deleted. */
export interface WaitingChat {
  chatId: string;
  row?: ChatRow;
  messages: [id: string, message: Message | null][];
  /** The whole chat is to be deleted. */
  deleted?: boolean;
}

export interface Rescued {
  chats: WaitingChat[];
  /** Unsent texts by chat. */
  drafts: Record<string, string>;
}

export const UNSAVED_KEY = 'glm-unsaved';
const NOTHING: Rescued = { chats: [], drafts: {} };

const eachPart = (chats: WaitingChat[], change: (part: Part) => Part): WaitingChat[] =>
  chats.map((chat) => ({
    ...chat,
    messages: chat.messages.map(([id, message]) => [
      id,
      message && { ...message, parts: message.parts.map(change) },
    ]),
  }));

export class Rescue {
  /** Each page has a place of its own, so that two tabs never write over each other's words. */
  private readonly tab = crypto.randomUUID();
  private latest: Rescued = NOTHING;

  constructor(private readonly storage: SmallStorage) {}

  /** Keeps these records and drafts until they are replaced; what is left out keeps its value. */
  keep(change: Partial<Rescued>): void {
    const next = { ...this.latest, ...change };
    const isEmpty = ({ chats, drafts }: Rescued) => chats.length === 0 && Object.keys(drafts).length === 0;
    if (isEmpty(next) && isEmpty(this.latest)) return;
    this.latest = next;
    const { [this.tab]: _, ...others } = this.read();
    const own = { chats: eachPart(next.chats, withoutBytes), drafts: next.drafts };
    this.write(isEmpty(next) ? others : { ...others, [this.tab]: own });
  }

  /** What earlier pages left behind, by page. */
  left(): Map<string, Rescued> {
    const found = new Map<string, Rescued>();
    for (const [tab, saved] of Object.entries(this.read())) {
      if (tab === this.tab || !Array.isArray(saved?.chats)) continue;
      found.set(tab, { chats: eachPart(saved.chats, withEmptyBytes), drafts: saved.drafts ?? {} });
    }
    return found;
  }

  /** It has been carried over. */
  forget(tab: string): void {
    const { [tab]: _, ...others } = this.read();
    this.write(others);
  }

  clear(): void {
    this.latest = NOTHING;
    this.write({});
  }

  private read(): Record<string, Rescued> {
    try {
      const saved = JSON.parse(this.storage.getItem(UNSAVED_KEY) || '{}') as unknown;
      return typeof saved === 'object' && saved !== null ? (saved as Record<string, Rescued>) : {};
    } catch {
      return {}; // damaged, or localStorage is refused
    }
  }

  private write(all: Record<string, Rescued>): void {
    const isEmpty = Object.keys(all).length === 0;
    if (isEmpty && Object.keys(this.read()).length === 0) return;
    try {
      this.storage.setItem(UNSAVED_KEY, isEmpty ? '' : JSON.stringify(all));
    } catch {
      // Refused or full: the outbox goes on trying the database.
    }
  }
}
