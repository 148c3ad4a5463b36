// The app as an app: a new version that waits, the browser's offer to install.
import type { AppState, SliceMaker } from './appStore';

export interface ShellSlice {
  /** ready: a new version waits; agreed: it comes as soon as nothing would be interrupted; later: not now. */
  appUpdate: 'none' | 'ready' | 'agreed' | 'later';
  /** The browser would install the app now. */
  installable: boolean;
  /** Reloads into the new version, after the answer or load under way. */
  updateApp(): void;
  postponeUpdate(): void;
  installApp(): void;
}

/** A reload now would cost somebody something. */
const isBusy = ({ turn, model }: AppState) => turn !== null || model.status === 'loading';

export const createShellSlice: SliceMaker<ShellSlice> = (set, get, { shell }, subscribe) => {
  shell.subscribe(({ updateReady, installable }) => {
    // Called while the store is being made, too: then the values below hold until the first change.
    queueMicrotask(() => {
      set({ installable });
      if (updateReady && get().appUpdate === 'none') set({ appUpdate: 'ready' });
    });
  });
  return {
    appUpdate: 'none',
    installable: false,
    updateApp() {
      if (get().appUpdate === 'agreed') return;
      set({ appUpdate: 'agreed' });
      if (!isBusy(get())) return shell.update();
      const unsubscribe = subscribe((state) => {
        if (state.appUpdate !== 'agreed') return unsubscribe();
        if (isBusy(state)) return;
        unsubscribe();
        shell.update();
      });
    },
    postponeUpdate: () => set({ appUpdate: 'later' }),
    installApp: () => shell.install(),
  };
};
