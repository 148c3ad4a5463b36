import { toWireError } from '../../shared/errors';
import type { AppState, SliceMaker } from '../appState';
import type { ChatsSlice } from './state';
import { newestFirst, rowOf, type ChatWrite } from './chatDb';
import { emptyChat, joined, metaOf, startTitle, TITLE_LENGTH, withRow } from './chatForms';
import { branchBelow, choicesFor, pathTo, shownPath } from './tree';
import type { Chat, ChatRow, Message } from './types';

export const currentChat = (state: Pick<AppState, 'chats' | 'currentId'>): Chat =>
  state.chats[state.currentId];

/** The messages of the current chat that are shown. */
export const shownMessages = (state: Pick<AppState, 'chats' | 'currentId'>): Message[] =>
  shownPath(currentChat(state));

export const createChatsSlice: SliceMaker<ChatsSlice> = (set, get, { chatDb, search, ports }) => {
  const first = emptyChat(ports.answering.systemPrompt());
  let storageWorks = true;
  const deleted = new Set<string>();
  let bringBack: (() => void) | null = null;

  /** Runs a database call; a refusal is told once, and the chats go on in memory. */
  async function tryStorage<T>(action: () => Promise<T>): Promise<T | undefined> {
    try {
      return await action();
    } catch (error) {
      const { code, message, details } = toWireError(error);
      if (storageWorks) {
        const known = code === 'storage-quota';
        ports.page.notify(
          known ? { code, message, details } : { code: 'storage-unavailable', message, details: {} },
        );
      }
      storageWorks = false;
      return undefined;
    }
  }

  /** Into the state. A chat without messages is not listed. */
  function putChat(chat: Chat): void {
    const { chats, chatIndex } = get();
    set({
      chats: { ...chats, [chat.id]: chat },
      chatIndex: chat.messages.length > 0 ? withRow(chatIndex, chat) : chatIndex,
    });
  }

  async function keep(write: ChatWrite): Promise<void> {
    search.put(write.chatId, write.messages ?? []);
    if (write.removed) search.remove(write.chatId, write.removed);
    if (!deleted.has(write.chatId)) await tryStorage(() => chatDb.save(write));
  }

  /** Changes a chat's row, loaded or not. */
  async function changeRow(id: string, change: (row: ChatRow) => Partial<ChatRow>): Promise<void> {
    const loaded = get().chats[id] ?? (await tryStorage(() => chatDb.load(id)));
    const chat = get().chats[id] ?? loaded;
    if (!chat || deleted.has(id)) return;
    const changed = { ...chat, ...change(chat) };
    if (get().chats[id]) putChat(changed);
    else set({ chatIndex: withRow(get().chatIndex, changed) });
    if (chat.messages.length > 0) await keep({ chatId: id, row: rowOf(changed) });
  }

  /** Out of the state: deleted here or in another tab. */
  function leave(id: string): void {
    deleted.add(id);
    search.remove(id);
    if (get().turn?.chatId === id) get().stop();
    if (get().currentId === id) get().newChat();
    const { [id]: _, ...chats } = get().chats;
    set({ chats, chatIndex: get().chatIndex.filter((row) => row.id !== id) });
  }

  function offerUndo(kind: 'chat' | 'message', title: string, undo: () => void): void {
    bringBack = undo;
    set({ undoable: { kind, title } });
  }

  return {
    chatIndex: [],
    chats: { [first.id]: first },
    currentId: first.id,
    chatsReady: false,
    undoable: null,

    async openChats() {
      const stored = (await tryStorage(() => chatDb.list())) ?? [];
      const known = new Set(get().chatIndex.map(({ id }) => id));
      const added = stored.filter(({ id }) => !known.has(id) && !deleted.has(id)).map(metaOf);
      set({ chatIndex: newestFirst([...get().chatIndex, ...added]), chatsReady: true });
      chatDb.onChange((change) => void get().hearChange(change));
    },

    newChat() {
      ports.page.closeChatList();
      if (currentChat(get()).messages.length === 0) return;
      const chat = emptyChat(ports.answering.systemPrompt());
      set({ chats: { ...get().chats, [chat.id]: chat }, currentId: chat.id });
    },

    async openChat(id) {
      if (!get().chats[id]) {
        const chat = await tryStorage(() => chatDb.load(id));
        if (!chat || deleted.has(id)) return false;
        if (!get().chats[id]) set({ chats: { ...get().chats, [id]: chat } });
      }
      set({ currentId: id });
      ports.page.closeChatList();
      return true;
    },

    async deleteChat(id) {
      if (get().turn?.chatId === id) get().stop();
      const wasCurrent = get().currentId === id;
      const loaded = get().chats[id];
      leave(id);
      const chat = loaded ?? (await tryStorage(() => chatDb.load(id)));
      if (chat) {
        offerUndo('chat', chat.title, () => {
          deleted.delete(id);
          putChat(chat);
          if (wasCurrent) set({ currentId: id });
          void keep({ chatId: id, row: rowOf(chat), messages: chat.messages });
        });
      }
      await tryStorage(() => chatDb.remove(id));
      await get().forgetKept();
    },

    deleteMessage(id) {
      const { turn } = get();
      const before = currentChat(get());
      if (turn?.chatId === before.id && pathTo(before, turn.messageId).some((m) => m.id === id)) get().stop();
      const chat = currentChat(get());
      const gone = branchBelow(chat, id);
      if (gone.length === 0) return;
      const ids = new Set(gone.map((message) => message.id));
      const rest = chat.messages.filter((message) => !ids.has(message.id));
      if (rest.length === 0) return void get().deleteChat(chat.id);
      putChat({ ...chat, messages: rest });
      void keep({ chatId: chat.id, removed: [...ids] });
      void get().forgetKept();
      offerUndo('message', '', () => {
        const now = get().chats[chat.id];
        if (!now) return;
        const restored = { ...now, messages: joined(now.messages, gone), chosen: chat.chosen };
        putChat(restored);
        void keep({ chatId: chat.id, row: rowOf(restored), messages: gone });
      });
    },

    undoDelete() {
      const undo = bringBack;
      get().forgetUndo();
      undo?.();
    },
    forgetUndo() {
      bringBack = null;
      set({ undoable: null });
    },

    async renameChat(id, title, by = 'user') {
      const clean = title.trim().slice(0, 2 * TITLE_LENGTH);
      await changeRow(id, (row) => {
        if (by === 'model' && row.titleBy !== 'start') return {}; // a person was quicker
        return clean ? { title: clean, titleBy: by } : {};
      });
    },
    pinChat: (id, pinned) => changeRow(id, () => ({ pinned })),
    setChatSettings: (settings) => void changeRow(get().currentId, () => ({ settings })),
    setChatServer: (server) => void changeRow(get().currentId, () => ({ server })),
    setSystemPrompt: (systemPrompt) => void changeRow(get().currentId, () => ({ systemPrompt })),

    setChatModel(chatId, { id, name, origin }) {
      const known = get().chats[chatId]?.model;
      if (known?.id === id && known.name === name) return;
      void changeRow(chatId, () => ({ model: { id, name, origin } }));
    },

    showBranch(id) {
      const chat = currentChat(get());
      void changeRow(chat.id, () => ({ chosen: choicesFor(chat, id) }));
    },

    putMessages(chatId, messages, { show = false, keep: kept = true } = {}) {
      const chat = get().chats[chatId];
      if (!chat) return; // deleted meanwhile
      const next = { ...chat, messages: joined(messages, chat.messages), updatedAt: Date.now() };
      const last = messages.at(-1);
      if (show && last) next.chosen = choicesFor(next, last.id);
      if (next.titleBy === 'start') next.title = startTitle(shownPath(next));
      putChat(next);
      if (kept) void keep({ chatId, row: rowOf(next), messages });
    },

    dropMessage(chatId, id, chosen) {
      const chat = get().chats[chatId];
      if (chat) putChat({ ...chat, messages: chat.messages.filter((m) => m.id !== id), chosen });
    },

    keepPartial: (chatId, message) => keep({ chatId, messages: [message], quiet: true }),

    async hearChange({ chatId, kind, removedMessages = [] }) {
      if (chatId === null) {
        const stored = (await tryStorage(() => chatDb.list())) ?? [];
        const present = new Set(stored.map(({ id }) => id));
        for (const { id } of get().chatIndex) if (!present.has(id) && kind === 'removed') leave(id);
        for (const id of present) deleted.delete(id);
        search.clear(); // read again by the next search
        set({ searchReady: null });
        set({ chatIndex: newestFirst(stored.map(metaOf)) });
        for (const id of Object.keys(get().chats)) {
          if (present.has(id)) await get().hearChange({ chatId: id, kind: 'changed' });
        }
        return;
      }
      if (kind === 'removed') return leave(chatId);
      const stored = await tryStorage(() => chatDb.load(chatId));
      if (!stored) return;
      deleted.delete(chatId);
      search.put(chatId, stored.messages);
      search.remove(chatId, removedMessages);
      const own = get().chats[chatId];
      if (!own) return set({ chatIndex: withRow(get().chatIndex, stored) });
      const gone = new Set(removedMessages);
      const written = own.messages.find(({ id }) => id === get().turn?.messageId);
      const theirs = joined(written ? [written] : [], stored.messages);
      const messages = joined(theirs, own.messages).filter(({ id }) => !gone.has(id));
      putChat({ ...stored, chosen: { ...stored.chosen, ...own.chosen }, messages });
    },

    async clearChats() {
      get().stop();
      get().forgetUndo();
      for (const { id } of get().chatIndex) deleted.add(id);
      const chat = emptyChat('');
      set({ chats: { [chat.id]: chat }, currentId: chat.id, chatIndex: [] });
      get().forgetDrafts();
      search.clear();
      await tryStorage(() => chatDb.clear());
      await get().forgetKept();
    },
  };
};
