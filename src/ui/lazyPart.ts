import { createElement, useContext, useEffect, useSyncExternalStore, type ComponentType } from 'react';
import { loadDialogTexts } from './i18n';
import { StoreContext } from './useApp';

/** A part of the page could not be fetched. Boundaries show it with a button that asks for the part again. */
export class MissingPart extends Error {
  constructor(
    readonly retry: () => void,
    cause: unknown,
  ) {
    super('A part of the page could not be fetched', { cause });
    this.name = 'MissingPart';
  }
}

export interface LazyPart<T> {
  /**
   * null until the module is loaded, and when it cannot be: the component shows its plain form. A part that is missing
   * where it is used is reported to the store, which reloads the page once.
   */
  use(): T | null;
  /** As `use`, and throws MissingPart when the module cannot be fetched. */
  useOrThrow(): T | null;
  /** Fetches the module ahead of its use. A failure is not reported: the first use asks again. */
  preload(): void;
}

/** A module that is fetched on first use. */
export function lazyPart<T>(load: () => Promise<T>): LazyPart<T> {
  let value: T | null = null;
  let failure: MissingPart | null = null;
  let asked: Promise<void> | null = null;
  const listeners = new Set<() => void>();
  const change = () => {
    for (const listener of listeners) listener();
  };
  const preload = () => {
    asked ??= load().then(
      (loaded) => {
        [value, failure] = [loaded, null];
        change();
      },
      (error: unknown) => {
        asked = null; // offline, or a new version was deployed: the next use asks again
        if (listeners.size === 0) return; // preloaded, not used yet
        failure = new MissingPart(() => {
          failure = null;
          preload();
        }, error);
        change();
      },
    );
  };
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const currentValue = () => value;
  const currentFailure = () => failure;
  const useValue = () => useSyncExternalStore(subscribe, currentValue, currentValue);
  const useFailure = () => useSyncExternalStore(subscribe, currentFailure, currentFailure);
  return {
    use: function usePart() {
      const part = useValue();
      const missing = useFailure();
      const store = useContext(StoreContext);
      useEffect(preload, []);
      useEffect(() => {
        if (missing) store?.getState().page.reportMissingPart();
      }, [missing, store]);
      return part;
    },
    useOrThrow: function usePartOrThrow() {
      const part = useValue();
      const missing = useFailure();
      useEffect(preload, []);
      if (!part && missing) throw missing;
      return part;
    },
    preload,
  };
}

/**
 * A component in a chunk of its own, with the texts of dialogs; nothing shows until both are there. Once it is preloaded, the component renders
 * at once, where React.lazy would first show its fallback; a chunk that cannot be fetched throws MissingPart.
 */
export function lazyView<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): ComponentType<Props> & { preload: () => void } {
  const part = lazyPart(() => Promise.all([load(), loadDialogTexts()]).then(([module]) => module.default));
  function View(props: Props) {
    const Loaded = part.useOrThrow();
    return Loaded && createElement(Loaded, props);
  }
  return Object.assign(View, { preload: part.preload });
}
