import type { SliceMaker } from '../appState';
import type { UiSlice } from './state';

export const createUiSlice: SliceMaker<UiSlice> = (set, get) => ({
  dialog: null,
  modelsTab: 'catalogue',
  chatListOpen: false,
  notice: null,
  openDialog: (dialog) => set({ dialog, chatListOpen: false }),
  openModels(tab) {
    const { storage, downloads, nanoUrl, desk } = get();
    const hasOwn = storage.models.some(({ origin }) => origin !== nanoUrl) || downloads.partial.length > 0;
    set({ dialog: 'models', chatListOpen: false, modelsTab: tab ?? (hasOwn ? 'here' : 'catalogue') });
    void desk.refresh();
  },
  setModelsTab: (modelsTab) => set({ modelsTab }),
  closeDialog: () => set({ dialog: null }),
  setChatListOpen: (chatListOpen) => set({ chatListOpen }),
  notify: (notice) => set({ notice }),
  dismissNotice: () => set({ notice: null }),
});
