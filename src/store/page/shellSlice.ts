// The app as an app: a new version that waits, the browser's offer to install.
import type { AppState, SliceMaker } from '../appState';
import type { ShellSlice } from './state';

/** A reload now would cost somebody something. */
const isBusy = ({ turn, model }: AppState) =>
  turn !== null || model.status === 'loading' || model.status === 'importing';

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
