// The ports of the house of models, implemented by the chats in the state and the house of the page.
import type { StoreApi } from 'zustand/vanilla';
import type { AppState } from './appState';
import { currentChat } from './chats/chatsSlice';
import type { PageHouse } from './page/house';
import type { ModelsPorts } from './ports';

export function modelsPorts(
  set: StoreApi<AppState>['setState'],
  get: StoreApi<AppState>['getState'],
  { settings, view }: PageHouse,
): ModelsPorts {
  return {
    answers: {
      isAnswering: () => get().turn !== null,
      stopEngineAnswer() {
        const { turn, chats } = get();
        // A question that waits for a model may as well wait for the next one.
        if (turn && turn.phase !== 'waiting' && !chats[turn.chatId]?.server) get().stop();
      },
      isMidChat(since) {
        const { turn } = get();
        if (turn && turn.phase !== 'waiting') return true;
        return currentChat(get()).messages.some(({ createdAt }) => createdAt > since);
      },
      adopter() {
        const { currentId } = get();
        return (info) => {
          if (get().chats[currentId]?.model) get().setChatModel(currentId, info);
        };
      },
    },
    preferences: {
      read: () => settings.state,
      change: (next) => settings.change(next),
    },
    notify: (error) => view.notify(error),
    onLoaded() {
      set({ lastRun: null });
      if (view.state.modelsTab === 'own') view.setModelsTab('here'); // what was opened is listed there
    },
  };
}
