// The ports of the house of models, implemented over the whole state.
import type { StoreApi } from 'zustand/vanilla';
import type { AppState } from './appState';
import { currentChat } from './chats/chatsSlice';
import type { ModelsPorts } from './ports';

export function modelsPorts(
  set: StoreApi<AppState>['setState'],
  get: StoreApi<AppState>['getState'],
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
      read: () => get().preferences,
      change: (next) => get().setPreferences(next),
    },
    notify: (error) => get().notify(error),
    onLoaded() {
      set({ lastRun: null });
      if (get().modelsTab === 'own') get().setModelsTab('here'); // what was opened is listed there
    },
  };
}
