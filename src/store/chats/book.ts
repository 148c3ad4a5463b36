// The book of chats: all chats in memory and in the database, and every way to change them. It knows no model and no
// page. What follows the chats (the running turn, search, drafts) listens to its events.
import type { AnswerSettings, ChatServer, KnownModel } from '../answerSettings';
import { Observable } from '../observable';
import type { BookEvent, BookOptions } from './bookParts';
import { newestFirst, rowOf, type ChatChange, type ChatWrite } from './chatDb';
import { carryOver } from './carryOver';
import { emptyChat, joined, metaOf, startTitle, TITLE_LENGTH, withRow } from './chatForms';
import { Outbox } from './outbox';
import type { BookState } from './state';
import { mendedTree } from './mend';
import { branchBelow, choicesFor, pathTo, shownPath } from './tree';
import type { Chat, ChatAgent, ChatMeta, ChatRow, Message } from './types';

export type { BookEvent };

export class ChatBook extends Observable<BookState> {
  private readonly listeners = new Set<(event: BookEvent) => void>();
  private readonly deleted = new Set<string>();
  private bringBack: (() => void) | null = null;
  /** Id of the message being written here: what other tabs store of it does not replace it. */
  private held: string | null = null;
  /** Counts the chats that the user asked for: one that is read slowly does not replace one asked for later. */
  private asked = 0;

  /** The way of every change into the database. */
  readonly outbox: Outbox;

  constructor(private readonly options: BookOptions) {
    const first = emptyChat(options.systemPrompt());
    super({
      chatIndex: [],
      chats: { [first.id]: first },
      currentId: first.id,
      chatsReady: false,
      undoable: null,
    });
    const { chatDb, rescue, makeRoom } = options;
    this.outbox = new Outbox({ chatDb, rescue, makeRoom, onGone: (chatId) => this.leaveGone(chatId) });
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
    return this.chat(id) ?? (await this.load(id));
  }

  /** All of a chat, for a file: what is stored, what waits to be, and what is on screen. */
  async whole(id: string): Promise<Chat | undefined> {
    const [stored, shown] = [await this.load(id), this.chat(id)];
    if (!stored || !shown) return stored ?? shown;
    return { ...stored, ...rowOf(shown), messages: joined(stored.messages, shown.messages) };
  }

  /** Brings in what earlier pages could not store, reads the list of chats, and follows other tabs from then on. */
  async open(): Promise<void> {
    const { chatDb } = this.options;
    await this.list();
    chatDb.onChange((change) => void this.hear(change));
  }

  /** Reads the list of chats; again after a pause, when the database cannot be read. */
  private async list(): Promise<void> {
    const { chatDb, rescue } = this.options;
    const read = await this.outbox.read(
      async () => {
        const carried = await carryOver(rescue, chatDb, this.outbox);
        return { carried, rows: await chatDb.list() };
      },
      () => void this.list(),
    );
    if (!read) return this.patch({ chatsReady: true });
    this.outbox.noteStored(read.rows.map(({ id }) => id));
    this.addToIndex(read.rows);
    this.patch({ chatsReady: true });
    for (const id of read.carried) if (this.chat(id)) await this.hear({ chatId: id, kind: 'changed' });
    await this.takeStrays();
  }

  /** Chats whose messages are stored without a row, which was refused, get one. */
  private async takeStrays(): Promise<void> {
    const { chatDb } = this.options;
    const listed = new Set(this.state.chatIndex.map(({ id }) => id));
    const ids = (await this.outbox.read(() => chatDb.chatsOfMessages())) ?? [];
    for (const id of ids.filter((one) => !listed.has(one) && !this.deleted.has(one))) {
      const chat = await this.load(id);
      if (!chat) continue;
      const row = { ...rowOf(chat), title: startTitle(shownPath(chat)) };
      this.addToIndex([row]);
      await this.outbox.save({ chatId: id, row });
    }
  }

  private addToIndex(rows: ChatRow[]): void {
    const known = new Set(this.state.chatIndex.map(({ id }) => id));
    const added = rows.filter(({ id }) => !known.has(id) && !this.deleted.has(id)).map(metaOf);
    this.patch({ chatIndex: newestFirst([...this.state.chatIndex, ...added]) });
  }

  /** A chat as it is stored, with what waits to be. */
  private async load(id: string): Promise<Chat | undefined> {
    const stored = await this.outbox.read(() => this.options.chatDb.load(id));
    return this.outbox.overlay(id, stored);
  }

  /** Opens an empty chat, unless the current one is empty. */
  newChat(): void {
    this.asked++;
    this.showEmpty();
  }

  private showEmpty(): void {
    if (this.current.messages.length === 0 && !this.current.agent) return;
    const chat = emptyChat(this.options.systemPrompt());
    this.patch({ chats: { ...this.state.chats, [chat.id]: chat }, currentId: chat.id });
  }

  /** Shows a chat, unless another one was asked for before it was read. @returns false when there is no such chat */
  async openChat(id: string): Promise<boolean> {
    const asked = ++this.asked;
    if (!this.chat(id)) {
      const chat = await this.load(id);
      if (!chat || this.deleted.has(id)) return false;
      if (!this.chat(id)) this.patch({ chats: { ...this.state.chats, [id]: chat } });
    }
    if (asked === this.asked) this.patch({ currentId: id });
    return true;
  }

  async deleteChat(id: string): Promise<void> {
    this.tell({ kind: 'deleting', chatId: id });
    const wasCurrent = this.state.currentId === id;
    const loaded = this.chat(id);
    this.leave(id);
    const chat = loaded ?? (await this.load(id));
    if (chat) {
      this.offerUndo('chat', chat.title, () => {
        this.deleted.delete(id);
        this.put(chat);
        if (wasCurrent) this.patch({ currentId: id });
        void this.keep({ chatId: id, row: rowOf(chat), messages: chat.messages });
        this.tell({ kind: 'back', chatId: id });
      });
    }
    await this.outbox.remove(id);
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
    const ids = this.state.chatIndex.map(({ id }) => id);
    for (const id of ids) this.deleted.add(id);
    const chat = emptyChat('');
    this.patch({ chats: { [chat.id]: chat }, currentId: chat.id, chatIndex: [] });
    this.tell({ kind: 'cleared' });
    this.outbox.clear();
    await this.options.chatDb.clear().catch(() => Promise.all(ids.map((id) => this.outbox.remove(id))));
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

  /** The agent that the current chat is with. */
  setAgent(agent: ChatAgent): void {
    void this.changeRow(this.state.currentId, () => ({ agent }));
  }

  /** The model that answers in a chat from now on. */
  setModel(chatId: string, { id, name, origin }: KnownModel): void {
    const known = this.chat(chatId)?.model;
    if (known?.id === id && known.name === name) return;
    void this.changeRow(chatId, () => ({ model: { id, name, origin } }));
  }

  /** The notes that a chat begins with. */
  setNotes(chatId: string, notes: string[]): void {
    void this.changeRow(chatId, () => ({ notes }));
  }

  /** Whether the tool needs no permission in this chat. */
  allowTool(chatId: string, tool: string, allowed: boolean): void {
    void this.changeRow(chatId, ({ allowedTools = [] }) => {
      const others = allowedTools.filter((name) => name !== tool);
      return { allowedTools: allowed ? [...others, tool] : others };
    });
  }

  /** Shows the branch of the current chat that this message is in. */
  showBranch(id: string): void {
    const chat = this.current;
    void this.changeRow(chat.id, () => ({ chosen: choicesFor(chat, id) }));
  }

  /** Puts messages into a chat and stores them. `show` brings the last one into view; `strict`: onto the disk at once. */
  write(chatId: string, messages: Message[], { show = false, strict = false } = {}): void {
    const next = this.withMessages(chatId, messages, show);
    if (next) void this.keep({ chatId, row: rowOf(next), messages, strict });
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
    if (kind === 'removed') return this.leaveGone(chatId);
    const stored = await this.load(chatId);
    if (!stored) return;
    this.outbox.noteStored([chatId]);
    this.deleted.delete(chatId);
    this.tell({ kind: 'written', chatId, messages: stored.messages, removed: removedMessages });
    const own = this.chat(chatId);
    if (!own) return this.patch({ chatIndex: withRow(this.state.chatIndex, stored) });
    const gone = new Set(removedMessages);
    const written = own.messages.filter(({ id }) => id === this.held);
    const theirs = joined(written, stored.messages);
    // What was written here below a message that is gone follows the one before it.
    const messages = mendedTree(joined(theirs, own.messages).filter(({ id }) => !gone.has(id)));
    this.put({ ...stored, chosen: { ...stored.chosen, ...own.chosen }, messages });
  }

  private async readAll(kind: ChatChange['kind']): Promise<void> {
    const stored = await this.outbox.read(() => this.options.chatDb.list());
    if (!stored) return;
    const present = new Set(stored.map(({ id }) => id));
    for (const { id } of this.state.chatIndex) if (!present.has(id) && kind === 'removed') this.leaveGone(id);
    for (const id of present) this.deleted.delete(id);
    this.outbox.noteStored(present);
    const waiting = this.state.chatIndex.filter(({ id }) => !present.has(id));
    this.patch({ chatIndex: newestFirst([...waiting, ...stored.map(metaOf)]) });
    this.tell({ kind: 'reread' });
    for (const id of Object.keys(this.state.chats)) {
      if (present.has(id)) await this.hear({ chatId: id, kind: 'changed' });
    }
  }

  private tell(event: BookEvent): void {
    for (const listener of [...this.listeners]) listener(event);
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
    if (!this.deleted.has(chatId)) await this.outbox.save(write);
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

  /** Another tab has deleted a chat. When it is on screen, or was written here, that is told. */
  private leaveGone(id: string): void {
    const waited = this.outbox.forget(id);
    const shown = this.state.currentId === id && this.chat(id) !== undefined;
    this.leave(id);
    if (waited || shown) this.options.onGone();
  }

  /** Takes a chat out of the state: it was deleted here or in another tab. */
  private leave(id: string): void {
    this.deleted.add(id);
    this.tell({ kind: 'deleting', chatId: id });
    if (this.state.currentId === id) this.showEmpty();
    const { [id]: _, ...chats } = this.state.chats;
    this.patch({ chats, chatIndex: this.state.chatIndex.filter((row) => row.id !== id) });
    this.tell({ kind: 'gone', chatId: id });
  }

  private offerUndo(kind: 'chat' | 'message', title: string, undo: () => void): void {
    this.bringBack = undo;
    this.patch({ undoable: { kind, title } });
  }
}
