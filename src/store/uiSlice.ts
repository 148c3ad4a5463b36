import type { WireError } from '../shared/errors';
import type { SliceMaker } from './appStore';

export type DialogName = 'models' | 'settings';

/** What is open, and what has to be said once. */
export interface UiSlice {
  dialog: DialogName | null;
  /** The chat list, where it is a drawer (narrow screens). */
  chatListOpen: boolean;
  /** A failure that belongs to no chat and no model. */
  notice: WireError | null;
  openDialog(dialog: DialogName): void;
  closeDialog(): void;
  setChatListOpen(open: boolean): void;
  notify(error: WireError): void;
  dismissNotice(): void;
}

export const createUiSlice: SliceMaker<UiSlice> = (set) => ({
  dialog: null,
  chatListOpen: false,
  notice: null,
  openDialog: (dialog) => set({ dialog, chatListOpen: false }),
  closeDialog: () => set({ dialog: null }),
  setChatListOpen: (chatListOpen) => set({ chatListOpen }),
  notify: (notice) => set({ notice }),
  dismissNotice: () => set({ notice: null }),
});
