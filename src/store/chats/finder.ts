// Full-text search over all chats, read in the background the first time.
import { Observable } from '../observable';
import type { ChatBook } from './book';
import type { ChatDb } from './chatDb';
import { createChatSearch, type SearchHit } from './chatSearch';
import type { FinderState } from './state';

/** So many messages are read at once: some milliseconds each time. */
const BATCH = 1000;

export class Finder extends Observable<FinderState> {
  private readonly index = createChatSearch();
  /** Counts the readings: one that is out of date ends. */
  private reading = 0;

  constructor(
    private readonly chatDb: Pick<ChatDb, 'readMessages'>,
    private readonly book: ChatBook,
  ) {
    super({ searchReady: null, jumpTo: null, found: null });
    book.onEvent((event) => {
      if (event.kind === 'written') {
        this.index.put(event.chatId, event.messages);
        this.index.remove(event.chatId, event.removed);
      } else if (event.kind === 'gone') this.index.remove(event.chatId);
      else if (event.kind === 'cleared') this.index.clear();
      else if (event.kind === 'reread') {
        this.index.clear(); // the next search reads everything again
        this.reading++;
        this.patch({ searchReady: null });
      }
    });
  }

  /** Reads every chat, unless that has begun. */
  async prepare(): Promise<void> {
    if (this.state.searchReady !== null) return;
    const reading = ++this.reading;
    this.patch({ searchReady: 0 });
    for (const { id, messages } of Object.values(this.book.state.chats)) this.index.put(id, messages);
    try {
      for (let after: [string, string] | null = null; ;) {
        const records = await this.chatDb.readMessages(after, BATCH);
        if (reading !== this.reading) return;
        for (const { chatId, ...message } of records) {
          // A chat that is open may be newer than its record.
          if (!this.book.chat(chatId)) this.index.put(chatId, [message]);
        }
        const last = records.at(-1);
        if (!last || records.length < BATCH) break;
        after = [last.chatId, last.id];
        await new Promise((resolve) => setTimeout(resolve)); // the page comes first
      }
    } catch {
      // No storage: open chats can be found, and the book has reported why there are no others.
    }
    if (reading === this.reading) this.patch({ searchReady: 1 });
  }

  find(query: string): SearchHit[] {
    return this.index.find(query, this.book.state.chatIndex);
  }

  /** Opens a chat at one of its messages, in the branch that holds it. */
  async openMessage(chatId: string, messageId: string | null, query: string): Promise<void> {
    if (!(await this.book.openChat(chatId)) || !messageId) return;
    if (this.book.state.currentId !== chatId) return; // another chat was asked for meanwhile
    this.book.showBranch(messageId);
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    this.patch({ jumpTo: messageId, found: { messageId, words } });
  }

  jumped(): void {
    this.patch({ jumpTo: null });
  }
}
