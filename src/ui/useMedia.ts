import { useSyncExternalStore } from 'react';

/** Whether a media query matches now. */
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

/** Widths at which the chat list is a drawer; twin of the breakpoints in theme.css, App.module.css and Header.module.css. */
export const NARROW = '(max-width: 860px)';
