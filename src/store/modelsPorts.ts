// The ports of the house of models, implemented by the houses of chats and page.
import type { ChatsHouse } from './chats/house';
import type { PageHouse } from './page/house';
import type { ModelsPorts } from './ports';

/** @param chats is called once all houses are open */
export function modelsPorts(chats: () => ChatsHouse, { settings, view }: PageHouse): ModelsPorts {
  return {
    answers: {
      isAnswering: () => chats().turns.state.turn !== null,
      stopEngineAnswer() {
        const { book, turns } = chats();
        const { turn } = turns.state;
        // A question that waits for a model may as well wait for the next one.
        if (turn && turn.phase !== 'waiting' && !book.chat(turn.chatId)?.server) turns.stop();
      },
      isMidChat(since) {
        const { book, turns } = chats();
        const { turn } = turns.state;
        if (turn && turn.phase !== 'waiting') return true;
        return book.current.messages.some(({ createdAt }) => createdAt > since);
      },
      adopter() {
        const { book } = chats();
        const { currentId } = book.state;
        return (info) => {
          if (book.chat(currentId)?.model) book.setModel(currentId, info);
        };
      },
    },
    preferences: {
      read: () => settings.state,
      change: (next) => settings.change(next),
    },
    notify: (error) => view.notify(error),
    onLoaded() {
      chats().turns.forgetLastRun();
      if (view.state.modelsTab === 'own') view.setModelsTab('here'); // what was opened is listed there
    },
  };
}
