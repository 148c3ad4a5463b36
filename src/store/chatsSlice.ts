import { toWireError } from '../shared/errors';
import type { AppState, SliceMaker } from './appStore';
import { newestFirst } from './chatDb';
import type { AssistantMessage, Chat, ChatMeta, Message } from './types';

export interface ChatsSlice {
  /** Newest first; a chat enters with its first message. */
  chatIndex: ChatMeta[];
  /** Chats opened since the page was. */
  chats: Record<string, Chat>;
  currentId: string;
  /** The list has been read (or could not be). */
  chatsReady: boolean;
  openChats(): Promise<void>;
  newChat(): void;
  /** False when there is no such chat. */
  openChat(id: string): Promise<boolean>;
  deleteChat(id: string): Promise<void>;
  setSystemPrompt(text: string): void;
  /** For the turn: change a chat, and keep it. */
  putMessages(chatId: string, messages: Message[]): void;
  /** Writes the chat with the answer so far; that one is marked as interrupted until it ends. */
  saveChat(id: string): Promise<void>;
}

const TITLE_LENGTH = 60;
const titleOf = (messages: Message[]): string =>
  messages[0]?.content.trim().split('\n')[0].slice(0, TITLE_LENGTH) ?? '';

function emptyChat(): Chat {
  const now = Date.now();
  return {
    id: crypto.randomUUID(),
    title: '',
    createdAt: now,
    updatedAt: now,
    systemPrompt: '',
    messages: [],
  };
}

export const currentChat = (state: Pick<AppState, 'chats' | 'currentId'>): Chat =>
  state.chats[state.currentId];

/** The chat as it should be found if the page closed now. */
function withUnfinishedAnswer(chat: Chat, { turn, model }: Pick<AppState, 'turn' | 'model'>): Chat {
  if (turn?.chatId !== chat.id) return chat;
  const unfinished: AssistantMessage | undefined = turn.text
    ? {
        id: turn.messageId,
        role: 'assistant',
        content: turn.text,
        createdAt: Date.now(),
        end: 'interrupted',
        seed: turn.seed,
        modelName: model.info?.name ?? '',
      }
    : turn.replaces;
  return unfinished ? { ...chat, messages: [...chat.messages, unfinished] } : chat;
}

export const createChatsSlice: SliceMaker<ChatsSlice> = (set, get, { chatDb }) => {
  const first = emptyChat();
  let storageWorks = true;
  const deleted = new Set<string>();

  /** Runs a database call; a refusal is told once, and the chats go on in memory. */
  async function tryStorage<T>(action: () => Promise<T>): Promise<T | undefined> {
    try {
      return await action();
    } catch (error) {
      if (storageWorks) {
        const { message } = toWireError(error);
        get().notify({ code: 'storage-unavailable', message, details: {} });
      }
      storageWorks = false;
      return undefined;
    }
  }

  function putChat(chat: Chat): void {
    const { chats, chatIndex } = get();
    const row = { id: chat.id, title: chat.title, updatedAt: chat.updatedAt };
    const listed = chat.messages.length > 0;
    set({
      chats: { ...chats, [chat.id]: chat },
      chatIndex: listed ? newestFirst([...chatIndex.filter(({ id }) => id !== chat.id), row]) : chatIndex,
    });
  }

  return {
    chatIndex: [],
    chats: { [first.id]: first },
    currentId: first.id,
    chatsReady: false,

    async openChats() {
      const stored = (await tryStorage(() => chatDb.list())) ?? [];
      const known = new Set(get().chatIndex.map(({ id }) => id));
      const added = stored.filter(({ id }) => !known.has(id) && !deleted.has(id));
      set({ chatIndex: newestFirst([...get().chatIndex, ...added]), chatsReady: true });
    },

    newChat() {
      set({ chatListOpen: false });
      const current = currentChat(get());
      if (current.messages.length === 0 && get().turn?.chatId !== current.id) return;
      const chat = emptyChat();
      set({ chats: { ...get().chats, [chat.id]: chat }, currentId: chat.id });
    },

    async openChat(id) {
      if (!get().chats[id]) {
        const chat = await tryStorage(() => chatDb.load(id));
        if (!chat || deleted.has(id)) return false;
        if (!get().chats[id]) set({ chats: { ...get().chats, [id]: chat } });
      }
      set({ currentId: id, chatListOpen: false });
      return true;
    },

    async deleteChat(id) {
      deleted.add(id);
      if (get().turn?.chatId === id) get().stop();
      if (get().currentId === id) get().newChat();
      const { [id]: _, ...chats } = get().chats;
      set({ chats, chatIndex: get().chatIndex.filter((row) => row.id !== id) });
      await tryStorage(() => chatDb.remove(id));
    },

    setSystemPrompt(systemPrompt) {
      const chat = currentChat(get());
      putChat({ ...chat, systemPrompt });
      if (chat.messages.length > 0) void get().saveChat(chat.id);
    },

    putMessages(chatId, messages) {
      const chat = get().chats[chatId];
      if (!chat) return; // deleted meanwhile
      putChat({ ...chat, messages, title: titleOf(messages), updatedAt: Date.now() });
      void get().saveChat(chatId);
    },

    async saveChat(id) {
      const chat = get().chats[id];
      if (!chat || deleted.has(id)) return;
      await tryStorage(() => chatDb.save(withUnfinishedAnswer(chat, get())));
    },
  };
};
