import { useSyncExternalStore } from 'react';

/** Whether a media query matches, followed as it changes. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const list = matchMedia(query);
      list.addEventListener('change', onChange);
      return () => list.removeEventListener('change', onChange);
    },
    () => matchMedia(query).matches,
  );
}

/** Where the chat list is a drawer; twin of the breakpoint in styles/layout.css. */
export const NARROW = '(max-width: 860px)';
