// The book of chats: all chats in memory and in the database, and every way to change them. It knows no model and no
// page. What follows the chats (the running turn, search, drafts) listens to its events.
import type { WireError } from '../../shared/errors';
import { toWireError } from '../../shared/errors';
import type { AnswerSettings, ChatServer, KnownModel } from '../answerSettings';
import { Observable } from '../observable';
import { newestFirst, rowOf, type ChatChange, type ChatDb, type ChatWrite } from './chatDb';
import { emptyChat, joined, metaOf, startTitle, TITLE_LENGTH, withRow } from './chatForms';
import type { BookState } from './state';
import { branchBelow, choicesFor, pathTo, shownPath } from './tree';
import type { Chat, ChatMeta, ChatRow, Message } from './types';

export type BookEvent =
  /**
   * A chat, or a message with everything that follows it, is about to be deleted; null: all chats. An answer being
   * written into it ends now, so that undo brings it back too.
   */
  | { kind: 'deleting'; chatId: string | null; messageId?: string }
  /** Messages were put into a chat or taken out of it, here or in another tab. */
  | { kind: 'written'; chatId: string; messages: Message[]; removed: string[] }
  /** A chat is gone, here or in another tab. */
  | { kind: 'gone'; chatId: string }
  /** Many chats may have changed: everything derived from all of them is out of date. */
  | { kind: 'reread' }
  /** All chats were deleted. */
  | { kind: 'cleared' };

export interface BookOptions {
  chatDb: ChatDb;
  /** System prompt of new chats. */
  systemPrompt: () => string;
  /** Called once when the browser refuses to store chats, which then last as long as the page. */
  onFailure: (error: WireError) => void;
}

export class ChatBook extends Observable<BookState> {
  private readonly listeners = new Set<(event: BookEvent) => void>();
  private readonly deleted = new Set<string>();
  private storageWorks = true;
  private bringBack: (() => void) | null = null;
  /** Id of the message being written here: what other tabs store of it does not replace it. */
  private held: string | null = null;

  constructor(private readonly options: BookOptions) {
    const first = emptyChat(options.systemPrompt());
    super({
      chatIndex: [],
      chats: { [first.id]: first },
      currentId: first.id,
      chatsReady: false,
      undoable: null,
    });
  }

  /** @returns a function that ends the subscription */
  onEvent(listener: (event: BookEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  get current(): Chat {
    return this.state.chats[this.state.currentId];
  }

  /** A chat that is in memory. */
  chat(id: string): Chat | undefined {
    return this.state.chats[id];
  }

  /** A chat in memory or in the database. */
  async find(id: string): Promise<Chat | undefined> {
    return this.chat(id) ?? (await this.tryStorage(() => this.options.chatDb.load(id)));
  }

  /** Reads the list of chats, and follows other tabs from then on. */
  async open(): Promise<void> {
    const stored = (await this.tryStorage(() => this.options.chatDb.list())) ?? [];
    const known = new Set(this.state.chatIndex.map(({ id }) => id));
    const added = stored.filter(({ id }) => !known.has(id) && !this.deleted.has(id)).map(metaOf);
    this.patch({ chatIndex: newestFirst([...this.state.chatIndex, ...added]), chatsReady: true });
    this.options.chatDb.onChange((change) => void this.hear(change));
  }

  /** Opens an empty chat, unless the current one is empty. */
  newChat(): void {
    if (this.current.messages.length === 0) return;
    const chat = emptyChat(this.options.systemPrompt());
    this.patch({ chats: { ...this.state.chats, [chat.id]: chat }, currentId: chat.id });
  }

  /** @returns false when there is no such chat */
  async openChat(id: string): Promise<boolean> {
    if (!this.chat(id)) {
      const chat = await this.tryStorage(() => this.options.chatDb.load(id));
      if (!chat || this.deleted.has(id)) return false;
      if (!this.chat(id)) this.patch({ chats: { ...this.state.chats, [id]: chat } });
    }
    this.patch({ currentId: id });
    return true;
  }

  async deleteChat(id: string): Promise<void> {
    this.tell({ kind: 'deleting', chatId: id });
    const wasCurrent = this.state.currentId === id;
    const loaded = this.chat(id);
    this.leave(id);
    const chat = loaded ?? (await this.tryStorage(() => this.options.chatDb.load(id)));
    if (chat) {
      this.offerUndo('chat', chat.title, () => {
        this.deleted.delete(id);
        this.put(chat);
        if (wasCurrent) this.patch({ currentId: id });
        void this.keep({ chatId: id, row: rowOf(chat), messages: chat.messages });
      });
    }
    await this.tryStorage(() => this.options.chatDb.remove(id));
  }

  /** Deletes a message of the current chat with everything that follows it; the chat too when nothing is left. */
  async deleteMessage(id: string): Promise<void> {
    this.tell({ kind: 'deleting', chatId: this.state.currentId, messageId: id });
    const chat = this.current;
    const gone = branchBelow(chat, id);
    if (gone.length === 0) return;
    const ids = new Set(gone.map((message) => message.id));
    const rest = chat.messages.filter((message) => !ids.has(message.id));
    if (rest.length === 0) return this.deleteChat(chat.id);
    this.put({ ...chat, messages: rest });
    this.offerUndo('message', '', () => {
      const now = this.chat(chat.id);
      if (!now) return;
      const restored = { ...now, messages: joined(now.messages, gone), chosen: chat.chosen };
      this.put(restored);
      void this.keep({ chatId: chat.id, row: rowOf(restored), messages: gone });
    });
    await this.keep({ chatId: chat.id, removed: [...ids] });
  }

  undoDelete(): void {
    const undo = this.bringBack;
    this.forgetUndo();
    undo?.();
  }

  forgetUndo(): void {
    this.bringBack = null;
    this.patch({ undoable: null });
  }

  /** Deletes every chat and every draft. */
  async clear(): Promise<void> {
    this.tell({ kind: 'deleting', chatId: null });
    this.forgetUndo();
    for (const { id } of this.state.chatIndex) this.deleted.add(id);
    const chat = emptyChat('');
    this.patch({ chats: { [chat.id]: chat }, currentId: chat.id, chatIndex: [] });
    this.tell({ kind: 'cleared' });
    await this.tryStorage(() => this.options.chatDb.clear());
  }

  async rename(id: string, title: string, by: 'user' | 'model'): Promise<void> {
    const clean = title.trim().slice(0, 2 * TITLE_LENGTH);
    await this.changeRow(id, (row) => {
      if (by === 'model' && row.titleBy !== 'start') return {}; // a person was quicker
      return clean ? { title: clean, titleBy: by } : {};
    });
  }

  pin(id: string, pinned: boolean): Promise<void> {
    return this.changeRow(id, () => ({ pinned }));
  }

  /** Changes the system prompt of the current chat. */
  setSystemPrompt(systemPrompt: string): void {
    void this.changeRow(this.state.currentId, () => ({ systemPrompt }));
  }

  /** Changes the settings of the current chat. @param settings undefined: it follows the defaults */
  setSettings(settings: AnswerSettings | undefined): void {
    void this.changeRow(this.state.currentId, () => ({ settings }));
  }

  /** Chooses the server of the current chat. @param server undefined: this computer answers */
  setServer(server: ChatServer | undefined): void {
    void this.changeRow(this.state.currentId, () => ({ server }));
  }

  /** The model that answers in a chat from now on. */
  setModel(chatId: string, { id, name, origin }: KnownModel): void {
    const known = this.chat(chatId)?.model;
    if (known?.id === id && known.name === name) return;
    void this.changeRow(chatId, () => ({ model: { id, name, origin } }));
  }

  /** Shows the branch of the current chat that this message is in. */
  showBranch(id: string): void {
    const chat = this.current;
    void this.changeRow(chat.id, () => ({ chosen: choicesFor(chat, id) }));
  }

  /** Puts messages into a chat and stores them. `show` brings the last one into view. */
  write(chatId: string, messages: Message[], { show = false } = {}): void {
    const next = this.withMessages(chatId, messages, show);
    if (next) void this.keep({ chatId, row: rowOf(next), messages });
  }

  /** Begins an answer: shown, and stored with its first words. Until `release` it belongs to this tab. */
  hold(chatId: string, message: Message): void {
    this.held = message.id;
    if (!this.chat(chatId)?.messages.some(({ id }) => id === message.id))
      this.withMessages(chatId, [message], true);
  }

  /** Stores the answer so far, without telling other tabs. */
  keepPartial(chatId: string, message: Message): Promise<void> {
    return this.keep({ chatId, messages: [message], quiet: true });
  }

  release(): void {
    this.held = null;
  }

  /** Takes a message away that was never stored, and shows what was shown before. */
  drop(chatId: string, id: string, chosen: Record<string, string>): void {
    const chat = this.chat(chatId);
    if (chat) this.put({ ...chat, messages: chat.messages.filter((m) => m.id !== id), chosen });
  }

  /** A message of a chat in memory. */
  message(chatId: string, id: string): Message | undefined {
    return this.chat(chatId)?.messages.find((message) => message.id === id);
  }

  /** The messages from the start of a chat to this one. */
  pathTo(chatId: string, id: string): Message[] {
    const chat = this.chat(chatId);
    return chat ? pathTo(chat, id) : [];
  }

  /** Reads again what another tab, or an import, wrote. */
  async hear({ chatId, kind, removedMessages = [] }: ChatChange): Promise<void> {
    if (chatId === null) return this.readAll(kind);
    if (kind === 'removed') return this.leave(chatId);
    const stored = await this.tryStorage(() => this.options.chatDb.load(chatId));
    if (!stored) return;
    this.deleted.delete(chatId);
    this.tell({ kind: 'written', chatId, messages: stored.messages, removed: removedMessages });
    const own = this.chat(chatId);
    if (!own) return this.patch({ chatIndex: withRow(this.state.chatIndex, stored) });
    const gone = new Set(removedMessages);
    const written = own.messages.filter(({ id }) => id === this.held);
    const theirs = joined(written, stored.messages);
    const messages = joined(theirs, own.messages).filter(({ id }) => !gone.has(id));
    this.put({ ...stored, chosen: { ...stored.chosen, ...own.chosen }, messages });
  }

  private async readAll(kind: ChatChange['kind']): Promise<void> {
    const stored = (await this.tryStorage(() => this.options.chatDb.list())) ?? [];
    const present = new Set(stored.map(({ id }) => id));
    for (const { id } of this.state.chatIndex) if (!present.has(id) && kind === 'removed') this.leave(id);
    for (const id of present) this.deleted.delete(id);
    this.patch({ chatIndex: newestFirst(stored.map(metaOf)) });
    this.tell({ kind: 'reread' });
    for (const id of Object.keys(this.state.chats)) {
      if (present.has(id)) await this.hear({ chatId: id, kind: 'changed' });
    }
  }

  private tell(event: BookEvent): void {
    for (const listener of [...this.listeners]) listener(event);
  }

  /** Runs a database call; the first refusal is reported, and the chats go on in memory. */
  private async tryStorage<T>(action: () => Promise<T>): Promise<T | undefined> {
    try {
      return await action();
    } catch (error) {
      const { code, message, details } = toWireError(error);
      const known = code === 'storage-quota';
      if (this.storageWorks)
        this.options.onFailure(
          known ? { code, message, details } : { code: 'storage-unavailable', message, details: {} },
        );
      this.storageWorks = false;
      return undefined;
    }
  }

  /** Puts a chat into the state. A chat without messages is not listed. */
  private put(chat: Chat): void {
    const { chats, chatIndex } = this.state;
    const listed: ChatMeta[] = chat.messages.length > 0 ? withRow(chatIndex, chat) : chatIndex;
    this.patch({ chats: { ...chats, [chat.id]: chat }, chatIndex: listed });
  }

  private withMessages(chatId: string, messages: Message[], show: boolean): Chat | undefined {
    const chat = this.chat(chatId);
    if (!chat) return undefined; // deleted meanwhile
    const next = { ...chat, messages: joined(messages, chat.messages), updatedAt: Date.now() };
    const last = messages.at(-1);
    if (show && last) next.chosen = choicesFor(next, last.id);
    if (next.titleBy === 'start') next.title = startTitle(shownPath(next));
    this.put(next);
    return next;
  }

  private async keep(write: ChatWrite): Promise<void> {
    const { chatId, messages = [], removed = [] } = write;
    this.tell({ kind: 'written', chatId, messages, removed });
    if (!this.deleted.has(chatId)) await this.tryStorage(() => this.options.chatDb.save(write));
  }

  /** Changes a chat's row, in memory or not. */
  private async changeRow(id: string, change: (row: ChatRow) => Partial<ChatRow>): Promise<void> {
    const found = this.chat(id) ?? (await this.find(id));
    const chat = this.chat(id) ?? found;
    if (!chat || this.deleted.has(id)) return;
    const changed = { ...chat, ...change(chat) };
    if (this.chat(id)) this.put(changed);
    else this.patch({ chatIndex: withRow(this.state.chatIndex, changed) });
    if (chat.messages.length > 0) await this.keep({ chatId: id, row: rowOf(changed) });
  }

  /** Takes a chat out of the state: it was deleted here or in another tab. */
  private leave(id: string): void {
    this.deleted.add(id);
    this.tell({ kind: 'deleting', chatId: id });
    if (this.state.currentId === id) this.newChat();
    const { [id]: _, ...chats } = this.state.chats;
    this.patch({ chats, chatIndex: this.state.chatIndex.filter((row) => row.id !== id) });
    this.tell({ kind: 'gone', chatId: id });
  }

  private offerUndo(kind: 'chat' | 'message', title: string, undo: () => void): void {
    this.bringBack = undo;
    this.patch({ undoable: { kind, title } });
  }
}
