import { useEffect, useSyncExternalStore } from 'react';

/** A part of the page that is fetched when first needed; null until it is there. */
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
      () => void (asked = null), // offline, or another version was deployed: the plain form stays
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
