import { createContext, useContext, useMemo } from 'react';
import { useStore } from 'zustand';
import type { AppState, AppStore } from '../store';
import { detectLanguage, errorText, translate, type Language, type TextKey, type TextVars } from './i18n';
export type { TextKey } from './i18n';
import type { WireError } from '../shared/errors';

export const StoreContext = createContext<AppStore | null>(null);

/** Asks the store for a little; the component renders again when that changes. */
export function useApp<T>(select: (state: AppState) => T): T {
  const store = useContext(StoreContext);
  if (!store) throw new Error('No store above this component');
  return useStore(store, select);
}

export interface Texts {
  language: Language;
  t: (key: TextKey, vars?: TextVars) => string;
  errorText: (error: WireError) => { what: string; next: string };
}

export function useLanguage(): Language {
  const choice = useApp((s) => s.preferences.language);
  return choice === 'auto' ? detectLanguage(navigator.languages) : choice;
}

/** The page's texts in the reader's language. */
export function useText(): Texts {
  const language = useLanguage();
  return useMemo(
    () => ({
      language,
      t: (key, vars) => translate(language, key, vars),
      errorText: (error) => errorText(language, error),
    }),
    [language],
  );
}
