import { createElement, useEffect, useSyncExternalStore, type ComponentType } from 'react';

/** A module that is fetched on first use; `use` returns null until it is loaded. */
export function lazyPart<T>(load: () => Promise<T>): { use: () => T | null; preload: () => void } {
  let value: T | null = null;
  let asked: Promise<void> | null = null;
  const listeners = new Set<() => void>();
  const preload = () => {
    asked ??= load().then(
      (loaded) => {
        value = loaded;
        for (const listener of listeners) listener();
      },
      () => void (asked = null), // offline, or a new version was deployed: the next use asks again
    );
  };
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const current = () => value;
  function usePart(): T | null {
    const part = useSyncExternalStore(subscribe, current, current);
    useEffect(preload, []);
    return part;
  }
  return { use: usePart, preload };
}

/**
 * A component in a chunk of its own; nothing shows until the chunk is there. Once it is preloaded, the component renders
 * at once, where React.lazy would first show its fallback; a chunk that cannot be fetched is asked for again the next time.
 */
export function lazyView<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): ComponentType<Props> & { preload: () => void } {
  const part = lazyPart(() => load().then((module) => module.default));
  function View(props: Props) {
    const Loaded = part.use();
    return Loaded && createElement(Loaded, props);
  }
  return Object.assign(View, { preload: part.preload });
}
