import type { SliceMaker } from '../appState';
import type { SearchSlice } from './state';

/** So many messages are read at once: some milliseconds each time. */
const BATCH = 1000;

export const createSearchSlice: SliceMaker<SearchSlice> = (set, get, { chatDb, search }) => ({
  searchReady: null,
  jumpTo: null,

  async prepareSearch() {
    if (get().searchReady !== null) return;
    set({ searchReady: 0 });
    for (const { id, messages } of Object.values(get().chats)) search.put(id, messages);
    try {
      for (let after: [string, string] | null = null; ;) {
        const records = await chatDb.readMessages(after, BATCH);
        for (const { chatId, ...message } of records) {
          // What is open here may be newer than what was read.
          if (!get().chats[chatId]) search.put(chatId, [message]);
        }
        const last = records.at(-1);
        if (!last || records.length < BATCH) break;
        after = [last.chatId, last.id];
        await new Promise((resolve) => setTimeout(resolve)); // the page comes first
      }
    } catch {
      // No storage: what is open can be found, and the chats have told why there are no others.
    }
    set({ searchReady: 1 });
  },

  searchChats: (query) => search.find(query, get().chatIndex),

  async openMessage(chatId, messageId) {
    if (!(await get().openChat(chatId)) || !messageId) return;
    get().showBranch(messageId);
    set({ jumpTo: messageId });
  },
  jumped: () => set({ jumpTo: null }),
});
