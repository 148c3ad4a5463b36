// Commands that concern more than one house.
import type { StoreApi } from 'zustand/vanilla';
import { ownSettings, type AnswerSettings } from './answerSettings';
import type { AppState, SharedCommands } from './appState';
import type { ChatsHouse } from './chats/house';
import type { ModelsHouse } from './models/house';
import type { PageHouse } from './page/house';
import { PRESETS } from './page/samplingPresets';
import { answerSettings } from './selectors';

export function sharedCommands(
  get: StoreApi<AppState>['getState'],
  { chats, models, page }: { chats: ChatsHouse; models: ModelsHouse; page: PageHouse },
): SharedCommands {
  const { book } = chats;
  const { desk, stored, downloads, initial } = models;
  const { settings, view } = page;
  /** Changes the settings where those of the current chat come from. */
  function change(next: Partial<AnswerSettings>): void {
    const { settings: own } = book.current;
    if (own) book.setSettings({ ...own, ...next });
    else settings.change(next);
  }
  return {
    async settingsRead() {
      const memory = chats.initial.memory.open().catch(() => null); // its section tells why
      await Promise.all([memory, chats.whenRead(), page.whenRead()]);
      return memory;
    },
    takeModel(model) {
      book.setModel(book.state.currentId, model);
      desk.use(model);
    },
    openModels(tab) {
      const isOwn = ({ origin }: { origin: string }) => origin !== initial.nanoUrl;
      const hasOwn = stored.state.models.some(isOwn) || downloads.state.partial.length > 0;
      view.openModels(tab ?? (hasOwn ? 'here' : 'catalogue'));
      void initial.desk.refresh();
    },
    setSampling: (sampling) => change({ sampling: { ...answerSettings(get()).sampling, ...sampling } }),
    setAnswering: change,
    setSearchFirst: (searchFirst) => book.setSettings({ ...ownSettings(answerSettings(get())), searchFirst }),
    setChatTools: (tools) => book.setSettings({ ...ownSettings(answerSettings(get())), tools }),
    applyPreset: (name) => change({ sampling: PRESETS[name] }),
    resetSampling: () => change({ sampling: {}, seed: null, maxTokens: null }),
    setOwnSettings(own) {
      book.setSettings(own ? ownSettings(answerSettings(get())) : undefined);
    },
  };
}
