// Commands that concern more than one house.
import type { StoreApi } from 'zustand/vanilla';
import type { AnswerSettings, KnownModel, SamplingOverrides } from './answerSettings';
import type { AppState } from './appState';
import type { ChatsHouse } from './chats/house';
import type { ModelsHouse } from './models/house';
import type { PageHouse } from './page/house';
import { PRESETS, type PresetName } from './page/samplingPresets';
import type { ModelsTab } from './page/types';
import { answerSettings } from './selectors';

export interface SharedCommands {
  /** Gives the current chat this model, and loads it if it is not in use. It has to be on this device. */
  takeModel(model: KnownModel): void;
  /** Opens the model dialog: by default at what is stored, or at the catalogue when nothing is. */
  openModels(tab?: ModelsTab): void;

  // The settings of the current chat where it has its own, else the defaults of all chats:
  setSampling(change: SamplingOverrides): void;
  setAnswering(change: Partial<Omit<AnswerSettings, 'sampling'>>): void;
  /** All values of a preset; those it leaves out come from the model. */
  applyPreset(name: PresetName): void;
  /** Back to what the model recommends; language and theme stay. */
  resetSampling(): void;
  /** The current chat gets settings of its own, beginning with those in force, or follows the defaults again. */
  setOwnSettings(own: boolean): void;
}

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
    applyPreset: (name) => change({ sampling: PRESETS[name] }),
    resetSampling: () => change({ sampling: {}, seed: null, maxTokens: null }),
    setOwnSettings(own) {
      const { sampling, seed, maxTokens, contextPolicy } = answerSettings(get());
      book.setSettings(own ? { sampling, seed, maxTokens, contextPolicy } : undefined);
    },
  };
}
