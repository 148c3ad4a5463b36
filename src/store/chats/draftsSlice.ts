import type { AppState, SliceMaker } from '../appState';
import type { DraftsSlice } from './state';
import { currentChat } from './chatsSlice';

/** Chats without messages are not kept, so they share one draft. */
const NEW_CHAT = 'new';
const SAVE_AFTER_MS = 300;

export const draftKey = (state: Pick<AppState, 'chats' | 'currentId'>): string =>
  currentChat(state).messages.length > 0 ? state.currentId : NEW_CHAT;

export const currentDraft = (state: AppState): string => state.drafts[draftKey(state)] ?? '';

export const createDraftsSlice: SliceMaker<DraftsSlice> = (set, get, { chatDb }) => {
  const unsaved = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  function save(): void {
    clearTimeout(timer);
    timer = undefined;
    for (const key of unsaved) {
      // Without storage a draft lasts as long as the page; the chats have already told.
      chatDb.saveDraft(key, get().drafts[key] ?? '').catch(() => {});
    }
    unsaved.clear();
  }
  return {
    drafts: {},
    async openDrafts() {
      const stored = await chatDb.drafts().catch(() => ({}));
      set({ drafts: { ...stored, ...get().drafts } });
    },
    setDraft(text) {
      const key = draftKey(get());
      if ((get().drafts[key] ?? '') === text) return;
      set({ drafts: { ...get().drafts, [key]: text } });
      unsaved.add(key);
      timer ??= setTimeout(save, SAVE_AFTER_MS);
    },
    async addToDraft(text) {
      await get().openDrafts(); // at the start of the page what was begun is not read yet
      const begun = currentDraft(get());
      get().setDraft(begun.trim() ? `${begun.trimEnd()}\n\n${text}` : text);
    },
    saveDrafts: save,
    forgetDrafts() {
      unsaved.clear();
      set({ drafts: {}, attachments: {} });
    },
  };
};
