import type { WireError } from '../shared/errors';
import type { SliceMaker } from './appStore';

export type DialogName = 'models' | 'settings' | 'palette' | 'prompts' | 'help' | 'about';
/** Pages of the model dialog: what can be had, one's own files and addresses, what is kept on this device. */
export type ModelsTab = 'catalogue' | 'own' | 'here';

/** What is open, and what has to be said once. */
export interface UiSlice {
  dialog: DialogName | null;
  modelsTab: ModelsTab;
  /** The chat list, where it is a drawer (narrow screens). */
  chatListOpen: boolean;
  /** A failure that belongs to no chat and no model. */
  notice: WireError | null;
  openDialog(dialog: DialogName): void;
  /** The model dialog at one of its pages; without one, what is stored if there is any, else the catalogue. */
  openModels(tab?: ModelsTab): void;
  setModelsTab(tab: ModelsTab): void;
  closeDialog(): void;
  setChatListOpen(open: boolean): void;
  notify(error: WireError): void;
  dismissNotice(): void;
}

export const createUiSlice: SliceMaker<UiSlice> = (set, get) => ({
  dialog: null,
  modelsTab: 'catalogue',
  chatListOpen: false,
  notice: null,
  openDialog: (dialog) => set({ dialog, chatListOpen: false }),
  openModels(tab) {
    const { model, downloads, nanoUrl } = get();
    const hasOwn = model.stored.some(({ origin }) => origin !== nanoUrl) || downloads.partial.length > 0;
    set({ dialog: 'models', chatListOpen: false, modelsTab: tab ?? (hasOwn ? 'here' : 'catalogue') });
    void get().refreshStorage();
    void get().refreshDownloads();
    void get().refreshDiskModels();
  },
  setModelsTab: (modelsTab) => set({ modelsTab }),
  closeDialog: () => set({ dialog: null }),
  setChatListOpen: (chatListOpen) => set({ chatListOpen }),
  notify: (notice) => set({ notice }),
  dismissNotice: () => set({ notice: null }),
});
